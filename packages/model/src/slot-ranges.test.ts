import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  countSlots,
  diffSlots,
  eachSlot,
  hasSlot,
  intersectSlots,
  minusSlots,
  parseSlotRanges,
  printSlotRanges,
  SLOT_COUNT,
  slotsOf,
  takeSlots,
  unionSlots,
} from './slot-ranges.ts';

const someSlots = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 40 }),
  fc.array(fc.integer({ min: 0, max: SLOT_COUNT - 1 }), { maxLength: 40 }),
);
const asSet = (slots: Iterable<number>) => [...new Set(slots)].sort((a, b) => a - b);

test('slots are read from ranges and single numbers in any order', () => {
  expect(parseSlotRanges('7000, 0-5460 5461')).toEqual({
    ok: true,
    slots: [
      [0, 5461],
      [7000, 7000],
    ],
  });
});

test.each([
  ['', 'empty'],
  ['  ,', 'empty'],
  ['5-', 'not-a-slot'],
  ['-1', 'not-a-slot'],
  ['abc', 'not-a-slot'],
  ['1.5', 'not-a-slot'],
  ['16384', 'out-of-range'],
  ['0-99999', 'out-of-range'],
  ['9-3', 'reversed'],
])('%j is refused as %s and the part is named', (text, code) => {
  expect(parseSlotRanges(text)).toMatchObject({ ok: false, code });
});

test('printing and reading give the same set', () => {
  fc.assert(
    fc.property(
      someSlots.filter((slots) => slots.length > 0),
      (slots) => {
        const set = slotsOf(slots);
        expect(parseSlotRanges(printSlotRanges(set))).toEqual({ ok: true, slots: set });
      },
    ),
  );
});

test('union, difference and intersection agree with sets of single slots', () => {
  fc.assert(
    fc.property(someSlots, someSlots, (left, right) => {
      const a = slotsOf(left);
      const b = slotsOf(right);
      const inB = new Set(right);
      const inA = new Set(left);
      expect([...eachSlot(unionSlots(a, b))]).toEqual(asSet([...left, ...right]));
      expect([...eachSlot(minusSlots(a, b))]).toEqual(asSet(left).filter((slot) => !inB.has(slot)));
      expect([...eachSlot(intersectSlots(a, b))]).toEqual(asSet(left).filter((slot) => inB.has(slot)));
      expect(countSlots(a)).toBe(inA.size);
      for (const slot of right) expect(hasSlot(a, slot)).toBe(inA.has(slot));
    }),
  );
});

test('every result is in the normal form, so equal sets are equal values', () => {
  fc.assert(
    fc.property(someSlots, someSlots, (left, right) => {
      const a = slotsOf(left);
      const b = slotsOf(right);
      for (const result of [unionSlots(a, b), minusSlots(a, b), intersectSlots(a, b)]) {
        expect(result).toEqual(slotsOf(eachSlot(result)));
      }
    }),
  );
});

test('a difference applied to the old set gives the new one', () => {
  fc.assert(
    fc.property(someSlots, someSlots, (left, right) => {
      const before = slotsOf(left);
      const after = slotsOf(right);
      const { added, removed } = diffSlots(before, after);
      expect(unionSlots(minusSlots(before, removed), added)).toEqual(after);
    }),
  );
});

test('taking some slots takes the lowest and never more than there are', () => {
  fc.assert(
    fc.property(someSlots, fc.integer({ min: 0, max: 80 }), (slots, count) => {
      expect([...eachSlot(takeSlots(slotsOf(slots), count))]).toEqual(asSet(slots).slice(0, count));
    }),
  );
});
