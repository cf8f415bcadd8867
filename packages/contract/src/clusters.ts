import { z } from 'zod';
import { ClusterHealth, Finding } from '@slotdeck/model/finding';
import { ClusterId, NodeId, OperationId } from '@slotdeck/model/ids';
import { SlotRanges } from '@slotdeck/model/slot-ranges';
import { NodeStats, ServerVersion, Topology, ViewProblem } from '@slotdeck/model/topology';
import type { EndpointTable } from './endpoint.ts';

const ClusterParams = z.object({ clusterId: ClusterId });

/** `host:port`, `[v6]:port` or `host` (port 6379). */
export const Seed = z
  .string()
  .trim()
  .min(1)
  .max(300)
  .regex(/^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?$/, { error: 'an address is written host:port' })
  .refine(
    (text) => {
      const port = /:(\d{1,5})$/.exec(text.replace(/^\[.*\]/, ''))?.[1];
      return port === undefined || (Number(port) >= 1 && Number(port) <= 65_535);
    },
    { error: 'a port is a number from 1 to 65535' },
  );

export const TlsSettings = z.object({
  enabled: z.boolean().default(true),
  /** PEM text. Empty: the system's certificate authorities. */
  ca: z.string().max(200_000).optional(),
  cert: z.string().max(200_000).optional(),
  key: z.string().max(200_000).optional(),
  serverName: z.string().max(300).optional(),
  /** Off only by an explicit choice; the screen then says so on every page. */
  verify: z.boolean().default(true),
});
export type TlsSettings = z.infer<typeof TlsSettings>;

export const NewCluster = z.strictObject({
  name: z.string().trim().min(1).max(80),
  seeds: z.array(Seed).min(1).max(50),
  username: z.string().max(200).optional(),
  password: z.string().max(1000).optional(),
  tls: z.union([z.boolean(), TlsSettings]).optional(),
  /** What a node calls itself → what we must dial: `{"10.0.0.5:6379": "127.0.0.1:30001"}`. */
  natMap: z.record(z.string(), Seed).optional(),
});
export type NewCluster = z.infer<typeof NewCluster>;

/** A row of the clusters page. */
export const ClusterSummary = z.object({
  id: ClusterId,
  name: z.string(),
  seeds: z.array(z.string()),
  username: z.string().nullable(),
  hasPassword: z.boolean(),
  tls: z.enum(['off', 'verified', 'unverified']),
  addedAt: z.number(),
  health: ClusterHealth,
  /** When the present health began, epoch ms. */
  healthSince: z.number().nullable(),
  topFinding: Finding.nullable(),
  findings: z.object({ critical: z.number().int(), warning: z.number().int(), notice: z.number().int() }),
  nodes: z.number().int(),
  answered: z.number().int(),
  shards: z.number().int(),
  slotsServed: z.number().int(),
  /** For the thin strip: who owns what, by shard index (1…). */
  strip: z.array(z.object({ shard: z.number().int(), slots: SlotRanges })),
  servers: z.array(ServerVersion),
  commandsPerSecond: z.number().nullable(),
  keys: z.number().nullable(),
  usedMemoryBytes: z.number().nullable(),
  lastSeenAt: z.number().nullable(),
  /** Why no address answers, when none does. */
  problem: ViewProblem.nullable(),
  runningOperation: z.object({ id: OperationId, kind: z.string(), status: z.string() }).nullable(),
  lastEvent: z.object({ at: z.number(), code: z.string(), facts: z.record(z.string(), z.unknown()) }).nullable(),
});
export type ClusterSummary = z.infer<typeof ClusterSummary>;

/** What one node says of all others: its CLUSTER NODES, read. */
export const NodeViewReply = z.object({
  node: NodeId.nullable(),
  address: z.string(),
  at: z.number(),
  roundTripMs: z.number().nullable(),
  problem: ViewProblem.nullable(),
  lines: z.array(
    z.object({
      id: NodeId,
      address: z.string(),
      flags: z.array(z.string()),
      primaryId: NodeId.nullable(),
      configEpoch: z.number().int(),
      link: z.enum(['connected', 'disconnected']),
      slots: SlotRanges,
      migrating: z.array(z.object({ slot: z.number().int(), to: NodeId })),
      importing: z.array(z.object({ slot: z.number().int(), from: NodeId })),
    }),
  ),
});
export type NodeViewReply = z.infer<typeof NodeViewReply>;

/** Keys and bytes per slot; counted only when asked, since it costs calls. Parallel arrays keep 16,384 slots small. */
export const SlotCounts = z.object({
  at: z.number(),
  slots: SlotRanges,
  /** One number per slot of `slots`, in order. Null: not counted (the node did not answer or hides it). */
  keys: z.array(z.number().int().nullable()),
  /** From SLOT-STATS memory-bytes where the server has it. */
  bytes: z.array(z.number().nullable()).nullable(),
  notCounted: z.array(z.object({ node: NodeId, problem: ViewProblem })),
});
export type SlotCounts = z.infer<typeof SlotCounts>;

export const ClusterEvent = z.object({
  id: z.number().int(),
  at: z.number(),
  code: z.string(),
  node: z.string().nullable(),
  facts: z.record(z.string(), z.unknown()),
});
export type ClusterEvent = z.infer<typeof ClusterEvent>;

export const clusterEndpoints = {
  listClusters: {
    method: 'GET',
    path: '/clusters',
    summary: 'All clusters with their health',
    needs: 'clusters:read',
    success: 200,
    reply: z.object({ clusters: z.array(ClusterSummary) }),
    errors: [],
  },
  addCluster: {
    method: 'POST',
    path: '/clusters',
    summary: 'Add a cluster: one address that answers is enough',
    needs: 'clusters:manage',
    body: NewCluster,
    success: 201,
    reply: ClusterSummary,
    errors: ['cluster-exists', 'cluster-unreachable', 'storage-full', 'storage-failed'],
  },
  getCluster: {
    method: 'GET',
    path: '/clusters/:clusterId',
    summary: 'One cluster',
    needs: 'clusters:read',
    params: ClusterParams,
    success: 200,
    reply: ClusterSummary,
    errors: ['not-found'],
  },
  removeCluster: {
    method: 'DELETE',
    path: '/clusters/:clusterId',
    summary: 'Forget a cluster here; the cluster itself is not touched',
    needs: 'clusters:manage',
    params: ClusterParams,
    success: 204,
    reply: z.undefined(),
    errors: ['not-found', 'cluster-busy'],
  },
  getTopology: {
    method: 'GET',
    path: '/clusters/:clusterId/topology',
    summary: 'The merged topology with every disagreement, now or at a past moment',
    needs: 'clusters:read',
    params: ClusterParams,
    /** Epoch ms. Absent: now. */
    query: z.object({ at: z.coerce.number().int().min(0).optional() }),
    success: 200,
    reply: z.object({
      topology: Topology.nullable(),
      /** Live numbers are of now only: empty for the past. */
      stats: z.array(NodeStats),
      observedAt: z.number().nullable(),
      /**
       * Null for now. `since`: when the topology was first seen · `seenUntil`: when it was last seen to stand, so that a later moment
       * is one that nobody looked at · `from`, `to`: what is kept. With topology null the moment is before what is kept.
       */
      past: z
        .object({
          since: z.number().nullable(),
          seenUntil: z.number().nullable(),
          from: z.number().nullable(),
          to: z.number().nullable(),
        })
        .nullable(),
    }),
    errors: ['not-found'],
  },
  getViews: {
    method: 'GET',
    path: '/clusters/:clusterId/views',
    summary: 'What each node says, side by side',
    needs: 'clusters:read',
    params: ClusterParams,
    success: 200,
    reply: z.object({ views: z.array(NodeViewReply) }),
    errors: ['not-found'],
  },
  countSlots: {
    method: 'GET',
    path: '/clusters/:clusterId/slots',
    summary: 'Count keys (and bytes where the server knows) per slot, now',
    needs: 'clusters:read',
    params: ClusterParams,
    query: z.object({ slots: z.string().max(100_000).optional() }),
    success: 200,
    reply: SlotCounts,
    errors: ['not-found', 'cluster-not-seen'],
  },
  getFindings: {
    method: 'GET',
    path: '/clusters/:clusterId/findings',
    summary: 'What is wrong or at risk, worst first',
    needs: 'clusters:read',
    params: ClusterParams,
    success: 200,
    reply: z.object({ findings: z.array(Finding) }),
    errors: ['not-found'],
  },
  getTimeline: {
    method: 'GET',
    path: '/clusters/:clusterId/timeline',
    summary: 'Changes that were seen, newest first',
    needs: 'clusters:read',
    params: ClusterParams,
    query: z.object({
      from: z.coerce.number().optional(),
      to: z.coerce.number().optional(),
      limit: z.coerce.number().int().min(1).max(1000).default(200),
    }),
    success: 200,
    reply: z.object({ events: z.array(ClusterEvent) }),
    errors: ['not-found'],
  },
} as const satisfies EndpointTable;
