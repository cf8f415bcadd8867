import { expect, test } from 'vitest';
import { createRateWindow } from './rate-window.ts';

test('a steady pace is told as it is, also long after the start', () => {
  const window = createRateWindow();
  for (let at = 0; at <= 60_000; at += 250) window.add(at, at / 10);
  expect(window.perSecond(60_000)).toBeCloseTo(100);
});

test('a new pace is the only one that counts after ten seconds', () => {
  const window = createRateWindow();
  let count = 0;
  for (let at = 0; at <= 30_000; at += 100) {
    count += at < 15_000 ? 50 : 5;
    window.add(at, count);
  }
  expect(window.perSecond(30_000)).toBeCloseTo(50, 0);
});

test('what stands still comes down to zero, and nothing is said before there is something to say', () => {
  const window = createRateWindow();
  expect(window.perSecond(0)).toBeNull();
  window.add(0, 10);
  expect(window.perSecond(100)).toBeNull();
  window.add(1_000, 20);
  expect(window.perSecond(1_000)).toBe(10);
  for (let at = 2_000; at <= 20_000; at += 1_000) window.add(at, 20);
  expect(window.perSecond(20_000)).toBe(0);
});

test('however often it is told, a rate is made from few samples', () => {
  const window = createRateWindow();
  for (let at = 0; at <= 10_000; at += 1) window.add(at, at);
  expect(window.perSecond(10_000)).toBeCloseTo(1_000, 0);
});
