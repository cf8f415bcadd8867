/** Milliseconds. A quantile is right to one per cent; `max` is exact. */
export type LatencySummary = {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
};

export type LatencyHistogram = { record(ms: number): void; summary(): LatencySummary };

/** Each bucket is one per cent wider than the one before: a few hundred counters for microseconds to minutes, however many samples. */
const growth = Math.log(1.01);
const smallestMs = 0.001;

export function createLatencyHistogram(): LatencyHistogram {
  const buckets: number[] = [];
  let count = 0;
  let max = 0;

  function quantile(share: number): number {
    const wanted = Math.ceil(share * count);
    let seen = 0;
    for (const [index, size] of buckets.entries()) {
      // Holes of the sparse array have no size.
      seen += size ?? 0;
      if (seen >= wanted) return Math.min(max, smallestMs * Math.exp((index + 0.5) * growth));
    }
    return max;
  }

  return {
    record(ms) {
      const index = Math.max(0, Math.floor(Math.log(ms / smallestMs) / growth));
      buckets[index] = (buckets[index] ?? 0) + 1;
      count += 1;
      max = Math.max(max, ms);
    },
    summary: () => ({
      count,
      p50: count === 0 ? 0 : quantile(0.5),
      p99: count === 0 ? 0 : quantile(0.99),
      p999: count === 0 ? 0 : quantile(0.999),
      max,
    }),
  };
}
