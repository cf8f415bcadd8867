import { ClusterId, NodeId, PlanId } from '@slotdeck/model/ids';
import { ALL_SLOTS, minusSlots, unionSlots, type SlotRanges } from '@slotdeck/model/slot-ranges';
import type { Topology, TopologyNode } from '@slotdeck/model/topology';
import type { ReshardInput } from '../src/plan/reshard.ts';

/** `1` → an id that ends with it. */
export const planNode = (n: number): NodeId => NodeId.parse(n.toString(16).padStart(40, '0'));

export type NodeSketch = Partial<TopologyNode> & { readonly n: number };

export function sketchNode({ n, ...given }: NodeSketch): TopologyNode {
  return {
    id: planNode(n),
    name: `node-${n}`,
    host: `10.0.0.${n}`,
    port: 6379,
    busPort: 16_379,
    hostname: null,
    zone: null,
    role: 'primary',
    primaryId: null,
    configEpoch: n,
    flags: [],
    health: 'healthy',
    suspectedBy: [],
    failedBy: [],
    unlinkedFrom: [],
    unknownTo: [],
    view: { state: 'answered', clusterState: 'ok', currentEpoch: 10 },
    server: { flavour: 'redis', version: '7.4.0' },
    replication: null,
    slots: [],
    ...given,
  };
}

/** A healthy cluster: node n owns the n-th ranges; replica n + 100 follows it. */
export function sketchTopology(owned: readonly SlotRanges[], changes: Partial<Topology> = {}): Topology {
  const primaries = owned.map((slots, at) => sketchNode({ n: at + 1, slots }));
  const replicas = primaries.map((node, at) => sketchNode({ n: at + 101, role: 'replica', primaryId: node.id }));
  const nodes = [...primaries, ...replicas];
  return {
    clusterId: ClusterId.parse('cl-plan'),
    version: 7,
    since: 1000,
    nodes,
    shards: primaries.map((node, at) => ({
      key: `s${at}`,
      index: at + 1,
      primaryId: node.id,
      replicaIds: [planNode(at + 101)],
      slots: node.slots,
    })),
    unassigned: minusSlots(
      ALL_SLOTS,
      owned.reduce<SlotRanges>((all, slots) => unionSlots(all, slots), []),
    ),
    unreachable: [],
    open: [],
    disputes: [],
    disagreements: [],
    currentEpoch: 10,
    answered: nodes.length,
    ...changes,
  };
}

/** The same topology with one node changed. */
export function withNode(topology: Topology, n: number, change: Partial<TopologyNode>): Topology {
  return {
    ...topology,
    nodes: topology.nodes.map((node) => (node.id === planNode(n) ? { ...node, ...change } : node)),
  };
}

export function reshardInput(topology: Topology, params: Partial<ReshardInput['params']>): ReshardInput {
  return {
    planId: PlanId.parse('pl-test'),
    topology,
    params: { from: ['all'], to: [planNode(1)], ...params },
    weights: new Map(),
    stats: [],
    pace: 'balanced',
    now: 5000,
    createdBy: 'somebody',
    parent: null,
  };
}
