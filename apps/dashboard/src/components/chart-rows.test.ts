import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chartRows, MOST_ROWS, summariseSeries, timeTicks, valueTicks, type ChartRow } from './chart-rows.ts';

const GAP = 5000;
const everySecond = (count: number, valueAt: (i: number) => number | null): ChartRow[] =>
  Array.from({ length: count }, (_, i) => ({ at: i * 1000, values: [valueAt(i)] }));

test('few samples are drawn as they are', () => {
  const samples = everySecond(60, (i) => i);
  expect(chartRows(samples, GAP)).toEqual(samples);
});

test('a line is broken where nothing was known, not drawn through it', () => {
  const samples = [...everySecond(3, () => 1), { at: 60_000, values: [2] }];
  expect(chartRows(samples, GAP).map(({ at, values }) => [at, values[0]])).toEqual([
    [0, 1],
    [1000, 1],
    [2000, 1],
    [31_000, null],
    [60_000, 2],
  ]);
});

test('a spike of one second in fifteen minutes stays visible, and so does a dip', () => {
  const samples = everySecond(901, (i) => (i === 333 ? 9000 : i === 700 ? 3 : 1000));
  const values = chartRows(samples, GAP).map((row) => row.values[0]);
  expect(values).toContain(9000);
  expect(values).toContain(3);
});

test('whatever came, at most 400 rows are drawn, in order, keeping the lowest and the highest of each line', () => {
  const sample = fc.record({
    wait: fc.integer({ min: 1, max: 20_000 }),
    values: fc.tuple(fc.option(fc.integer({ min: 0, max: 1_000_000 })), fc.option(fc.integer({ min: 0, max: 100 }))),
  });
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 1500 }), (given) => {
      let at = 1_000_000;
      const samples = given.map(({ wait, values }): ChartRow => ({ at: (at += wait), values }));
      const rows = chartRows(samples, GAP);
      expect(rows.length).toBeLessThanOrEqual(MOST_ROWS);
      for (const [i, row] of rows.entries()) expect(row.at).toBeGreaterThan(rows[i - 1]?.at ?? 0);
      for (const line of [0, 1]) {
        const drawn = summariseSeries(rows, line);
        const known = summariseSeries(samples, line);
        expect([drawn?.low, drawn?.high]).toEqual([known?.low, known?.high]);
      }
    }),
    { numRuns: 60 },
  );
});

test('the summary says lowest, highest and newest, and that there is no number now', () => {
  expect(
    summariseSeries(
      everySecond(5, (i) => 10 - i),
      0,
    ),
  ).toEqual({ low: 6, high: 10, now: 6 });
  expect(
    summariseSeries(
      everySecond(5, (i) => (i === 4 ? null : i)),
      0,
    ),
  ).toEqual({ low: 0, high: 3, now: null });
  expect(
    summariseSeries(
      everySecond(5, () => null),
      0,
    ),
  ).toBeNull();
});

test('the axis of values is marked at round numbers, bytes in round KiB and MiB', () => {
  const plain = { base: 1000, least: 1 } as const;
  expect(valueTicks(213, plain)).toEqual([0, 100, 200, 300]);
  expect(valueTicks(9000, plain)).toEqual([0, 5000, 10_000]);
  expect(valueTicks(0, plain)).toEqual([0, 1]);
  const bytes = { base: 1024, least: 1 } as const;
  expect(valueTicks(951 * 1024, bytes).map((each) => each / 1024)).toEqual([0, 500, 1000]);
  expect(valueTicks(3.1 * 1024 ** 2, bytes).map((each) => each / 1024 ** 2)).toEqual([0, 1, 2, 3, 4]);
  expect(valueTicks(0.013, { base: 1000, least: 0.01 })).toEqual([0, 0.01, 0.02]);
});

test('whatever the highest value, it stays inside the axis and the marks are few', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e12, noNaN: true }),
      fc.constantFrom(1000 as const, 1024 as const),
      (high, base) => {
        const marks = valueTicks(high, { base, least: 1 });
        expect(marks.at(-1)).toBeGreaterThanOrEqual(high);
        expect(marks.length).toBeLessThanOrEqual(5);
        expect(marks.length).toBeGreaterThan(1);
      },
    ),
  );
});

test('the time axis is marked at round moments', () => {
  const minute = 60_000;
  expect(timeTicks(90_500, 90_500 + 15 * minute, 6).map((at) => at / minute)).toEqual([3, 6, 9, 12, 15]);
  expect(timeTicks(0, 20_000, 5)).toEqual([0, 5000, 10_000, 15_000, 20_000]);
});
