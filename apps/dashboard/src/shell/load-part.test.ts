import { expect, test } from 'vitest';
import { loadPart } from './load-part.ts';

/** A server that is away for a number of tries; `broken` never gives the part although it is there. */
function server({ awayFor, broken = false }: { awayFor: number; broken?: boolean }) {
  let tries = 0;
  const pauses: number[] = [];
  return {
    pauses,
    tries: () => tries,
    load: async () => {
      tries += 1;
      if (broken || tries <= awayFor) throw new TypeError('Failed to fetch dynamically imported module');
      return 'the part';
    },
    ports: {
      isThere: async () => tries > awayFor,
      wait: async (ms: number) => {
        pauses.push(ms);
      },
    },
  };
}

test('a part asked for while the server restarts is waited for, with growing pauses', async () => {
  const restarting = server({ awayFor: 7 });
  expect(await loadPart(restarting.load, restarting.ports)).toBe('the part');
  expect(restarting.pauses).toEqual([250, 500, 1000, 2000, 4000, 4000, 4000]);
});

test('a part that a living server does not have is an error after three tries', async () => {
  const other = server({ awayFor: 0, broken: true });
  await expect(loadPart(other.load, other.ports)).rejects.toThrow('Failed to fetch');
  expect(other.tries()).toBe(3);
});
