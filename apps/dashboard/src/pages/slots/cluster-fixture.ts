import { ClusterId, NodeId } from '@slotdeck/model/ids';
import type { SlotRanges } from '@slotdeck/model/slot-ranges';
import type { Topology, TopologyNode } from '@slotdeck/model/topology';

/** A healthy cluster of three primaries with a replica each, for tests of screens. */
export const nodeId = (letter: string): NodeId => NodeId.parse(letter.repeat(40));

export const A = nodeId('a');
export const B = nodeId('b');
export const C = nodeId('c');
export const D = nodeId('d');
export const E = nodeId('e');
export const F = nodeId('f');

export function fixtureNode(id: NodeId, name: string, port: number, rest: Partial<TopologyNode> = {}): TopologyNode {
  return {
    id,
    name,
    host: '10.0.0.1',
    port,
    busPort: port + 10_000,
    hostname: null,
    zone: null,
    role: 'primary',
    primaryId: null,
    configEpoch: 1,
    flags: ['master'],
    health: 'healthy',
    suspectedBy: [],
    failedBy: [],
    unlinkedFrom: [],
    unknownTo: [],
    view: { state: 'answered', clusterState: 'ok', currentEpoch: 3 },
    server: { flavour: 'redis', version: '7.0.15' },
    replication: null,
    slots: [],
    ...rest,
  };
}

export function fixtureTopology(rest: Partial<Topology> = {}): Topology {
  const parts: readonly SlotRanges[] = [[[0, 5460]], [[5461, 10_922]], [[10_923, 16_383]]];
  const [first = [], second = [], third = []] = parts;
  return {
    clusterId: ClusterId.parse('cl-test'),
    version: 1,
    since: 0,
    nodes: [
      fixtureNode(A, 'orders-a1', 7001, { slots: first }),
      fixtureNode(B, 'orders-b1', 7002, { slots: second }),
      fixtureNode(C, 'orders-c1', 7003, { slots: third }),
      fixtureNode(D, 'orders-a2', 7004, { role: 'replica', primaryId: A, flags: ['slave'] }),
      fixtureNode(E, 'orders-b2', 7005, { role: 'replica', primaryId: B, flags: ['slave'] }),
      fixtureNode(F, 'orders-c2', 7006, { role: 'replica', primaryId: C, flags: ['slave'] }),
    ],
    shards: [
      { key: 's1', index: 1, primaryId: A, replicaIds: [D], slots: first },
      { key: 's2', index: 2, primaryId: B, replicaIds: [E], slots: second },
      { key: 's3', index: 3, primaryId: C, replicaIds: [F], slots: third },
    ],
    unassigned: [],
    unreachable: [],
    open: [],
    disputes: [],
    disagreements: [],
    currentEpoch: 3,
    answered: 6,
    ...rest,
  };
}
