/** What a chart is drawn from. Pure: no time is read here and nothing is drawn. */
export interface ChartRow {
  /** Epoch ms. */
  readonly at: number;
  /** One per line, in the order of the lines; null where nothing was known. */
  readonly values: readonly (number | null)[];
}

/** recharts draws a new point of 400 in about 9 ms and one of 3,600 in 46; more than this nobody can see either. */
export const MOST_ROWS = 400;

/** A bucket gives at most two rows (its lowest and its highest) and the break before it. */
const ROWS_PER_BUCKET = 3;
const BUCKETS = Math.floor(MOST_ROWS / ROWS_PER_BUCKET);

/**
 * At most `MOST_ROWS` rows, oldest first. Too many are put into buckets of equal time, of which each line keeps its lowest and its
 * highest value in the order in which they came: a spike of one second stays. Between two rows further apart than `gapMs` stands a
 * row without values, so that no line is drawn through what nobody saw.
 */
export function chartRows(samples: readonly ChartRow[], gapMs: number): readonly ChartRow[] {
  const whole = withBreaks(samples, gapMs);
  if (whole.length <= MOST_ROWS) return whole;
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined) return [];
  // Edges at whole multiples, so that the picture does not change when the window moves by a second.
  const bucketMs = Math.ceil((last.at - first.at + 1) / (BUCKETS - 1));
  const buckets = new Map<number, ChartRow[]>();
  for (const sample of samples) {
    const bucket = Math.floor(sample.at / bucketMs);
    const held = buckets.get(bucket);
    if (held === undefined) buckets.set(bucket, [sample]);
    else held.push(sample);
  }
  const rows: ChartRow[] = [];
  let before: ChartRow | undefined;
  for (const bucket of buckets.values()) {
    const start = bucket[0];
    if (start === undefined) continue;
    if (before !== undefined && start.at - before.at > gapMs) rows.push(breakBetween(before, start));
    rows.push(...extremes(bucket));
    before = bucket.at(-1);
  }
  return rows;
}

function withBreaks(samples: readonly ChartRow[], gapMs: number): ChartRow[] {
  return samples.flatMap((sample, i) => {
    const before = samples[i - 1];
    return before !== undefined && sample.at - before.at > gapMs ? [breakBetween(before, sample), sample] : [sample];
  });
}

function breakBetween(before: ChartRow, after: ChartRow): ChartRow {
  return { at: (before.at + after.at) / 2, values: after.values.map(() => null) };
}

function extremes(bucket: readonly ChartRow[]): ChartRow[] {
  const start = bucket[0];
  const end = bucket.at(-1);
  if (start === undefined || end === undefined || bucket.length < 3) return [...bucket];
  const pairs = start.values.map((_, line): readonly [number | null, number | null] => {
    let low: number | null = null;
    let high: number | null = null;
    let isRising = true;
    for (const { values } of bucket) {
      const value = values[line] ?? null;
      if (value === null) continue;
      if (low === null || value < low) {
        low = value;
        isRising = false;
      }
      if (high === null || value > high) {
        high = value;
        isRising = true;
      }
    }
    return isRising ? [low, high] : [high, low];
  });
  return [
    { at: start.at, values: pairs.map(([one]) => one) },
    { at: end.at, values: pairs.map(([, other]) => other) },
  ];
}

export interface SeriesSummary {
  readonly low: number;
  readonly high: number;
  /** The value of the newest row; null when that line has none there. */
  readonly now: number | null;
}

/** Lowest, highest and newest value of one line, from all samples and not from what is left for drawing. */
export function summariseSeries(samples: readonly ChartRow[], line: number): SeriesSummary | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { values } of samples) {
    const value = values[line] ?? null;
    if (value === null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low > high ? null : { low, high, now: samples.at(-1)?.values[line] ?? null };
}

/** How the numbers of an axis are counted: bytes in steps of 1024, and no step smaller than can be printed. */
export interface ValueScale {
  readonly base: 1000 | 1024;
  readonly least: number;
}

const ROUND = [1, 2, 5, 10, 20, 50, 100, 200, 500];
const MARKS = 4;

/** Round marks from zero to just above `high`, at most `MARKS` above zero. */
export function valueTicks(high: number, { base, least }: ValueScale): number[] {
  const size = base ** Math.max(0, Math.floor(Math.log(Math.max(high, 1)) / Math.log(base)));
  const small = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5].map((n) => n * size);
  const steps = [...small, ...ROUND.map((n) => n * size)].filter((step) => step >= least);
  const step = steps.find((each) => high / each <= MARKS) ?? size * base;
  const count = Math.max(1, Math.ceil(high / step));
  return Array.from({ length: count + 1 }, (_, i) => i * step);
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const STEPS = [5, 10, 15, 30]
  .map((n) => n * SECOND)
  .concat([1, 2, 3, 5, 10, 15, 30, 60, 120, 360].map((n) => n * MINUTE));

/** Moments for the time axis at round distances, at most `most` of them, all inside the window. */
export function timeTicks(from: number, to: number, most: number): number[] {
  const step = STEPS.find((each) => (to - from) / each <= most) ?? Math.ceil((to - from) / most / MINUTE) * MINUTE;
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, i) => first + i * step);
}
