import { expect, test } from 'vitest';
import { ClusterId, NodeId } from '@slotdeck/model/ids';
import type { Plan } from '@slotdeck/model/plan';
import type { Topology, TopologyNode } from '@slotdeck/model/topology';
import { successionOf } from './succession.ts';

const node = (letter: string): NodeId => NodeId.parse(letter.repeat(40));
const [a, a1, a2, b] = [node('a'), node('1'), node('2'), node('b')];

const plan: Pick<Plan, 'basis' | 'moves'> = {
  basis: {
    topologyVersion: 1,
    observedAt: 0,
    nodes: [
      { id: a, address: 'h:1', role: 'primary', primaryId: null, configEpoch: 1, slots: [[0, 99]] },
      { id: a1, address: 'h:2', role: 'replica', primaryId: a, configEpoch: 1, slots: [] },
      { id: a2, address: 'h:3', role: 'replica', primaryId: a, configEpoch: 1, slots: [] },
      { id: b, address: 'h:4', role: 'primary', primaryId: null, configEpoch: 2, slots: [[100, 199]] },
    ],
  },
  moves: [{ from: a, to: b, slots: [[0, 9]], keys: null, bytes: null }],
};

function member(id: NodeId, facts: Partial<TopologyNode>): TopologyNode {
  return {
    id,
    name: id.slice(0, 4),
    host: 'h',
    port: 1,
    busPort: null,
    hostname: null,
    zone: null,
    role: 'primary',
    primaryId: null,
    configEpoch: 1,
    flags: [],
    health: 'healthy',
    suspectedBy: [],
    failedBy: [],
    unlinkedFrom: [],
    unknownTo: [],
    view: { state: 'answered', clusterState: 'ok', currentEpoch: 3 },
    server: null,
    replication: null,
    slots: [],
    ...facts,
  };
}

const silent = { state: 'silent', problem: { code: 'connection-refused', seen: '' } } as const;

function topology(nodes: TopologyNode[], disagreements: Topology['disagreements'] = []): Topology {
  return {
    clusterId: ClusterId.parse('cl-test'),
    version: 2,
    since: 0,
    nodes,
    shards: [],
    unassigned: [],
    unreachable: [],
    open: [],
    disputes: [],
    disagreements,
    currentEpoch: 3,
    answered: nodes.length,
  };
}

const dead = member(a, { health: 'failed', view: silent });
const follower = member(a2, { role: 'replica', primaryId: a1 });

test('a node that goes on is its own successor', () => {
  const nodes = [member(a, { slots: [[0, 99]] }), member(a1, { role: 'replica', primaryId: a })];
  expect(successionOf(a, plan, topology(nodes))).toEqual({ kind: 'same' });
});

test('a node that failed and whose place nobody has taken yet has no successor', () => {
  const nodes = [dead, member(a1, { role: 'replica', primaryId: a })];
  expect(successionOf(a, plan, topology(nodes))).toEqual({ kind: 'same' });
});

test('the one replica that rose and holds what the node was to keep is its successor', () => {
  const heir = member(a1, { slots: [[5, 99]] });
  expect(successionOf(a, plan, topology([dead, heir, follower]))).toEqual({ kind: 'successor', node: heir });
});

test('a node that came back as a replica of its heir has that heir as its successor', () => {
  const heir = member(a1, { slots: [[0, 99]] });
  const back = member(a, { role: 'replica', primaryId: a1 });
  expect(successionOf(a, plan, topology([back, heir, follower]))).toEqual({ kind: 'successor', node: heir });
});

const doubtful: [string, Topology, string][] = [
  [
    'two replicas rose',
    topology([dead, member(a1, { slots: [[0, 99]] }), member(a2, { slots: [[0, 99]] })]),
    'several-rose',
  ],
  ['the heir lacks slots that were to stay', topology([dead, member(a1, { slots: [[0, 50]] })]), 'heir-lacks-slots'],
  ['the heir gives no answer', topology([dead, member(a1, { slots: [[0, 99]], view: silent })]), 'heir-silent'],
  ['both claim slots', topology([member(a, {}), member(a1, { slots: [[0, 99]] })]), 'both-answer'],
  [
    'some nodes see it otherwise',
    topology(
      [dead, member(a1, { slots: [[0, 99]] })],
      [{ about: 'role', subject: a1, opinions: [{ value: 'replica', observers: [b] }] }],
    ),
    'nodes-disagree',
  ],
  ['the node is gone', topology([member(b, {})]), 'gone'],
  ['it follows a stranger', topology([member(a, { role: 'replica', primaryId: b })]), 'became-replica'],
];

test.each(doubtful)('where %s nothing is guessed', (_, seen, reason) => {
  expect(successionOf(a, plan, seen)).toMatchObject({ kind: 'unclear', reason });
});
