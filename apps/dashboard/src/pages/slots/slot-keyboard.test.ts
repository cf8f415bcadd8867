import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fixtureTopology, nodeId } from '../../testing/cluster-fixture.ts';
import { largestSlots, sumOver } from './slot-counts.ts';
import { slotFactsOf } from './slot-facts.ts';
import { focusAfter } from './slot-keyboard.ts';
import { readSlotSearch } from './slot-search.ts';

const A = nodeId('a');
const B = nodeId('b');

const topology = fixtureTopology({
  unassigned: [[300, 310]],
  open: [
    { slot: 50, node: A, direction: 'migrating', peer: B },
    { slot: 50, node: B, direction: 'importing', peer: A },
    { slot: 51, node: A, direction: 'migrating', peer: B },
    { slot: 51, node: B, direction: 'importing', peer: A },
  ],
});
const facts = slotFactsOf(topology, []);

test.each([
  ['ArrowRight', 0, 1],
  ['ArrowLeft', 0, null],
  ['ArrowDown', 5, 133],
  ['ArrowUp', 5, null],
  ['Home', 200, 128],
  ['End', 200, 255],
  ['PageDown', 16_000, 16_256],
  ['PageUp', 1000, 104],
  [']', 0, 5461],
  ['[', 6000, 5461],
  ['[', 5461, 0],
  [']', 12_000, null],
  ['o', 0, 50],
  ['o', 51, 50],
  ['p', 0, 300],
  ['p', 305, 300],
  ['x', 0, null],
])('%s on slot %i leads to %s', (key, slot, expected) => {
  expect(focusAfter(key, slot, facts)).toBe(expected);
});

test('no key ever leaves the map', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 16_383 }),
      fc.constantFrom('ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End', 'PageUp', 'PageDown', '[', ']'),
      (slot, key) => {
        const next = focusAfter(key, slot, facts);
        if (next !== null) expect(next >= 0 && next < 16_384).toBe(true);
      },
    ),
  );
});

test.each([
  ['', { kind: 'nothing' }],
  ['12', { kind: 'slots', slots: [[12, 12]] }],
  [
    ' 5-9, 3 ',
    {
      kind: 'slots',
      slots: [
        [3, 3],
        [5, 9],
      ],
    },
  ],
  ['16384', { kind: 'no-such-slot', part: '16384' }],
  ['9-3', { kind: 'no-such-slot', part: '9-3' }],
  ['foo', { kind: 'key', key: 'foo', slot: 12_182 }],
  ['user:{foo}:1', { kind: 'key', key: 'user:{foo}:1', slot: 12_182 }],
])('the search "%s" is read as what it looks like', (text, expected) => {
  expect(readSlotSearch(text)).toEqual(expected);
});

test('a sum over slots that were not all counted is a lower bound', () => {
  const values = new Float64Array([1, 2, Number.NaN, 4]);
  expect(sumOver(values, [[0, 1]])).toEqual({ value: 3, isAtLeast: false });
  expect(sumOver(values, [[0, 3]])).toEqual({ value: 7, isAtLeast: true });
  expect(sumOver(values, [[2, 2]])).toBeNull();
  expect(sumOver(null, [[0, 3]])).toBeNull();
  expect(largestSlots(values, [[0, 3]], 2)).toEqual([
    { slot: 3, value: 4 },
    { slot: 1, value: 2 },
  ]);
});
