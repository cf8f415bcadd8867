import { ClusterId, NodeId } from '@slotdeck/model/ids';
import type { SlotRanges } from '@slotdeck/model/slot-ranges';
import type { OpenSlot, Topology, TopologyNode } from '@slotdeck/model/topology';

export const idOf = (letter: string): NodeId => NodeId.parse(letter.repeat(40));

/** A healthy primary that owns these slots. */
export function primary(letter: string, slots: SlotRanges, change: Partial<TopologyNode> = {}): TopologyNode {
  return {
    id: idOf(letter),
    name: `node-${letter}`,
    host: '10.0.0.1',
    port: 7000,
    busPort: 17_000,
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
    view: { state: 'answered', clusterState: 'ok', currentEpoch: 1 },
    server: { flavour: 'redis', version: '7.0.15' },
    replication: null,
    slots,
    ...change,
  };
}

export function replica(letter: string, of: string, change: Partial<TopologyNode> = {}): TopologyNode {
  return { ...primary(letter, []), role: 'replica', primaryId: idOf(of), flags: ['slave'], ...change };
}

export function topology(version: number, nodes: readonly TopologyNode[], open: readonly OpenSlot[] = []): Topology {
  return {
    clusterId: ClusterId.parse('cl-test'),
    version,
    since: version,
    nodes: [...nodes].sort((a, b) => (a.id < b.id ? -1 : 1)),
    shards: [],
    unassigned: [],
    unreachable: [],
    open: [...open],
    disputes: [],
    disagreements: [],
    currentEpoch: 1,
    answered: nodes.length,
  };
}
