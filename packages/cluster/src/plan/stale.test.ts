import { expect, test } from 'vitest';
import type { Topology } from '@slotdeck/model/topology';
import { planNode, reshardInput, sketchTopology, withNode } from '../../test/plan-topology.ts';
import { checkPlan } from './check-plan.ts';
import { planReshard } from './reshard.ts';
import { planReverse } from './reverse.ts';
import { staleFacts } from './stale.ts';

const topology = sketchTopology([[[0, 5460]], [[5461, 10_922]], [[10_923, 16_383]]]);
const plan = planReshard(reshardInput(topology, { slots: '5461-5470', to: [planNode(1)] }));
const moving = [[5461, 5470]] as const;

test('a plan holds while the facts it rests on hold', () => {
  expect(staleFacts(plan.basis, moving, topology)).toEqual([]);
  const elsewhere: Topology = {
    ...withNode(topology, 3, { configEpoch: 99, role: 'replica' }),
    version: 12,
    open: [{ slot: 16_000, node: planNode(3), direction: 'importing', peer: planNode(2) }],
  };
  expect(staleFacts(plan.basis, moving, elsewhere)).toEqual([]);
});

test.each<[string, (t: Topology) => Topology, string, object]>([
  [
    'a node that is gone',
    (t) => ({ ...t, nodes: t.nodes.filter((n) => n.id !== planNode(2)) }),
    'node-gone',
    { node: planNode(2) },
  ],
  ['a failover', (t) => withNode(t, 2, { role: 'replica' }), 'role-changed', { from: 'primary', to: 'replica' }],
  [
    'a promoted replica',
    (t) => withNode(t, 102, { role: 'primary' }),
    'role-changed',
    { from: 'replica', to: 'primary' },
  ],
  ['a new address', (t) => withNode(t, 1, { port: 7000 }), 'address-changed', { to: '10.0.0.1:7000' }],
  ['moved slots', (t) => withNode(t, 2, { slots: [[5465, 10_922]] }), 'slots-changed', { removed: '5461-5464' }],
  ['a new epoch', (t) => withNode(t, 1, { configEpoch: 50 }), 'epoch-changed', { from: 1, to: 50 }],
  [
    'an opened slot',
    (t) => ({ ...t, open: [{ slot: 5466, node: planNode(2), direction: 'migrating', peer: planNode(3) }] }),
    'slot-open',
    { slot: 5466 },
  ],
  [
    'a dispute',
    (t) => ({ ...t, disputes: [{ slots: [[5470, 5480]], opinions: [] }] }),
    'slot-disputed',
    { slots: '5470' },
  ],
])('it is stale after %s, and says so', (_, change, code, facts) => {
  expect(staleFacts(plan.basis, moving, change(topology))).toEqual([{ code, facts: expect.objectContaining(facts) }]);
});

test('a made plan passes the check, and one that somebody bent does not', () => {
  expect(checkPlan(plan, topology).filter((problem) => problem.severity === 'blocker')).toEqual([]);
  const [move] = plan.moves;
  if (move === undefined) throw new Error('the plan has no move');
  const bent = [
    { moves: [move, move] },
    { moves: [{ ...move, slots: [[0, 3]] as const }] },
    { moves: [{ ...move, to: move.from }] },
    { moves: [{ ...move, to: planNode(101) }] },
    { moves: [{ ...move, to: planNode(77) }] },
    { moves: [] },
  ];
  const blockers = bent.map(
    (each) => checkPlan(each, topology).find((problem) => problem.severity === 'blocker')?.code,
  );
  expect(blockers).toEqual([
    'slot-moved-twice',
    'slot-not-at-planned-source',
    'source-is-target',
    'target-not-a-primary',
    'unknown-node',
    'nothing-to-move',
  ]);
});

test('what arrived can be brought back, each slot to where it came from', () => {
  const after = withNode(
    withNode(topology, 1, {
      slots: [
        [0, 5470],
        [10_923, 10_930],
      ],
    }),
    2,
    { slots: [[5471, 10_922]] },
  );
  const moved = withNode(after, 3, { slots: [[10_931, 16_383]] });
  const input = {
    ...reshardInput(moved, {}),
    parent: { plan: plan.id, operation: null, relation: 'reverses' as const },
  };
  const reverse = planReverse(input, [
    { from: planNode(2), to: planNode(1), slots: [[5461, 5465]] },
    { from: planNode(2), to: planNode(1), slots: [[5466, 5470]] },
    { from: planNode(3), to: planNode(1), slots: [[10_923, 10_930]] },
  ]);
  expect(reverse?.problems.filter((problem) => problem.severity === 'blocker')).toEqual([]);
  expect(reverse?.moves).toMatchObject([
    { from: planNode(1), to: planNode(2), slots: [[5461, 5470]] },
    { from: planNode(1), to: planNode(3), slots: [[10_923, 10_930]] },
  ]);
  expect(reverse?.after).toMatchObject([{ slots: 5461 }, { slots: 5462 }, { slots: 5461 }]);
  expect(planReverse(input, [])).toBeNull();
});
