import { expect, test } from 'vitest';
import type { Progress } from '@slotdeck/model/operation';
import { NO_RATES, RATES_KEPT, rateGapMs, rememberRate, type RateHistory } from './rate-history.ts';

const progress = (slotsPerSecond: number | null): Progress => ({
  slotsDone: 1,
  slotsTotal: 100,
  keysDone: 1,
  keysTotal: null,
  bytesDone: null,
  bytesTotal: null,
  slotsPerSecond,
  keysPerSecond: null,
  bytesPerSecond: null,
  secondsLeft: null,
  pairs: [],
});
const moving = (at: number) => ({ at, isMoving: true });

test('one sample a second is kept, the newest of it', () => {
  let held = NO_RATES;
  for (const [at, rate] of [
    [1000, 4],
    [1400, 5],
    [1900, 6],
    [2100, 7],
  ] as const)
    held = rememberRate(held, progress(rate), moving(at));
  expect(held.samples.map(({ slots }) => slots)).toEqual([6, 7]);
});

test('a pause is a hole in the line and not a zero', () => {
  let held = rememberRate(NO_RATES, progress(4), moving(1000));
  held = rememberRate(held, progress(4), { at: 2000, isMoving: false });
  held = rememberRate(held, progress(4), { at: 3000, isMoving: false });
  held = rememberRate(held, progress(5), moving(9000));
  expect(held.samples.map(({ slots }) => slots)).toEqual([4, null, 5]);
});

test('before the first rate is measured nothing is kept', () => {
  expect(rememberRate(NO_RATES, progress(null), moving(1000))).toBe(NO_RATES);
});

test('a run of a day fits: the steps grow, the first and the newest sample stay', () => {
  let held: RateHistory = NO_RATES;
  for (let second = 1; second <= 86_400; second += 1)
    held = rememberRate(held, progress(second), moving(second * 1000));
  expect(held.samples.length).toBeLessThanOrEqual(RATES_KEPT);
  expect(held.samples.length).toBeGreaterThan(RATES_KEPT / 3);
  expect(held.samples.at(-1)?.slots).toBe(86_400);
  expect(held.samples[0]?.at).toBeLessThanOrEqual(held.stepMs * 2);
  expect(rateGapMs(held)).toBeGreaterThan(held.stepMs * 2);
});
