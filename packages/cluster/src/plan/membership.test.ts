import { describe, expect, test } from 'vitest';
import { PlanId } from '@slotdeck/model/ids';
import type { Plan } from '@slotdeck/model/plan';
import type { Topology, TopologyNode } from '@slotdeck/model/topology';
import { planNode, sketchNode, sketchTopology, withNode } from '../../test/plan-topology.ts';
import type { Candidate } from '../observe/candidate.ts';
import { planAddNode } from './add-node.ts';
import { planDetach } from './detach.ts';
import { planRemoveNode, type RemoveNodeInput } from './remove-node.ts';

const cluster = sketchTopology([[[0, 5000]], [[5001, 11_000]], [[11_001, 16_383]]]);

const input = (topology: Topology) => ({
  planId: PlanId.parse('pl-test'),
  topology,
  weights: new Map(),
  stats: [],
  pace: 'balanced' as const,
  now: 5000,
  createdBy: 'somebody',
  parent: null,
});

const fresh: Extract<Candidate, { state: 'answered' }> = {
  state: 'answered',
  address: { host: '10.0.0.9', port: 6379 },
  id: planNode(9),
  server: { flavour: 'redis', version: '7.4.0' },
  role: 'primary',
  slots: [],
  knows: [],
  keys: 0,
  configEpoch: 0,
  zone: null,
  libraries: 0,
};

const codes = (plan: Plan): string[] => plan.problems.map(({ code }) => code);

function add(candidate: Candidate, as: 'primary' | 'replica' = 'primary', topology = cluster): Plan {
  return planAddNode({ ...input(topology), params: { address: '10.0.0.9:6379', as }, candidate });
}

function remove(topology: Topology, n: number, params: Partial<RemoveNodeInput['params']> = {}): Plan {
  return planRemoveNode({
    ...input(topology),
    params: { node: planNode(n), then: 'reset', drain: false, to: ['all'], ...params },
  });
}

const silent: Partial<TopologyNode> = {
  view: { state: 'silent', problem: { code: 'connection-refused', seen: 'ECONNREFUSED' } },
  health: 'failed',
};

describe('a node that is to be added', () => {
  test.each<[string, Candidate, string]>([
    ['holds keys', { ...fresh, keys: 3 }, 'candidate-has-keys'],
    ['does not say what it holds', { ...fresh, keys: null }, 'candidate-keys-unknown'],
    ['claims slots', { ...fresh, slots: [[0, 9]] }, 'candidate-has-slots'],
    ['knows another node', { ...fresh, knows: [planNode(77)] }, 'candidate-knows-others'],
    ['follows another node', { ...fresh, role: 'replica' }, 'candidate-is-replica'],
    ['has functions of its own', { ...fresh, libraries: 2 }, 'candidate-has-functions'],
    ['is a member already', { ...fresh, id: planNode(2) }, 'candidate-is-member'],
    [
      'gives no answer',
      { state: 'silent', address: fresh.address, problem: { code: 'timeout', seen: '2000 ms' } },
      'candidate-no-answer',
    ],
    [
      'is a name of two nodes',
      { state: 'ambiguous', address: fresh.address, answers: ['10.0.0.9:6379', '10.0.0.10:6379'] },
      'candidate-ambiguous',
    ],
  ])('that %s is refused, and the plan has no steps', (_, candidate, code) => {
    const plan = add(candidate);
    expect(codes(plan)).toContain(code);
    expect(plan.steps).toEqual([]);
    expect(plan.commands).toEqual([]);
  });

  test('an older version is told and not refused', () => {
    const plan = add({ ...fresh, server: { flavour: 'redis', version: '7.0.15' } });
    expect(codes(plan)).toEqual(['candidate-older']);
    expect(plan.steps.map(({ component }) => component)).toEqual(['check', 'copy-functions', 'introduce']);
  });

  test('a replica goes to the primary that has the fewest, and among these to one on another host', () => {
    const extra = sketchNode({ n: 110, role: 'replica', primaryId: planNode(1) });
    const nodes = [...cluster.nodes, extra];
    const near = nodes.map((node) => (node.id === planNode(2) ? { ...node, host: '10.0.0.9' } : node));
    const plan = add(fresh, 'replica', { ...cluster, nodes: near });
    expect(plan.steps.at(-1)).toMatchObject({ component: 'follow', facts: { primary: planNode(3) } });
    expect(codes(plan)).toEqual([]);
  });

  test('without a majority nothing is added', () => {
    const torn = withNode(withNode(cluster, 1, silent), 2, silent);
    expect(codes(add(fresh, 'primary', torn))).toContain('majority-not-answering');
  });
});

describe('a node that is to be removed', () => {
  test('a replica is reset before anybody forgets it', () => {
    const plan = remove(cluster, 101);
    expect(plan.steps.map(({ component }) => component)).toEqual(['check', 'reparent', 'retire']);
    expect(plan.commands.map(({ phase }) => phase)).toEqual(['reset', ...Array.from({ length: 5 }, () => 'forget')]);
    expect(codes(plan)).toEqual(['leaves-primary-alone']);
  });

  test('a primary with slots is refused without a drain, and drained first with one', () => {
    expect(codes(remove(cluster, 1))).toContain('remove-has-slots');
    const plan = remove(cluster, 1, { drain: true });
    const components = plan.steps.map(({ component }) => component);
    expect(components.slice(0, 2)).toEqual(['check', 'move']);
    expect(components.slice(-3)).toEqual(['verify', 'reparent', 'retire']);
    expect(plan.slots).toBe(5001);
    expect(plan.after.find(({ node }) => node === planNode(1))).toMatchObject({ slots: 0 });
  });

  test('a dead primary that still owns slots is never forgotten', () => {
    const plan = remove(withNode(cluster, 1, silent), 1, { drain: true });
    expect(codes(plan)).toContain('remove-dead-with-slots');
    expect(plan.steps).toEqual([]);
  });

  test('a dead replica is only forgotten, watched for longer than a minute, and said to know the cluster still', () => {
    const plan = remove(withNode(cluster, 101, silent), 101);
    expect(codes(plan)).toContain('remove-only-forgotten');
    expect(plan.steps.map(({ component }) => component)).toEqual(['check', 'retire', 'watch-return']);
    expect(plan.commands.some(({ phase }) => phase === 'reset')).toBe(false);
  });

  test('a member that cannot be told now is named, since it brings the node back', () => {
    const plan = remove(withNode(cluster, 102, silent), 101);
    expect(plan.problems.find(({ code }) => code === 'remove-peers-silent')).toMatchObject({
      facts: { names: ['node-102'] },
    });
    expect(plan.steps.at(-1)).toMatchObject({ component: 'watch-return' });
  });

  test('the last primary has nobody who could take its slots', () => {
    const alone = sketchTopology([[[0, 16_383]]]);
    expect(codes(remove(alone, 1, { drain: true }))).toContain('nobody-to-drain-to');
  });
});

describe('a replica that leaves its primary', () => {
  test.each([
    ['redis', '8.6.0', 'reset'],
    ['valkey', '8.1.0', 'reset'],
    ['valkey', '9.1.2', 'replicate'],
  ] as const)('on %s %s begins with a %s', (flavour, version, phase) => {
    const topology = withNode(cluster, 101, { server: { flavour, version } });
    const plan = planDetach({ ...input(topology), params: { node: planNode(101) } });
    expect(plan.commands[0]?.phase).toBe(phase);
  });

  test('a primary with slots is none', () => {
    const plan = planDetach({ ...input(cluster), params: { node: planNode(1) } });
    expect(codes(plan)).toContain('detach-not-a-replica');
  });
});
