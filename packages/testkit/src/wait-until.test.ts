import { expect, test } from 'vitest';
import { waitUntil, WaitTimedOut } from './wait-until.ts';

test('the first answer that is something is returned, errors on the way count as not yet', async () => {
  const answers: (() => number | false)[] = [
    () => false,
    () => {
      throw new Error('refused');
    },
    () => 0,
  ];
  expect(await waitUntil('a number', () => answers.shift()?.(), { everyMs: 1 })).toBe(0);
});

test('a wait that is given up says what was awaited and what was seen last', async () => {
  const wait = waitUntil('rain', () => false, { timeoutMs: 5, everyMs: 1 });
  await expect(wait).rejects.toThrow('waited 5 ms for: rain; last seen: false');
  const cause = new Error('no sky');
  const broken = waitUntil('rain', () => Promise.reject(cause), { timeoutMs: 5, everyMs: 1 });
  await expect(broken).rejects.toThrow(WaitTimedOut);
  await expect(broken).rejects.toThrow(/no sky/);
  await expect(broken).rejects.toMatchObject({ cause });
});
