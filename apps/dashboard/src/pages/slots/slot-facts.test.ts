import { expect, test } from 'vitest';
import { fixtureNode, fixtureTopology, nodeId } from '../../testing/cluster-fixture.ts';
import { agreementOn, countFlag, slotFactsOf, SlotFlag } from './slot-facts.ts';
import { rowsWithin, slotRows } from './slot-rows.ts';

const A = nodeId('a');
const B = nodeId('b');
const C = nodeId('c');

test('each slot carries the index of its shard', () => {
  const { shard } = slotFactsOf(fixtureTopology(), []);
  expect([shard[0], shard[5460], shard[5461], shard[16_383]]).toEqual([1, 1, 2, 3]);
});

test('slots of a running operation are moved, open or still to move, never two of them', () => {
  const topology = fixtureTopology({
    nodes: [
      fixtureNode('a', 'orders-a1', { slots: [[10, 5460]] }),
      fixtureNode('b', 'orders-b1', {
        slots: [
          [0, 9],
          [5461, 10_922],
        ],
      }),
      fixtureNode('c', 'orders-c1', { slots: [[10_923, 16_383]] }),
    ],
    open: [
      { slot: 10, node: A, direction: 'migrating', peer: B },
      { slot: 10, node: B, direction: 'importing', peer: A },
    ],
  });
  const facts = slotFactsOf(topology, [{ from: A, to: B, slots: [[0, 19]] }]);
  expect(rowsWithin(facts, [[0, 25]], []).map(({ range, state, target }) => [range, state, target])).toEqual([
    [[0, 9], 'moved', 0],
    [[10, 10], 'open', 2],
    [[11, 19], 'will-move', 2],
    [[20, 25], 'served', 0],
  ]);
  expect(countFlag(facts, SlotFlag.open)).toBe(1);
});

test('a slot that is open on one side only, and in no operation, is a problem of its own', () => {
  const facts = slotFactsOf(fixtureTopology({ open: [{ slot: 7, node: B, direction: 'importing', peer: A }] }), []);
  expect(rowsWithin(facts, [[7, 7]], [])[0]?.state).toBe('half-open');
});

test('agreement counts the nodes that name the owner on the map', () => {
  const topology = fixtureTopology({
    disputes: [
      {
        slots: [[5, 6]],
        opinions: [
          { owner: A, observers: [A, C] },
          { owner: B, observers: [B] },
        ],
      },
    ],
  });
  expect(agreementOn(topology, 5)).toEqual({ agree: 2, asked: 6 });
  expect(agreementOn(topology, 9)).toEqual({ agree: 6, asked: 6 });
});

test('table rows part where the owner or the selection changes, and cover every slot once', () => {
  const rows = slotRows(slotFactsOf(fixtureTopology(), []), [[100, 199]]);
  expect(rows.map((row) => row.range)).toEqual([
    [0, 99],
    [100, 199],
    [200, 5460],
    [5461, 10_922],
    [10_923, 16_383],
  ]);
  expect(rows.filter((row) => row.isSelected)).toHaveLength(1);
});
