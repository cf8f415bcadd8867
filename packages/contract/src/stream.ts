import { z } from 'zod';
import { Finding } from '@slotdeck/model/finding';
import { ClusterId, OperationId } from '@slotdeck/model/ids';
import { OperationEvent, TranscriptLine } from '@slotdeck/model/operation-events';
import { Progress } from '@slotdeck/model/operation';
import { NodeStats, Topology } from '@slotdeck/model/topology';
import { TopologyPatch } from '@slotdeck/model/topology-patch';
import { ClusterSummary } from './clusters.ts';
import { OperationDetail, OperationSummary } from './operations.ts';

/**
 * The stream: a websocket at `/api/v1/stream` that carries facts from the server to the browser; requests go by HTTP.
 *
 * The client says hello with the channels it wants and, per channel, the last version it holds. The server answers each with
 * a snapshot, or with nothing but later deltas when the client is current. Within a channel versions only grow and a delta
 * names the version it applies to; a client that finds a gap asks again with `watch`. `life` names one run of the server:
 * versions of another life mean nothing. The server drops a slow reader's deltas and sends a snapshot once it has caught up.
 */
export const PROTOCOL_VERSION = 1;

export const Channel = z.discriminatedUnion('name', [
  /** All cluster summaries. */
  z.object({ name: z.literal('clusters') }),
  /** Topology, findings, live numbers and operation list of one cluster. */
  z.object({ name: z.literal('cluster'), id: ClusterId }),
  /** One operation: its view, events, progress and transcript. */
  z.object({ name: z.literal('operation'), id: OperationId }),
]);
export type Channel = z.infer<typeof Channel>;

export function channelKey(channel: Channel): string {
  return channel.name === 'clusters' ? 'clusters' : `${channel.name}:${channel.id}`;
}

const Wanted = z.object({
  channel: Channel,
  lastSeen: z.object({ life: z.string(), version: z.number().int() }).nullable(),
});

export const ClientMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), protocol: z.number().int(), watch: z.array(Wanted).max(50) }),
  z.object({ type: z.literal('watch'), watch: z.array(Wanted).min(1).max(50) }),
  z.object({ type: z.literal('unwatch'), channels: z.array(Channel).min(1).max(50) }),
  z.object({ type: z.literal('ping'), id: z.number().int() }),
]);
export type ClientMessage = z.infer<typeof ClientMessage>;

export const ClusterLive = z.object({
  topology: Topology.nullable(),
  findings: z.array(Finding),
  stats: z.array(NodeStats),
  operations: z.array(OperationSummary),
  /** When the last round of questions ended, epoch ms. */
  observedAt: z.number().nullable(),
});
export type ClusterLive = z.infer<typeof ClusterLive>;

const at = { channel: Channel, version: z.number().int() };

export const ServerMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('welcome'), protocol: z.number().int(), life: z.string(), now: z.number() }),
  z.object({ type: z.literal('pong'), id: z.number().int(), now: z.number() }),

  z.object({ type: z.literal('clusters-snapshot'), ...at, clusters: z.array(ClusterSummary) }),
  /** Changed or new summaries, and ids that are gone. */
  z.object({
    type: z.literal('clusters-delta'),
    ...at,
    from: z.number().int(),
    changed: z.array(ClusterSummary),
    removed: z.array(ClusterId),
  }),

  z.object({ type: z.literal('cluster-snapshot'), ...at, live: ClusterLive }),
  /** Only what changed is present. `stats` replaces the numbers of the nodes it names. */
  z.object({
    type: z.literal('cluster-delta'),
    ...at,
    from: z.number().int(),
    topology: TopologyPatch.optional(),
    findings: z.array(Finding).optional(),
    stats: z.array(NodeStats).optional(),
    operations: z.array(OperationSummary).optional(),
    observedAt: z.number().nullable().optional(),
  }),

  z.object({
    type: z.literal('operation-snapshot'),
    ...at,
    operation: OperationDetail,
    transcript: z.array(TranscriptLine),
  }),
  z.object({
    type: z.literal('operation-delta'),
    ...at,
    from: z.number().int(),
    events: z.array(OperationEvent).optional(),
    progress: Progress.optional(),
    transcript: z.array(TranscriptLine).optional(),
    summary: OperationSummary.optional(),
  }),

  /** The channel exists no more, or the viewer may not see it. */
  z.object({
    type: z.literal('channel-closed'),
    channel: Channel,
    reason: z.enum(['not-found', 'not-allowed', 'removed']),
  }),
  /** The server cannot go on with this connection; the reason is for people. */
  z.object({
    type: z.literal('goodbye'),
    reason: z.enum(['signed-out', 'protocol', 'shutting-down', 'bad-message', 'too-slow']),
    detail: z.string(),
  }),
]);
export type ServerMessage = z.infer<typeof ServerMessage>;
