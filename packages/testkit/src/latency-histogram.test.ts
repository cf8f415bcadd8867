import { expect, test } from 'vitest';
import { createLatencyHistogram } from './latency-histogram.ts';

test('quantiles are right to one per cent and the maximum exactly', () => {
  const histogram = createLatencyHistogram();
  for (let ms = 1; ms <= 10_000; ms += 1) histogram.record(ms / 10);
  const { count, p50, p99, p999, max } = histogram.summary();
  expect(count).toBe(10_000);
  expect(Math.abs(p50 / 500 - 1)).toBeLessThan(0.011);
  expect(Math.abs(p99 / 990 - 1)).toBeLessThan(0.011);
  expect(Math.abs(p999 / 999 - 1)).toBeLessThan(0.011);
  expect(max).toBe(1_000);
});

test('nothing recorded is nothing claimed', () => {
  expect(createLatencyHistogram().summary()).toEqual({ count: 0, p50: 0, p99: 0, p999: 0, max: 0 });
});
