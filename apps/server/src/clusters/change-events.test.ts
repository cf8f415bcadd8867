import { expect, test } from 'vitest';
import { idOf, primary, replica, topology } from '../../test/small-topology.ts';
import { changeEvents } from './change-events.ts';

const a = primary('a', [[0, 99]]);
const b = primary('b', [[100, 199]]);
const open = (slot: number) => ({ slot, node: idOf('a'), direction: 'migrating', peer: idOf('b') }) as const;

test('slots that went to another node make one row with both names', () => {
  const after = topology(2, [
    primary('a', [[0, 49]]),
    primary('b', [
      [50, 99],
      [100, 199],
    ]),
  ]);
  expect(changeEvents(topology(1, [a, b]), after, 7, [])).toEqual([
    {
      at: 7,
      code: 'slots-moved',
      node: idOf('b'),
      facts: { slots: '50-99', from: idOf('a'), to: idOf('b'), fromName: 'node-a', toName: 'node-b' },
    },
  ]);
});

test('slots that one node opened at once make one row', () => {
  const events = changeEvents(topology(1, [a, b]), topology(2, [a, b], [open(1), open(2), open(7)]), 7, []);
  expect(events).toHaveLength(1);
  expect(events[0]).toMatchObject({ code: 'slots-opened', facts: { slots: '1-2,7', peerName: 'node-b' } });
});

test('slots that an operation of ours has open are told by its own journal only', () => {
  const before = topology(1, [a, b]);
  const after = topology(2, [a, b], [open(1), open(7)]);
  expect(changeEvents(before, after, 7, [[0, 5]])).toMatchObject([{ code: 'slots-opened', facts: { slots: '7' } }]);
  expect(changeEvents(after, before, 8, [[0, 9]])).toEqual([]);
});

test('an epoch that a replica repeats is told once, at its primary', () => {
  const before = topology(1, [a, replica('c', 'a')]);
  const after = topology(2, [primary('a', [[0, 99]], { configEpoch: 5 }), replica('c', 'a', { configEpoch: 5 })]);
  expect(changeEvents(before, after, 7, [])).toMatchObject([
    { code: 'epoch-changed', node: idOf('a'), facts: { from: 1, to: 5 } },
  ]);
});

test('a failover is told with who was and who is', () => {
  const before = topology(1, [a, replica('c', 'a')]);
  const after = topology(2, [replica('a', 'c', { health: 'failed' }), primary('c', [[0, 99]])]);
  const codes = changeEvents(before, after, 7, []).map((event) => `${event.code} ${event.node?.[0] ?? ''}`);
  expect(codes).toEqual([
    'role-changed a',
    'primary-changed a',
    'health-changed a',
    'role-changed c',
    'primary-changed c',
    'slots-moved c',
  ]);
});
