import fc from 'fast-check';
import { expect, test } from 'vitest';
import { levelOut, shareOut } from './share-out.ts';

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const sizes = fc.array(fc.integer({ min: 0, max: 6000 }), { minLength: 1, maxLength: 12 });

test('shares add up exactly, exceed no source and are proportional to within one', () => {
  fc.assert(
    fc.property(sizes, fc.double({ min: 0, max: 1, noNaN: true }), (weights, part) => {
      const total = Math.floor(sum(weights) * part);
      const shares = shareOut(total, weights);
      expect(sum(shares)).toBe(total);
      for (const [at, share] of shares.entries()) {
        const weight = weights[at] ?? 0;
        expect(share).toBeLessThanOrEqual(weight);
        expect(Math.abs(share - (total * weight) / Math.max(1, sum(weights)))).toBeLessThan(1);
      }
    }),
  );
});

test('receivers end as level as they can: nobody who got something holds over one more than anybody', () => {
  fc.assert(
    fc.property(sizes, fc.integer({ min: 0, max: 16_384 }), (holds, total) => {
      const gets = levelOut(total, holds);
      expect(sum(gets)).toBe(total);
      const ends = holds.map((held, at) => held + (gets[at] ?? 0));
      for (const [at, got] of gets.entries()) {
        expect(got).toBeGreaterThanOrEqual(0);
        if (got > 0) expect((ends[at] ?? 0) - Math.min(...ends)).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test.each([
  [10, [1, 1, 1], [4, 3, 3]],
  [1, [5461, 5462, 5461], [0, 1, 0]],
  [0, [3, 3], [0, 0]],
])('%i out of %j is %j', (total, weights, shares) => {
  expect(shareOut(total, weights)).toEqual(shares);
});

test.each([
  [100, [0, 0], [50, 50]],
  [100, [500, 0], [0, 100]],
  [300, [200, 0], [50, 250]],
  [1, [7, 7, 7], [1, 0, 0]],
])('%i to holders of %j go as %j', (total, holds, gets) => {
  expect(levelOut(total, holds)).toEqual(gets);
});
