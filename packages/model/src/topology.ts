import { z } from 'zod';
import { ClusterId, NodeId } from './ids.ts';
import { SlotRanges } from './slot-ranges.ts';

/**
 * What is known of a cluster at one moment, merged from what every node says. A field is null where nobody could say:
 * unknown is never shown as zero or as healthy. Values that change without meaning (offsets, ages, rates) are not here
 * but in `NodeStats`, so that two equal topologies mean that nothing happened.
 */

export const NodeRole = z.enum(['primary', 'replica', 'unknown']);
export type NodeRole = z.infer<typeof NodeRole>;

/**
 * One word for a node, worst first when several hold:
 * - failed: a majority of voters says FAIL · suspected: some observers say PFAIL · no-answer: it does not answer us (others may see it)
 * - refuses: it answers us with an error (wrong password, no permission, cluster mode off) · loading: it loads its data set
 * - no-address: others know its id but no address · handshake: it is being introduced, or never answered
 * - half-linked: some nodes have no link to it, or it is known only to some · syncing: a replica in full resynchronisation
 * - link-down: a replica without a link to its primary
 */
export const NodeHealth = z.enum([
  'failed',
  'no-answer',
  'refuses',
  'suspected',
  'no-address',
  'handshake',
  'loading',
  'half-linked',
  'link-down',
  'syncing',
  'healthy',
  'unknown',
]);
export type NodeHealth = z.infer<typeof NodeHealth>;

/** Why a node could not be asked, or what it refused with. Facts only; wording is made at the edge. */
export const ViewProblem = z.object({
  code: z.enum([
    'unreachable',
    'connection-refused',
    'timeout',
    'name-not-found',
    'wrong-password',
    'password-required',
    'no-permission',
    'tls-required',
    'tls-not-spoken',
    'tls-untrusted',
    'not-redis',
    'not-a-cluster',
    'loading',
    'broken-reply',
    'connection-closed',
    'busy',
    'other-error',
  ]),
  /** What was seen, raw: the server's error line or the system's code. Never contains a secret. */
  seen: z.string(),
});
export type ViewProblem = z.infer<typeof ViewProblem>;

export const NodeFlag = z.string();

export const ServerVersion = z.object({
  flavour: z.enum(['redis', 'valkey']),
  /** As the server prints it, e.g. `7.0.15`. */
  version: z.string(),
});
export type ServerVersion = z.infer<typeof ServerVersion>;

export const ReplicationState = z.object({
  /** `up` or `down` as the replica says; null when it did not say. */
  link: z.enum(['up', 'down']).nullable(),
  syncing: z.boolean(),
  loading: z.boolean(),
});
export type ReplicationState = z.infer<typeof ReplicationState>;

export const TopologyNode = z.object({
  id: NodeId,
  /** What people call it: announced host name, else `host:port`. */
  name: z.string(),
  host: z.string(),
  port: z.number().int(),
  busPort: z.number().int().nullable(),
  hostname: z.string().nullable(),
  zone: z.string().nullable(),
  role: NodeRole,
  primaryId: NodeId.nullable(),
  configEpoch: z.number().int().nullable(),
  /** Every flag any observer prints for it, in the server's words (`fail?`, `noaddr`, `nofailover` …), without `myself`. */
  flags: z.array(NodeFlag),
  health: NodeHealth,
  /** Nodes that print `fail?` / `fail` for it. */
  suspectedBy: z.array(NodeId),
  failedBy: z.array(NodeId),
  /** Nodes that print link-state `disconnected` for it. */
  unlinkedFrom: z.array(NodeId),
  /** Answering nodes that do not know it at all. */
  unknownTo: z.array(NodeId),
  view: z.discriminatedUnion('state', [
    z.object({
      state: z.literal('answered'),
      clusterState: z.enum(['ok', 'fail']).nullable(),
      currentEpoch: z.number().int().nullable(),
    }),
    z.object({ state: z.literal('silent'), problem: ViewProblem }),
    /** Nobody tried: no address. */
    z.object({ state: z.literal('not-asked') }),
  ]),
  server: ServerVersion.nullable(),
  replication: ReplicationState.nullable(),
  /** The slots that the merged map gives to it. */
  slots: SlotRanges,
});
export type TopologyNode = z.infer<typeof TopologyNode>;

export const Shard = z.object({
  /** Stable over failovers: the smallest slot-owning history decides; see `shard-identity.ts`. Shown as `S1`, `S2` … */
  key: z.string(),
  index: z.number().int().min(1),
  primaryId: NodeId.nullable(),
  replicaIds: z.array(NodeId),
  slots: SlotRanges,
});
export type Shard = z.infer<typeof Shard>;

/** One slot that a node has open, in that node's own words. */
export const OpenSlot = z.object({
  slot: z.number().int(),
  node: NodeId,
  direction: z.enum(['migrating', 'importing']),
  /** Where to (migrating) or where from (importing). */
  peer: NodeId,
});
export type OpenSlot = z.infer<typeof OpenSlot>;

/** Slots for which not all answering nodes name the same owner. */
export const Dispute = z.object({
  slots: SlotRanges,
  /** Largest camp first. Owner null: "nobody serves it". */
  opinions: z.array(z.object({ owner: NodeId.nullable(), observers: z.array(NodeId) })),
});
export type Dispute = z.infer<typeof Dispute>;

/** Any other claim on which answering nodes differ. */
export const Disagreement = z.object({
  about: z.enum(['role', 'primary', 'config-epoch', 'membership', 'cluster-state', 'current-epoch', 'address']),
  /** The node that is spoken about; null for cluster-wide claims. */
  subject: NodeId.nullable(),
  /** Each value in print, largest camp first. */
  opinions: z.array(z.object({ value: z.string(), observers: z.array(NodeId) })),
});
export type Disagreement = z.infer<typeof Disagreement>;

export const Topology = z.object({
  clusterId: ClusterId,
  /** Grows by one with every change that this server saw. */
  version: z.number().int(),
  /** When this state was first seen, epoch ms. */
  since: z.number(),
  nodes: z.array(TopologyNode),
  shards: z.array(Shard),
  /** Slots nobody claims. */
  unassigned: SlotRanges,
  /** Slots whose owner has failed or gives no answer, and no other node has taken. */
  unreachable: SlotRanges,
  open: z.array(OpenSlot),
  disputes: z.array(Dispute),
  disagreements: z.array(Disagreement),
  currentEpoch: z.number().int().nullable(),
  /** How many of how many known nodes answered. */
  answered: z.number().int(),
});
export type Topology = z.infer<typeof Topology>;

/** Live numbers of one node. Null: not known. */
export const NodeStats = z.object({
  id: NodeId,
  /** When it answered, epoch ms. */
  at: z.number(),
  roundTripMs: z.number().nullable(),
  commandsPerSecond: z.number().nullable(),
  keys: z.number().int().nullable(),
  usedMemoryBytes: z.number().nullable(),
  /** Null when the server has no limit (`maxmemory 0`) or did not say. */
  maxMemoryBytes: z.number().nullable(),
  clients: z.number().int().nullable(),
  networkInBytesPerSecond: z.number().nullable(),
  networkOutBytesPerSecond: z.number().nullable(),
  /** Share of one core, 0…1+. */
  cpu: z.number().nullable(),
  replicationOffset: z.number().nullable(),
  /** Bytes a replica is behind its primary. */
  replicaLagBytes: z.number().nullable(),
  uptimeSeconds: z.number().nullable(),
});
export type NodeStats = z.infer<typeof NodeStats>;

export function findNode(topology: Topology, id: string): TopologyNode | undefined {
  return topology.nodes.find((node) => node.id === id);
}

export function shardOfNode(topology: Topology, id: string): Shard | undefined {
  return topology.shards.find((shard) => shard.primaryId === id || shard.replicaIds.some((replica) => replica === id));
}

/** Who owns the slot in the merged map; undefined when nobody claims it. */
export function ownerOfSlot(topology: Topology, slot: number): TopologyNode | undefined {
  return topology.nodes.find((node) => node.slots.some(([from, to]) => slot >= from && slot <= to));
}
