import type { Words } from './words.ts';

/** Clocks and ages. Times are epoch ms, durations ms. */

const pad = (part: number): string => String(part).padStart(2, '0');

/** 03:14:26, in the zone of the browser. */
export function printClock(at: number): string {
  const time = new Date(at);
  return `${pad(time.getHours())}:${pad(time.getMinutes())}:${pad(time.getSeconds())}`;
}

function sameDay(a: Date, b: Date): boolean {
  return a.getFullYear() === b.getFullYear() && a.getMonth() === b.getMonth() && a.getDate() === b.getDate();
}

/** The clock alone today; with the day before it else: `2026-11-18 07:41:12`. */
export function printMoment(at: number, now: number): string {
  const time = new Date(at);
  if (sameDay(time, new Date(now))) return printClock(at);
  return `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())} ${printClock(at)}`;
}

/**
 * Two units at most: `420 ms`, `0.6 s`, `38 s`, `8 min 28 s`, `7 h 38 min`, `2 d 3 h`, `41 d`. A negative duration (two clocks
 * that differ) reads as zero seconds.
 */
export function printDuration(ms: number, { t }: Pick<Words, 't'>): string {
  if (ms < 0) return t('states.durationS', { s: '0' });
  if (ms < 9_950) return t('states.durationS', { s: (ms / 1000).toFixed(1) });
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return t('states.durationS', { s: String(seconds) });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) {
    const s = seconds % 60;
    return s === 0
      ? t('states.durationMin', { m: String(minutes) })
      : t('states.durationMinS', { m: String(minutes), s: String(s) });
  }
  const hours = Math.floor(minutes / 60);
  if (hours < 48) {
    const m = minutes % 60;
    return m === 0
      ? t('states.durationH', { h: String(hours) })
      : t('states.durationHMin', { h: String(hours), m: String(m) });
  }
  const days = Math.floor(hours / 24);
  const h = hours % 24;
  // Beyond four days the hours are noise.
  return h === 0 || days > 4
    ? t('states.durationD', { d: String(days) })
    : t('states.durationDH', { d: String(days), h: String(h) });
}

/** A measured time: `0.42 ms`, `3.4 ms`, `120 ms`, then as a duration. */
export function printLatency(ms: number, words: Pick<Words, 't'>): string {
  if (ms >= 1000) return printDuration(ms, words);
  const n = ms < 1 ? ms.toFixed(2) : ms < 10 ? ms.toFixed(1) : String(Math.round(ms));
  return words.t('states.durationMs', { n });
}

/** `0.6 s ago` */
export function printAgo(at: number, now: number, words: Pick<Words, 't'>): string {
  return words.t('states.ageAgo', { age: printDuration(now - at, words) });
}
