/** One participant of a rebalance: what it has of the thing that is levelled, and its weight. */
export interface Holding {
  readonly holds: number;
  readonly weight: number;
}

/**
 * How many whole pieces each should have so that shares follow the weights: every share is its exact part rounded up or down, and
 * they add up to what there is. Who is rounded up is decided so that as few pieces as possible change hands: first those who hold
 * more than the lower value anyway, then the largest remainders. Some weight must be above zero.
 */
export function fairShares(holdings: readonly Holding[]): number[] {
  const total = holdings.reduce((sum, { holds }) => sum + holds, 0);
  const weights = holdings.reduce((sum, { weight }) => sum + weight, 0);
  const exact = holdings.map(({ weight }) => (total * weight) / weights);
  const shares = exact.map((part) => Math.floor(part + EPSILON));
  const rest = total - shares.reduce((sum, share) => sum + share, 0);
  const candidates = exact
    .map((part, at) => ({
      at,
      remainder: part - (shares[at] ?? 0),
      keeps: (holdings[at]?.holds ?? 0) > (shares[at] ?? 0),
    }))
    .filter(({ remainder }) => remainder > EPSILON)
    .toSorted((a, b) => Number(b.keeps) - Number(a.keeps) || b.remainder - a.remainder || a.at - b.at);
  for (const { at } of candidates.slice(0, rest)) shares[at] = (shares[at] ?? 0) + 1;
  return shares;
}

/** Weights are fractions now and then; a share that is whole but for the last bits of a double is whole. */
const EPSILON = 1e-6;

/**
 * Whether anyone is off its share by more than the threshold, as `redis-cli --cluster rebalance` reckons it: in percent of what the
 * node holds; a node without any counts once its share is more than one piece.
 */
export function isOverThreshold(
  holdings: readonly Holding[],
  shares: readonly number[],
  thresholdPercent: number,
): boolean {
  return holdings.some(({ holds }, at) => {
    const share = shares[at] ?? 0;
    if (share === holds) return false;
    return holds === 0 ? share > 1 : Math.abs(100 - (100 * share) / holds) > thresholdPercent;
  });
}
