/** How fast a count grew over the last while. Counts may only grow; time is monotonic milliseconds. */
export interface RateWindow {
  add(at: number, count: number): void;
  /** Per second; null until there are two samples far enough apart to mean something. */
  perSecond(now: number): number | null;
}

/** Long enough to be calm on a screen, short enough that a pause or another pace is seen in it. */
const WINDOW_MS = 10_000;
const SHORTEST_MS = 500;
/** Samples closer than this replace each other, so that the window stays small however often it is told. */
const GRAIN_MS = 100;

export function createRateWindow(): RateWindow {
  const samples: { at: number; count: number }[] = [];
  return {
    add(at, count) {
      const [beforeLast, last] = samples.slice(-2);
      if (last !== undefined && beforeLast !== undefined && last.at - beforeLast.at < GRAIN_MS) samples.pop();
      samples.push({ at, count });
      // One sample at or before the window's edge is kept: the growth is measured from there.
      while ((samples[1]?.at ?? at) <= at - WINDOW_MS) samples.shift();
    },
    perSecond(now) {
      const first = samples[0];
      const last = samples.at(-1);
      if (first === undefined || last === undefined) return null;
      const span = now - first.at;
      if (span < SHORTEST_MS) return null;
      return ((last.count - first.count) * 1_000) / span;
    },
  };
}
