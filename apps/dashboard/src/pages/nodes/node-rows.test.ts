import { expect, test } from 'vitest';
import { fixtureNode, fixtureStats, fixtureTopology, NOW } from '../../testing/cluster-fixture.ts';
import { matches, nodeRows, orderKey, sortRows, type Filter } from './node-rows.ts';

const topology = fixtureTopology();
const stats = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter, i) => fixtureStats(letter, { keys: i * 10 }));
const names = (rows: ReturnType<typeof nodeRows>): string[] => rows.map(({ node }) => node.name);
const filter = (change: Partial<Filter>): Filter => ({ find: '', role: null, health: null, ...change });

test('by shard a primary stands before its replicas', () => {
  expect(names(sortRows(nodeRows(topology, stats), { by: 'shard', down: false }))).toEqual([
    'orders-a1',
    'orders-d1',
    'orders-b1',
    'orders-e1',
    'orders-c1',
    'orders-f1',
  ]);
});

test('what is not known stands last, whichever way it is sorted', () => {
  const rows = nodeRows(topology, stats.slice(0, 2));
  for (const down of [true, false]) {
    expect(
      names(sortRows(rows, { by: 'keys', down }))
        .slice(0, 2)
        .sort(),
    ).toEqual(['orders-a1', 'orders-b1']);
  }
});

test('a number that ticks does not change the order, a state does', () => {
  const sort = { by: 'keys', down: true } as const;
  const before = orderKey(nodeRows(topology, stats), sort);
  expect(
    orderKey(
      nodeRows(
        topology,
        stats.map((each) => ({ ...each, keys: 7 })),
      ),
      sort,
    ),
  ).toBe(before);
  const failed = {
    ...topology,
    nodes: topology.nodes.map((node, i) => (i === 0 ? { ...node, health: 'failed' as const } : node)),
  };
  expect(orderKey(nodeRows(failed, stats), sort)).not.toBe(before);
});

test('every typed word must be found, in name, address, id or version', () => {
  const rows = nodeRows(topology, stats);
  expect(names(rows.filter((row) => matches(row, filter({ find: 'orders a1' }))))).toEqual(['orders-a1']);
  expect(names(rows.filter((row) => matches(row, filter({ find: 'bbbbbbbb' }))))).toEqual(['orders-b1']);
  expect(rows.filter((row) => matches(row, filter({ find: '7.0.15', role: 'replica' }))).length).toBe(3);
  expect(rows.filter((row) => matches(row, filter({ health: 'trouble' }))).length).toBe(0);
});

test('a node that fell silent keeps what it held, marked as past, and has no rate of now', () => {
  const silent = fixtureNode('a', 'orders-a1', { view: { state: 'silent', problem: { code: 'timeout', seen: '' } } });
  const rows = nodeRows(fixtureTopology({ nodes: [silent] }), [
    fixtureStats('a', { at: NOW - 9000 }),
    fixtureStats('b'),
  ]);
  expect(rows[0]).toMatchObject({ past: true, stats: { keys: 14_000, commandsPerSecond: null, roundTripMs: null } });
});
