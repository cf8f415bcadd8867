import { expect, test } from 'vitest';
import { createHandClock } from './hand-clock.ts';

test('sleepers wake in the order they are due, each at its own time', async () => {
  const clock = createHandClock();
  const woken: [string, number][] = [];
  const sleep = async (name: string, ms: number) => {
    await clock.sleep(ms);
    woken.push([name, clock.monotonic()]);
  };
  const all = Promise.all([sleep('late', 30), sleep('early', 10), sleep('never', 1000)].slice(0, 2));
  await clock.advance(50);
  await all;
  expect(woken).toEqual([
    ['early', 10],
    ['late', 30],
  ]);
  expect(clock.monotonic()).toBe(50);
  expect(clock.sleepers).toBe(1);
});

test('a loop that sleeps again is woken as often as fits into the span', async () => {
  const clock = createHandClock();
  let rounds = 0;
  const stop = new AbortController();
  const loop = (async () => {
    while (!stop.signal.aborted) {
      await clock.sleep(100, stop.signal);
      rounds += 1;
    }
  })();
  await clock.advance(1_000);
  expect(rounds).toBe(10);
  stop.abort();
  await expect(loop).rejects.toMatchObject({ name: 'AbortError' });
  expect(clock.sleepers).toBe(0);
});

test('a wall clock that is set moves no sleeper', async () => {
  const clock = createHandClock({ now: 1_000 });
  clock.jump(-500);
  expect(clock.now()).toBe(500);
  expect(clock.monotonic()).toBe(0);
  await clock.advance(10);
  expect(clock.now()).toBe(510);
});
