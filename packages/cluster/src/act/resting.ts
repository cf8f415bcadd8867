/** Gossip is a matter of milliseconds; asking slower costs more time than it saves. */
export const FIRST_REST_MS = 2;
const LONGEST_REST_MS = 100;

/** How long to rest before the next look, after this long before the last. */
export function nextRest(rest: number): number {
  return Math.min(LONGEST_REST_MS, rest * 1.5);
}
