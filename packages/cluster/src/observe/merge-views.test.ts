import { countSlots, SLOT_COUNT } from '@slotdeck/model/slot-ranges';
import { Topology } from '@slotdeck/model/topology';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  answered,
  changed,
  findById,
  healthyTable,
  merge,
  nodeId,
  silent,
  slots,
  viewsOf,
  type LineSketch,
} from '../../test/view-builder.ts';

test('a cluster in which all agree has no trouble, and its shards are numbered by their first slot', () => {
  const topology = merge(viewsOf(healthyTable));
  expect(topology).toMatchObject({
    version: 1,
    unassigned: [],
    unreachable: [],
    disputes: [],
    disagreements: [],
    answered: 6,
  });
  expect(topology.nodes.every((node) => node.health === 'healthy')).toBe(true);
  expect(topology.shards.map(({ index, primaryId, replicaIds }) => [index, primaryId, replicaIds])).toEqual([
    [1, nodeId('a'), [nodeId('1')]],
    [2, nodeId('b'), [nodeId('2')]],
    [3, nodeId('c'), [nodeId('3')]],
  ]);
  expect(Topology.safeParse(topology).success).toBe(true);
});

test('nothing has changed: the very same topology comes back, however old it is', () => {
  const first = merge(viewsOf(healthyTable), null, 1_000);
  expect(merge(viewsOf(healthyTable), first, 9_000)).toBe(first);
});

test('a change counts the version up and dates it', () => {
  const first = merge(viewsOf(healthyTable), null, 1_000);
  const second = merge(viewsOf(changed(healthyTable, { id: 'a', slots: '0-5460', epoch: 99 })), first, 9_000);
  expect(second).toMatchObject({ version: 2, since: 9_000 });
});

test('a node that claims a slot for itself is right, however many have not heard of it', () => {
  const newer = changed(healthyTable, { id: 'a', slots: '1-5460' }, { id: 'b', slots: '0,5461-10922', epoch: 20 });
  const views = [...viewsOf(healthyTable, ['b', 'a']), answered('b', newer), answered('a', newer)];
  const topology = merge(views);
  expect(findById(topology, 'b').slots).toEqual(slots('0,5461-10922'));
  expect(topology.disputes).toEqual([
    {
      slots: slots('0'),
      opinions: [
        { owner: nodeId('a'), observers: ['1', '2', '3', 'c'].map(nodeId) },
        { owner: nodeId('b'), observers: ['a', 'b'].map(nodeId) },
      ],
    },
  ]);
});

test('of two that claim a slot for themselves the greater config epoch is right; equal epochs: the smaller id', () => {
  const asA = changed(healthyTable, { id: 'b', slots: '5461-10922', epoch: 5 });
  const asB = changed(healthyTable, { id: 'b', slots: '0-10922', epoch: 20 }, { id: 'a' });
  expect(findById(merge([answered('a', asA), answered('b', asB)]), 'b').slots).toEqual(slots('0-10922'));
  const even = [
    answered('a', changed(asA, { id: 'a', slots: '0-5460', epoch: 7 })),
    answered('b', changed(asB, { id: 'b', slots: '0-10922', epoch: 7 })),
  ];
  expect(findById(merge(even), 'a').slots).toEqual(slots('0-5460'));
});

test('replicas are asked too: a promoted one that missed a hand-over is a camp of its own', () => {
  // The target died after the hand-over of slot 100; its replica 2 was promoted without having heard of it.
  const all = changed(
    healthyTable,
    { id: 'a', slots: '0-99,101-5460' },
    { id: 'b', slots: '100', flags: ['fail'] },
    { id: '2', slots: '5461-10922', epoch: 12 },
  );
  const promoted = changed(healthyTable, { id: 'b', flags: ['fail'] }, { id: '2', slots: '5461-10922', epoch: 12 });
  const topology = merge([...viewsOf(all, ['b', '2']), answered('2', promoted), silent('b')]);
  expect(topology.disputes).toEqual([
    {
      slots: slots('100'),
      opinions: [
        { owner: nodeId('b'), observers: ['1', '3', 'a', 'c'].map(nodeId) },
        { owner: nodeId('a'), observers: [nodeId('2')] },
      ],
    },
  ]);
  expect(topology.unreachable).toEqual(slots('100'));
});

test('a slot of a node that gives no answer stays its own and is unreachable; one nobody names is unassigned', () => {
  const table = changed(healthyTable, { id: 'c', slots: '10923-16000' });
  const topology = merge([...viewsOf(table, ['b']), silent('b')]);
  expect(topology.unreachable).toEqual(slots('5461-10922'));
  expect(topology.unassigned).toEqual(slots('16001-16383'));
});

test('a slot that others give to a node which answers and does not claim it has no owner', () => {
  const own = changed(healthyTable, { id: 'b', slots: '5462-10922' });
  const topology = merge([...viewsOf(healthyTable, ['b']), answered('b', own)]);
  expect(topology.unassigned).toEqual(slots('5461'));
  expect(topology.disputes[0]?.opinions[1]).toEqual({ owner: null, observers: [nodeId('b')] });
});

test.each<[string, LineSketch, readonly string[], string]>([
  ['failed', { id: 'b', slots: '5461-10922', flags: ['fail'], down: true }, ['b'], 'failed'],
  ['suspected by all, and silent', { id: 'b', slots: '5461-10922', flags: ['fail?'] }, ['b'], 'no-answer'],
  ['suspected, though it answers us', { id: 'b', slots: '5461-10922', flags: ['fail?'] }, [], 'suspected'],
  ['failed by a majority, though it answers us', { id: 'b', slots: '5461-10922', flags: ['fail'] }, [], 'failed'],
  ['without link from the others', { id: 'b', slots: '5461-10922', down: true }, [], 'half-linked'],
  ['without address', { id: 'b', slots: '5461-10922', flags: ['noaddr'], host: '' }, ['b'], 'no-answer'],
])('a node that is %s', (_, said, without, health) => {
  const table = changed(healthyTable, said);
  const views = [...viewsOf(table, ['b']), ...(without.includes('b') ? [silent('b')] : [answered('b', healthyTable)])];
  expect(findById(merge(views), 'b').health).toBe(health);
});

test('a lost address shows when nobody could even try', () => {
  const table = changed(healthyTable, { id: 'b', flags: ['noaddr'], host: '' });
  expect(findById(merge(viewsOf(table, ['b'])), 'b')).toMatchObject({
    health: 'no-address',
    view: { state: 'not-asked' },
  });
});

test('one that turns us away is not one that gives no answer', () => {
  const topology = merge([...viewsOf(healthyTable, ['b']), silent('b', 'wrong-password')]);
  expect(findById(topology, 'b').health).toBe('refuses');
});

test('a replica that syncs or has lost its link says so itself', () => {
  const views = viewsOf(healthyTable, ['1', '2']);
  const down = { link: 'down', syncing: false, loading: false } as const;
  const topology = merge([
    ...views,
    answered('1', healthyTable, { replication: { ...down, syncing: true } }),
    answered('2', healthyTable, { replication: down }),
  ]);
  expect(findById(topology, '1').health).toBe('syncing');
  expect(findById(topology, '2').health).toBe('link-down');
});

test('open slots are taken from the line of the node that has them open', () => {
  const table = changed(
    healthyTable,
    { id: 'a', slots: '0-5460', migrating: [[93, 'b']] },
    { id: 'b', slots: '5461-10922', importing: [[93, 'a']] },
  );
  expect(merge(viewsOf(table)).open).toEqual([
    { slot: 93, node: nodeId('a'), direction: 'migrating', peer: nodeId('b') },
    { slot: 93, node: nodeId('b'), direction: 'importing', peer: nodeId('a') },
  ]);
});

test('a node that only some know is known to be unknown to the others', () => {
  const withNew = changed(healthyTable, { id: 'd' });
  const topology = merge([...viewsOf(healthyTable, ['a']), answered('a', withNew), answered('d', withNew)]);
  expect(findById(topology, 'd').unknownTo).toEqual(['1', '2', '3', 'b', 'c'].map(nodeId));
  expect(findById(topology, 'd').health).toBe('half-linked');
  expect(topology.disagreements).toContainEqual({
    about: 'membership',
    subject: nodeId('d'),
    opinions: [
      { value: 'unknown', observers: ['1', '2', '3', 'b', 'c'].map(nodeId) },
      { value: 'known', observers: ['a', 'd'].map(nodeId) },
    ],
  });
});

test('differing roles, primaries, epochs, addresses and states are kept with who says them, largest camp first', () => {
  const other = changed(
    healthyTable,
    { id: '1', of: 'b' },
    { id: 'b', slots: '5461-10922', epoch: 40, host: '10.9.9.9' },
    { id: '2' },
  );
  const topology = merge([
    ...viewsOf(healthyTable, ['c']),
    answered('c', other, { clusterState: 'fail', currentEpoch: 40 }),
  ]);
  const summary = topology.disagreements.map(({ about, subject, opinions }) => [
    about,
    subject?.[0] ?? null,
    opinions.map(({ value, observers }) => `${value.slice(0, 14)} x${observers.length}`),
  ]);
  expect(summary).toEqual([
    ['cluster-state', null, ['ok x5', 'fail x1']],
    ['current-epoch', null, ['9 x5', '40 x1']],
    ['address', 'b', ['10.0.0.11:6379 x5', '10.9.9.9:6379 x1']],
    ['config-epoch', 'b', ['11 x5', '40 x1']],
    ['primary', '1', ['aaaaaaaaaaaaaa x5', 'bbbbbbbbbbbbbb x1']],
    ['role', '2', ['replica x5', 'primary x1']],
  ]);
  expect(findById(topology, 'b')).toMatchObject({ host: '10.0.0.11', configEpoch: 11 });
});

test('a shard keeps its key and number over a failover, with the failed primary behind the new one', () => {
  const before = merge(viewsOf(healthyTable));
  const after = changed(
    healthyTable,
    { id: 'a', flags: ['fail'], down: true },
    { id: '1', slots: '0-5460', epoch: 30 },
  );
  const topology = merge([...viewsOf(after, ['a']), silent('a')], before);
  expect(topology.shards.map(({ key, index }) => [key, index])).toEqual(
    before.shards.map(({ key, index }) => [key, index]),
  );
  expect(topology.shards[0]).toMatchObject({ primaryId: nodeId('1'), replicaIds: [nodeId('a')] });
  const back = merge(viewsOf(changed(after, { id: 'a', of: '1', epoch: 30 })), topology);
  expect(back.shards[0]).toMatchObject({ index: 1, primaryId: nodeId('1'), replicaIds: [nodeId('a')] });
});

test('an empty primary is a shard without slots, with the next number', () => {
  const before = merge(viewsOf(healthyTable));
  const topology = merge(viewsOf(changed(healthyTable, { id: 'd', epoch: 0 })), before);
  expect(topology.shards[3]).toMatchObject({ index: 4, primaryId: nodeId('d'), slots: [] });
});

test('when nobody answers the last map stays, every node silent and every slot unreachable', () => {
  const before = merge(viewsOf(healthyTable));
  const topology = merge(
    healthyTable.map(({ id }) => silent(id)),
    before,
  );
  expect(topology.answered).toBe(0);
  expect(topology.nodes.every((node) => node.health === 'no-answer')).toBe(true);
  expect(countSlots(topology.unreachable)).toBe(SLOT_COUNT);
  expect(topology.shards).toEqual(before.shards);
});

test('a cluster never seen that gives no answer has its known nodes and nothing else', () => {
  const topology = merge([silent('a', 'connection-refused')]);
  expect(topology).toMatchObject({ answered: 0, shards: [], unassigned: [] });
  expect(findById(topology, 'a')).toMatchObject({ role: 'unknown', health: 'no-answer', name: '10.0.0.10:6379' });
});

test('a handshake with a node that is known already is not one more node', () => {
  const table = changed(healthyTable, { id: 'f', flags: ['handshake'], host: '10.0.0.11' });
  const topology = merge([...viewsOf(healthyTable, ['a']), answered('a', table)]);
  expect(topology.nodes.map((node) => node.id)).not.toContain(nodeId('f'));
});

test('what a silent node runs is remembered, its replication state is not', () => {
  const before = merge(viewsOf(healthyTable));
  const after = merge([...viewsOf(healthyTable, ['1']), silent('1')], before);
  expect(findById(after, '1')).toMatchObject({
    server: { version: '7.0.15' },
    replication: null,
    name: '10.0.0.1:6379',
  });
});

test('each slot is in exactly one place of the merged map, whatever the nodes say', () => {
  const cuts = fc
    .array(fc.integer({ min: 0, max: SLOT_COUNT - 1 }), { minLength: 2, maxLength: 2 })
    .map(([x = 0, y = 0]) => [Math.min(x, y), Math.max(x, y)] as const);
  const opinion = fc.tuple(cuts, fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 9 }));
  fc.assert(
    fc.property(
      fc.array(opinion, { minLength: 6, maxLength: 6 }),
      fc.subarray(['a', 'b', 'c', '1', '2', '3']),
      (opinions, quiet) => {
        const views = healthyTable.map(({ id }, at) => {
          const [[from, to], owner, epoch] = opinions[at] ?? [[0, 0] as const, 'a', 1];
          const table = healthyTable.map((sketch): LineSketch =>
            sketch.of === undefined
              ? { id: sketch.id, slots: sketch.id === owner ? `${from}-${to}` : '', epoch }
              : sketch,
          );
          return quiet.includes(id) ? silent(id) : answered(id, table);
        });
        const topology = merge(views);
        if (topology.answered === 0) return;
        const owned = topology.nodes.reduce((sum, node) => sum + countSlots(node.slots), 0);
        expect(owned + countSlots(topology.unassigned)).toBe(SLOT_COUNT);
        for (const dispute of topology.disputes) {
          const observers = dispute.opinions.flatMap((each) => each.observers);
          expect(new Set(observers).size).toBe(observers.length);
          expect(observers).toHaveLength(topology.answered);
          expect(new Set(dispute.opinions.map((each) => each.owner)).size).toBe(dispute.opinions.length);
        }
        expect(merge(views, topology)).toBe(topology);
      },
    ),
  );
});
