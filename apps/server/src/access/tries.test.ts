import { expect, test } from 'vitest';
import { createHandClock } from '@slotdeck/testkit/hand-clock';
import { makeTries } from './tries.ts';

test('after five failures within a minute one waits until the first of them is a minute old', async () => {
  const clock = createHandClock();
  const tries = makeTries(clock);
  for (let count = 0; count < 5; count += 1) {
    expect(tries.secondsToWait(['a'])).toBe(0);
    tries.failed(['a']);
    await clock.advance(1_000);
  }
  expect(tries.secondsToWait(['a'])).toBe(55);
  await clock.advance(54_999);
  expect(tries.secondsToWait(['a'])).toBe(1);
  await clock.advance(1);
  expect(tries.secondsToWait(['a'])).toBe(0);
});

test('one name failing does not hold up another', () => {
  const tries = makeTries(createHandClock());
  for (let count = 0; count < 9; count += 1) tries.failed(['a']);
  expect(tries.secondsToWait(['b'])).toBe(0);
  expect(tries.secondsToWait(['b', 'a'])).toBe(60);
});

test('a success forgives what went before', () => {
  const tries = makeTries(createHandClock());
  for (let count = 0; count < 5; count += 1) tries.failed(['a']);
  tries.succeeded(['a']);
  expect(tries.secondsToWait(['a'])).toBe(0);
});

test('setting the clock changes no waiting time', () => {
  const clock = createHandClock();
  const tries = makeTries(clock);
  for (let count = 0; count < 5; count += 1) tries.failed(['a']);
  clock.jump(-86_400_000);
  expect(tries.secondsToWait(['a'])).toBe(60);
  clock.jump(2 * 86_400_000);
  expect(tries.secondsToWait(['a'])).toBe(60);
});

test('invented names cannot fill the memory, and the newest are still counted', () => {
  const tries = makeTries(createHandClock(), { allowed: 1 });
  for (let count = 0; count <= 10_000; count += 1) tries.failed([`name ${count}`]);
  expect(tries.secondsToWait(['name 0'])).toBe(0);
  expect(tries.secondsToWait(['name 10000'])).toBe(60);
});
