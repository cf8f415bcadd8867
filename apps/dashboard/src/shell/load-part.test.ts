import { expect, test } from 'vitest';
import { makePartLoader } from './load-part.ts';

/** A server that is away for a number of questions; `broken` never gives a part although it is there. */
function server({ awayFor, broken = false }: { awayFor: number; broken?: boolean }) {
  let questions = 0;
  let tries = 0;
  const pauses: number[] = [];
  return {
    pauses,
    questions: () => questions,
    tries: () => tries,
    load: async () => {
      tries += 1;
      if (broken) throw new TypeError('Failed to fetch dynamically imported module');
      return 'the part';
    },
    ports: {
      isThere: async () => {
        questions += 1;
        return questions > awayFor;
      },
      wait: async (ms: number) => {
        pauses.push(ms);
      },
    },
  };
}

test('the first part, of a page that was served just now, comes without a question', async () => {
  const there = server({ awayFor: 0 });
  const loadPart = makePartLoader(there.ports);
  expect(await loadPart(there.load)).toBe('the part');
  expect(there.questions()).toBe(0);
  expect(await loadPart(there.load)).toBe('the part');
  expect(there.questions()).toBe(1);
});

test('a part asked for while the server restarts is waited for, and not fetched before the server is back', async () => {
  const restarting = server({ awayFor: 7 });
  const loadPart = makePartLoader(restarting.ports);
  await loadPart(restarting.load);
  expect(await loadPart(restarting.load)).toBe('the part');
  expect(restarting.pauses).toEqual([250, 500, 1000, 2000, 4000, 4000, 4000]);
  expect(restarting.tries()).toBe(2);
});

test('a part that a living server does not have is an error after three tries', async () => {
  const other = server({ awayFor: 0, broken: true });
  const loadPart = makePartLoader(other.ports);
  await expect(loadPart(other.load)).rejects.toThrow('Failed to fetch');
  expect(other.tries()).toBe(3);
});
