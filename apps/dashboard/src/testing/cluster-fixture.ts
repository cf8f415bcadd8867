import type { ClusterSummary } from '@slotdeck/contract/clusters';
import type { ClusterLive } from '@slotdeck/contract/stream';
import type { Finding } from '@slotdeck/model/finding';
import { ClusterId, NodeId } from '@slotdeck/model/ids';
import type { SlotRanges } from '@slotdeck/model/slot-ranges';
import type { NodeStats, Topology, TopologyNode } from '@slotdeck/model/topology';

/** A healthy cluster of three primaries with one replica each, and ways to hurt it. */
export const CLUSTER = ClusterId.parse('cl-orders1');
export const NOW = Date.parse('2026-11-19T10:52:38Z');

export const nodeId = (letter: string): NodeId => NodeId.parse(letter.repeat(40));

const SLOTS: readonly SlotRanges[] = [[[0, 5460]], [[5461, 10_922]], [[10_923, 16_383]]];

export function fixtureNode(letter: string, name: string, change: Partial<TopologyNode> = {}): TopologyNode {
  return {
    id: nodeId(letter),
    name,
    host: '10.20.1.11',
    port: 6379,
    busPort: 16_379,
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
    view: { state: 'answered', clusterState: 'ok', currentEpoch: 6 },
    server: { flavour: 'redis', version: '7.0.15' },
    replication: null,
    slots: [],
    ...change,
  };
}

export function fixtureTopology(change: Partial<Topology> = {}): Topology {
  const primaries = ['a', 'b', 'c'].map((letter, i) =>
    fixtureNode(letter, `orders-${letter}1`, { slots: SLOTS[i] ?? [] }),
  );
  const replicas = ['d', 'e', 'f'].map((letter, i) =>
    fixtureNode(letter, `orders-${letter}1`, {
      role: 'replica',
      primaryId: primaries[i]?.id ?? null,
      flags: ['slave'],
      replication: { link: 'up', syncing: false, loading: false },
    }),
  );
  return {
    clusterId: CLUSTER,
    version: 1,
    since: NOW - 60_000,
    nodes: [...primaries, ...replicas],
    shards: primaries.map((primary, i) => ({
      key: `s${i + 1}`,
      index: i + 1,
      primaryId: primary.id,
      replicaIds: replicas.slice(i, i + 1).map((replica) => replica.id),
      slots: primary.slots,
    })),
    unassigned: [],
    unreachable: [],
    open: [],
    disputes: [],
    disagreements: [],
    currentEpoch: 6,
    answered: 6,
    ...change,
  };
}

export function fixtureStats(letter: string, change: Partial<NodeStats> = {}): NodeStats {
  return {
    id: nodeId(letter),
    at: NOW,
    roundTripMs: 0.8,
    commandsPerSecond: 1000,
    keys: 14_000,
    usedMemoryBytes: 20 * 1024 * 1024,
    maxMemoryBytes: null,
    clients: 6,
    networkInBytesPerSecond: 1024,
    networkOutBytesPerSecond: 1024,
    cpu: 0.1,
    replicationOffset: 100,
    replicaLagBytes: null,
    uptimeSeconds: 3600,
    ...change,
  };
}

export function fixtureLive(change: Partial<ClusterLive> = {}): ClusterLive {
  return {
    topology: fixtureTopology(),
    findings: [],
    stats: ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => fixtureStats(letter)),
    operations: [],
    observedAt: NOW,
    ...change,
  };
}

export function fixtureFinding(change: Partial<Finding> = {}): Finding {
  return {
    key: 'node-failed a',
    code: 'node-failed',
    severity: 'critical',
    nodes: [nodeId('a')],
    slots: [],
    facts: { node: 'orders-a1' },
    evidence: [{ node: nodeId('b'), says: 'fail' }],
    since: NOW - 20_000,
    ...change,
  };
}

export function fixtureSummary(change: Partial<ClusterSummary> = {}): ClusterSummary {
  return {
    id: CLUSTER,
    name: 'orders-prod',
    seeds: ['10.20.1.11:6379'],
    username: null,
    hasPassword: false,
    tls: 'off',
    addedAt: NOW - 86_400_000,
    health: 'healthy',
    healthSince: NOW - 60_000,
    topFinding: null,
    findings: { critical: 0, warning: 0, notice: 0 },
    nodes: 6,
    answered: 6,
    shards: 3,
    slotsServed: 16_384,
    strip: SLOTS.map((slots, i) => ({ shard: i + 1, slots })),
    servers: [{ flavour: 'redis', version: '7.0.15' }],
    commandsPerSecond: 3000,
    keys: 42_000,
    usedMemoryBytes: 60 * 1024 * 1024,
    lastSeenAt: NOW,
    problem: null,
    runningOperation: null,
    lastEvent: null,
    ...change,
  };
}
