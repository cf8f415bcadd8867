/**
 * Splits `total` in proportion to `weights`, exactly: whole parts first, the rest to the largest remainders (earlier ones on a
 * tie). No part exceeds its weight as long as `total` is at most the sum of the weights.
 */
export function shareOut(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  if (sum === 0) return weights.map(() => 0);
  const parts = weights.map((weight) => Math.floor((total * weight) / sum));
  const rest = total - parts.reduce((a, b) => a + b, 0);
  const order = weights
    .map((weight, index) => ({ index, remainder: (total * weight) % sum }))
    .toSorted((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of order.slice(0, rest)) parts[index] = (parts[index] ?? 0) + 1;
  return parts;
}

/** What each of the holders receives of `total` so that the emptiest are filled first and all end as level as they can. */
export function levelOut(total: number, holds: readonly number[]): number[] {
  const gets = holds.map(() => 0);
  if (holds.length === 0) return gets;
  // Find the height of the water: the k emptiest reach it, the others get nothing.
  const order = holds.map((held, index) => ({ held, index })).toSorted((a, b) => a.held - b.held || a.index - b.index);
  let below = 0;
  let filled = 0;
  for (const [at, { held }] of order.entries()) {
    if (held * at - below >= total && at > 0) break;
    below += held;
    filled = at + 1;
  }
  const height = Math.floor((total + below) / filled);
  let left = total;
  for (const { held, index } of order.slice(0, filled)) {
    gets[index] = height - held;
    left -= height - held;
  }
  for (const { index } of order.slice(0, left)) gets[index] = (gets[index] ?? 0) + 1;
  return gets;
}
