/** How far what is shown can be trusted, from its age alone. */
export type Freshness =
  | { readonly state: 'live'; readonly at: number }
  | { readonly state: 'stale'; readonly at: number }
  | { readonly state: 'last-known'; readonly at: number }
  | { readonly state: 'never' };

/** Rounds come at least every second: five seconds of silence is no chance. */
export const STALE_AFTER_MS = 5000;
/** From here on a plan would be made from memory. */
export const LAST_KNOWN_AFTER_MS = 60_000;

export function freshness(observedAt: number | null, now: number): Freshness {
  if (observedAt === null) return { state: 'never' };
  const age = now - observedAt;
  if (age > LAST_KNOWN_AFTER_MS) return { state: 'last-known', at: observedAt };
  return { state: age > STALE_AFTER_MS ? 'stale' : 'live', at: observedAt };
}
