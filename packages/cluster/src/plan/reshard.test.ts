import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isBlocked, Plan } from '@slotdeck/model/plan';
import {
  countSlots,
  intersectSlots,
  minusSlots,
  printSlotRanges,
  sameSlots,
  slotsOf,
  unionSlots,
  type SlotRanges,
} from '@slotdeck/model/slot-ranges';
import type { Topology } from '@slotdeck/model/topology';
import { planNode, reshardInput, sketchTopology, withNode } from '../../test/plan-topology.ts';
import { planReshard, type ReshardInput } from './reshard.ts';

const three: readonly SlotRanges[] = [[[0, 5460]], [[5461, 10_922]], [[10_923, 16_383]]];
const [a, b, c] = [planNode(1), planNode(2), planNode(3)];

const plan = (
  params: Partial<ReshardInput['params']>,
  topology = sketchTopology(three),
  more: Partial<ReshardInput> = {},
): Plan => planReshard({ ...reshardInput(topology, params), ...more });
const codes = (made: Plan, severity: string): string[] =>
  made.problems.filter((problem) => problem.severity === severity).map((problem) => problem.code);
const movesOf = (made: Plan): string[] =>
  made.moves.map((move) => `${Number(move.from)}→${Number(move.to)} ${printSlotRanges(move.slots)}`);

describe('which slots move', () => {
  test('named slots move from whoever owns them', () => {
    const made = plan({ slots: '5400-5500,16000', to: [c] });
    expect(movesOf(made)).toEqual(['1→3 5400-5460', '2→3 5461-5500']);
    expect(codes(made, 'info')).toContain('slots-already-there');
    expect(made.slots).toBe(101);
  });

  test('a count is taken from all others in proportion, next to what the target has', () => {
    expect(movesOf(plan({ count: 300, to: [b] }))).toEqual(['1→2 5311-5460', '3→2 10923-11072']);
  });

  test('a new node gets one range where the sources touch', () => {
    const made = plan({ count: 4096, to: [planNode(4)] }, sketchTopology([...three, []]));
    expect(made.after.map((share) => share.fragments)).toEqual([1, 1, 1, 2]);
    expect(made.after.map((share) => share.slots)).toEqual([4096, 4096, 4096, 4096]);
  });

  test('several targets are filled level, the emptiest first', () => {
    const made = plan({ count: 1000, from: [a], to: [planNode(4), planNode(5)] }, sketchTopology([...three, [], []]));
    expect(made.after.map((share) => share.slots)).toEqual([4461, 5462, 5461, 500, 500]);
  });

  test('the plan reads as a plan over the wire, and its steps cover exactly its moves', () => {
    const made = plan({ count: 300, to: [b] });
    expect(Plan.parse(JSON.parse(JSON.stringify(made)))).toEqual(made);
    expect(made.steps.map((step) => step.id)).toEqual([
      'check',
      ...[1, 2, 3, 4, 5, 6].map((step) => `move-${step}`),
      'verify',
    ]);
    const covered = made.steps.reduce<SlotRanges>((sum, step) => unionSlots(sum, step.move?.slots ?? []), []);
    expect(printSlotRanges(covered)).toBe('5311-5460,10923-11072');
  });

  test.each([
    [64, 1],
    [300, 5],
    [600, 5],
    [2_000, 4],
    [10_000, 20],
  ])('%i slots of one source go in %i steps', (count, steps) => {
    const one: SlotRanges = [[0, 16_383]];
    const made = plan({ count, from: [a], to: [b] }, sketchTopology([one, []]));
    expect(made.steps.filter(({ move }) => move !== null)).toHaveLength(steps);
  });

  test('even the largest move has a bounded number of steps', () => {
    const one: SlotRanges = [[0, 16_383]];
    const made = plan({ count: 16_384, from: [a], to: [b] }, sketchTopology([one, []]));
    expect(made.steps.length).toBeLessThanOrEqual(400);
    expect(made.slots).toBe(16_384);
    expect(codes(made, 'warning')).toContain('source-left-empty');
  });
});

describe('what is refused, each for its own reason', () => {
  test.each<[string, Partial<ReshardInput['params']>, string]>([
    ['no slots and no count', {}, 'neither-slots-nor-count'],
    ['both', { slots: '1', count: 1 }, 'slots-and-count'],
    ['a text that is no slot', { slots: '1-x' }, 'slots-not-readable'],
    ['a slot beyond the last', { slots: '16384' }, 'slots-not-readable'],
    ['an unknown target', { count: 1, to: ['f'.repeat(40)] }, 'unknown-node'],
    ['an unknown source', { count: 1, from: ['f'.repeat(40)] }, 'unknown-node'],
    ['a replica as target', { count: 1, to: [planNode(101)] }, 'target-not-a-primary'],
    ['a replica as source', { count: 1, from: [planNode(102)] }, 'source-not-a-primary'],
    ['a source that is the target', { count: 1, from: [a], to: [a] }, 'source-is-target'],
    ['all and a node', { count: 1, from: ['all', b] }, 'all-and-nodes'],
    ['all as target', { count: 1, to: ['all'] }, 'all-as-target'],
    ['more than there is', { count: 12_000, from: [b] }, 'count-too-large'],
    ['slots of somebody else', { slots: '0-10', from: [b], to: [c] }, 'slot-not-at-source'],
    ['slots that are there already', { slots: '0-10', to: [a] }, 'nothing-to-move'],
  ])('%s', (_, params, code) => {
    const made = plan(params);
    expect(codes(made, 'blocker')).toContain(code);
    expect(made.moves).toEqual([]);
    expect(made.steps).toEqual([]);
    expect(made.problems.find((problem) => problem.code === code)?.message).toMatch(/\.$/);
  });

  test.each<[string, (topology: Topology) => Topology, string]>([
    ['a failed target', (t) => withNode(t, 1, { health: 'failed' }), 'node-failed'],
    [
      'a silent source',
      (t) => withNode(t, 2, { view: { state: 'silent', problem: { code: 'timeout', seen: 'nothing' } } }),
      'node-not-answering',
    ],
    ['a loading target', (t) => withNode(t, 1, { health: 'loading' }), 'node-loading'],
    ['slots without an owner', (t) => ({ ...t, unassigned: [[5465, 5470]] }), 'slot-unassigned'],
    [
      'slots that are open',
      (t) => ({ ...t, open: [{ slot: 5465, node: b, direction: 'migrating', peer: c }] }),
      'slot-already-open',
    ],
    ['disputed slots', (t) => ({ ...t, disputes: [{ slots: [[5461, 5462]], opinions: [] }] }), 'slot-disputed'],
    [
      'a role that views differ on',
      (t) => ({ ...t, disagreements: [{ about: 'role', subject: b, opinions: [] }] }),
      'views-not-settled',
    ],
    ['nobody answering', (t) => ({ ...t, answered: 0 }), 'nobody-answers'],
  ])('%s', (_, change, code) => {
    const made = plan({ slots: '5461-5470', to: [a] }, change(sketchTopology(three)));
    expect(codes(made, 'blocker')).toContain(code);
    expect(isBlocked(made)).toBe(true);
  });

  test('trouble in slots or nodes that do not take part is no blocker', () => {
    const busy: Topology = {
      ...sketchTopology(three),
      open: [{ slot: 16_000, node: c, direction: 'migrating', peer: b }],
      disputes: [{ slots: [[16_001, 16_002]], opinions: [] }],
    };
    const made = plan({ slots: '5461-5470', to: [a] }, busy);
    expect(codes(made, 'blocker')).toEqual([]);
    expect(codes(made, 'warning')).toContain('other-slots-open');
  });
});

describe('what is warned of', () => {
  test.each<[string, (topology: Topology) => Topology, string]>([
    ['a target without a replica', (t) => withNode(t, 101, { primaryId: c }), 'target-without-replica'],
    [
      'a replica without a link',
      (t) => withNode(t, 101, { replication: { link: 'down', syncing: false, loading: false } }),
      'replica-link-down',
    ],
    ['mixed versions', (t) => withNode(t, 3, { server: { flavour: 'redis', version: '8.0.0' } }), 'versions-mixed'],
    [
      'others that do not answer',
      (t) => withNode(t, 103, { view: { state: 'silent', problem: { code: 'timeout', seen: '' } } }),
      'nodes-not-answering',
    ],
    [
      'a cluster that is down',
      (t) => withNode(t, 3, { view: { state: 'answered', clusterState: 'fail', currentEpoch: 1 } }),
      'cluster-state-fail',
    ],
  ])('%s', (_, change, code) => {
    const made = plan({ slots: '5461-5470', to: [a] }, change(sketchTopology(three)));
    expect(codes(made, 'warning')).toContain(code);
    expect(isBlocked(made)).toBe(false);
  });

  test('a target that has no room for the keys is a blocker, one that gets tight a warning', () => {
    const stats = (usedMemoryBytes: number): ReshardInput['stats'] => [
      {
        id: a,
        at: 1,
        roundTripMs: 1,
        commandsPerSecond: null,
        keys: 1,
        usedMemoryBytes,
        maxMemoryBytes: 1_000_000,
        clients: null,
        networkInBytesPerSecond: null,
        networkOutBytesPerSecond: null,
        cpu: null,
        replicationOffset: null,
        replicaLagBytes: null,
        uptimeSeconds: null,
      },
    ];
    const weights = new Map([[5461, { keys: 10, bytes: 100_000 }]]);
    const params = { slots: '5461', to: [a] };
    expect(codes(plan(params, undefined, { weights, stats: stats(950_000) }), 'blocker')).toEqual(['memory-exceeded']);
    expect(codes(plan(params, undefined, { weights, stats: stats(800_000) }), 'warning')).toEqual(['memory-tight']);
    expect(codes(plan(params, undefined, { weights, stats: stats(100_000) }), 'warning')).toEqual([]);
  });
});

test('keys, bytes and time are told only where every slot was counted', () => {
  const weights = new Map([
    [5461, { keys: 10, bytes: 1000 }],
    [5462, { keys: 5, bytes: null }],
  ]);
  const known = plan({ slots: '5461-5462', to: [a] }, undefined, { weights });
  expect(known).toMatchObject({ keys: 15, bytes: null, moves: [{ keys: 15, bytes: null }] });
  expect(known.estimate?.lowSeconds).toBeGreaterThan(0);
  const unknown = plan({ slots: '5461-5463', to: [a] }, undefined, { weights });
  expect(unknown).toMatchObject({ keys: null, estimate: null });
  expect(codes(unknown, 'info')).toContain('keys-not-counted');
});

test('servers that must not be told SETSLOT in a transaction are not shown one', () => {
  const valkey = sketchTopology(three);
  for (const node of valkey.nodes) node.server = { flavour: 'valkey', version: '9.1.2' };
  const words = (made: Plan): string[] => made.commands.map((each) => each.command[0] ?? '');
  expect(words(plan({ slots: '5461', to: [a] }))).toContain('MULTI');
  expect(words(plan({ slots: '5461', to: [a] }, valkey))).not.toContain('MULTI');
});

test('any count from any map: exact, from the sources only, nothing twice, little fragmentation, always the same', () => {
  fc.assert(
    fc.property(
      arbitraryMap,
      fc.double({ min: 0.001, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 3 }),
      (owned, part, targetCount) => {
        const topology = sketchTopology(owned);
        const to = owned.map((_, at) => planNode(at + 1)).slice(0, targetCount);
        const available = owned.slice(targetCount).reduce((sum, slots) => sum + countSlots(slots), 0);
        const count = Math.max(1, Math.floor(available * part));
        fc.pre(available > 0);
        const made = plan({ count, to }, topology);
        const sources = made.moves.map((move) => move.from);
        let moved: SlotRanges = [];
        for (const move of made.moves) {
          expect(to).toContain(move.to);
          expect(intersectSlots(moved, move.slots)).toEqual([]);
          const owner = topology.nodes.find((node) => node.id === move.from);
          expect(minusSlots(move.slots, owner?.slots ?? [])).toEqual([]);
          moved = unionSlots(moved, move.slots);
        }
        expect(countSlots(moved)).toBe(count);
        expect(sources.some((source) => to.includes(source))).toBe(false);
        const fragments = (shares: Plan['before']): number => shares.reduce((sum, share) => sum + share.fragments, 0);
        expect(fragments(made.after)).toBeLessThanOrEqual(fragments(made.before) + made.moves.length);
        for (const share of made.after) {
          const unite = (side: 'from' | 'to'): SlotRanges =>
            made.moves
              .filter((move) => move[side] === share.node)
              .reduce<SlotRanges>((sum, move) => unionSlots(sum, move.slots), []);
          const before = made.before.find((each) => each.node === share.node)?.slotRanges ?? [];
          expect(sameSlots(share.slotRanges, unionSlots(minusSlots(before, unite('from')), unite('to')))).toBe(true);
        }
        expect(plan({ count, to }, topology)).toEqual(made);
      },
    ),
    { numRuns: 60 },
  );
});

/** Four to seven primaries that own pieces of the map at random, some of them nothing. */
const arbitraryMap = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 16_383 }), { minLength: 3, maxLength: 40 }),
    fc.integer({ min: 4, max: 7 }),
    fc.infiniteStream(fc.nat()),
  )
  .map(([cuts, nodes, draws]) => {
    const edges = [0, ...cuts.toSorted((x, y) => x - y), 16_384];
    const owned: number[][] = Array.from({ length: nodes }, () => []);
    for (let at = 0; at + 1 < edges.length; at += 1) {
      const owner = Number(draws.next().value) % nodes;
      for (let slot = edges[at] ?? 0; slot < (edges[at + 1] ?? 0); slot += 1) owned[owner]?.push(slot);
    }
    return owned.map((slots) => slotsOf(slots));
  });

describe('the way slots go over', () => {
  const ofServer = (flavour: 'redis' | 'valkey', ...versions: string[]): Topology =>
    versions.reduce(
      (topology, version, at) => withNode(topology, at + 1, { server: { flavour, version } }),
      sketchTopology(three),
    );

  test.each([
    ['valkey', '9.0.0', true],
    ['valkey', '9.1.2', false],
    ['redis', '8.4.0', false],
    ['redis', '8.10.1', false],
  ] as const)('%s %s moves them by itself when asked to, in larger steps', (flavour, version, isEarly) => {
    const made = plan({ slots: '0-1023', to: [b], driver: 'atomic' }, ofServer(flavour, version, version, version));
    expect(isBlocked(made)).toBe(false);
    expect(made.moves.map(({ driver }) => driver)).toEqual(['atomic']);
    expect(made.steps.flatMap(({ move }) => (move === null ? [] : [move.driver]))).toEqual(['atomic', 'atomic']);
    expect(codes(made, 'info')).toContain('atomic-holds-writes');
    expect(codes(made, 'warning').includes('atomic-early-version')).toBe(isEarly);
    const sent = made.commands.map(({ command }) => command.slice(0, 3).join(' '));
    expect(sent).toContain(flavour === 'valkey' ? 'CLUSTER MIGRATESLOTS SLOTSRANGE' : 'CLUSTER MIGRATION IMPORT');
    expect(sent.filter((words) => words.startsWith('CLUSTER SETSLOT'))).toEqual([]);
  });

  test.each([
    ['valkey', ['9.1.2', '8.1.0', '9.1.2']],
    ['redis', ['8.2.1', '8.6.3', '8.6.3']],
  ] as const)('%s %s is refused when one end cannot', (flavour, versions) => {
    const made = plan({ slots: '0-9', to: [b], driver: 'atomic' }, ofServer(flavour, ...versions));
    expect(codes(made, 'blocker')).toEqual(['atomic-not-possible']);
    expect(made.steps).toEqual([]);
  });

  test('it is classic where nothing is said, also where the servers could', () => {
    const made = plan({ slots: '0-9', to: [b] }, ofServer('valkey', '9.1.2', '9.1.2', '9.1.2'));
    expect(made.moves[0]).not.toHaveProperty('driver');
    expect(codes(made, 'info')).not.toContain('atomic-holds-writes');
  });
});
