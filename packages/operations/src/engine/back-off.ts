/** Attempts at one step before a person is asked, counted anew after each resume. About 15 s in all, longer than most failovers. */
export const MAX_TRIES = 6;

const FIRST_MS = 500;
const LONGEST_MS = 8_000;

/** Milliseconds to wait after the `tries`th failed attempt (1 = first): doubling, bounded. No jitter: a cluster has one writer. */
export function backOffMs(tries: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, tries - 1));
}
