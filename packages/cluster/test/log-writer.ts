import { createLogReader, type NodeLog } from '../src/logs/read-log.ts';

const START = Date.UTC(2026, 2, 3, 4, 0, 0);
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const pad = (value: number, length = 2): string => String(value).padStart(length, '0');

/** Forty digits that a person can tell apart: all of one letter. */
export const idOf = (letter: string): string => letter.repeat(40);

/** A moment of the stories: seconds after their beginning, in epoch ms. */
export const second = (value: number): number => START + Math.round(value * 1_000);

export interface LineSketch {
  /** Seconds after the beginning of the story. */
  readonly at: number;
  readonly text: string;
  readonly role?: 'M' | 'S' | 'C';
  readonly pid?: number;
}

/** A log as Redis ≥ 5 writes it, by a clock that is ahead of the story's by `aheadMs`. */
export function writeLog(name: string, lines: readonly LineSketch[], aheadMs = 0): NodeLog {
  const text = lines.map(({ at, text: said, role = 'M', pid = 100 }) => {
    const date = new Date(second(at) + aheadMs);
    const day = `${pad(date.getUTCDate())} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
    const clock = `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())}.${pad(date.getUTCMilliseconds(), 3)}`;
    return `${pid}:${role} ${day} ${clock} * ${said}\n`;
  });
  return readText(name, text.join(''));
}

export function readText(name: string, text: string): NodeLog {
  const reader = createLogReader({ name, until: START + 86_400_000 });
  reader.push(Buffer.from(text));
  return reader.end();
}
