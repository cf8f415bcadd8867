import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NodeId } from './ids.ts';
import { nameShards, type ShardMembers } from './shard-identity.ts';
import type { SlotRange } from './slot-ranges.ts';

const id = (letter: string): NodeId => NodeId.parse(letter.repeat(40));
const group = (primary: string, replicas: string, ...slots: SlotRange[]): ShardMembers => ({
  primaryId: id(primary),
  replicaIds: replicas.split('').map(id),
  slots,
});
const first = nameShards([group('c', '3', [200, 300]), group('a', '1', [0, 99]), group('b', '2', [100, 199])], []);

test('at first sight shards are numbered by their first slot, those without slots last', () => {
  const named = nameShards([group('d', ''), group('b', '', [5, 6]), group('a', '', [0, 4])], []);
  expect(named.map(({ index, primaryId }) => [index, primaryId])).toEqual([
    [1, id('a')],
    [2, id('b')],
    [3, id('d')],
  ]);
});

test('a failover keeps key and number', () => {
  const after = nameShards([group('1', 'a', [0, 99]), group('b', '2', [100, 199]), group('c', '3', [200, 300])], first);
  expect(after[0]).toMatchObject({ key: first[0]?.key, index: 1, primaryId: id('1') });
});

test('slots may go anywhere: a shard is its nodes', () => {
  const after = nameShards([group('a', '1'), group('b', '2', [100, 300]), group('c', '3', [0, 99])], first);
  expect(after.map(({ key, primaryId }) => [key, primaryId])).toEqual(
    first.map(({ key, primaryId }) => [key, primaryId]),
  );
});

test('a replica that changes its shard does not take the shard’s name along', () => {
  const after = nameShards([group('a', '', [0, 99]), group('b', '12', [100, 199]), group('c', '3', [200, 300])], first);
  expect(after.map(({ index, primaryId }) => [index, primaryId])).toEqual([
    [1, id('a')],
    [2, id('b')],
    [3, id('c')],
  ]);
});

test('where members are even the group with the old primary continues the shard', () => {
  const after = nameShards([group('1', '', [0, 49]), group('a', '', [50, 99])], first);
  expect(after.map(({ index, primaryId }) => [index, primaryId])).toEqual([
    [1, id('a')],
    [4, id('1')],
  ]);
});

test('a new shard gets the next number, not one that is free in between', () => {
  const without = nameShards([group('a', '1', [0, 99]), group('c', '3', [100, 300])], first);
  const grown = nameShards([group('a', '1', [0, 99]), group('c', '3', [100, 300]), group('d', '')], without);
  expect(grown.map(({ index }) => index)).toEqual([1, 3, 4]);
});

test('names are unique and the same again for the same members, in whatever order they come', () => {
  const partition = fc
    .shuffledSubarray('abcdef123456'.split(''), { minLength: 2 })
    .chain((letters) =>
      fc.tuple(fc.constant(letters), fc.array(fc.boolean(), { minLength: letters.length, maxLength: letters.length })),
    )
    .map(([letters, cuts]) => {
      const groups: string[][] = [];
      letters.forEach((letter, at) => {
        const last = groups.at(-1);
        if (last === undefined || cuts[at] === true) groups.push([letter]);
        else last.push(letter);
      });
      return groups.map(([primary = '', ...replicas]) => group(primary, replicas.join('')));
    });
  fc.assert(
    fc.property(partition, partition, (before, after) => {
      const then = nameShards(before, []);
      const now = nameShards(after, then);
      expect(new Set(now.map(({ key }) => key)).size).toBe(after.length);
      expect(new Set(now.map(({ index }) => index)).size).toBe(after.length);
      expect(nameShards(after.toReversed(), now)).toEqual(now);
    }),
  );
});
