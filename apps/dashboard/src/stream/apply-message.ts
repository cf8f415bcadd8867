import { channelKey, type Channel, type ClusterLive, type ServerMessage } from '@slotdeck/contract/stream';
import type { ClusterSummary } from '@slotdeck/contract/clusters';
import type { OperationDetail } from '@slotdeck/contract/operations';
import type { TranscriptLine } from '@slotdeck/model/operation-events';
import { fold } from '@slotdeck/model/operation-view';
import type { NodeStats } from '@slotdeck/model/topology';
import { applyPatch } from '@slotdeck/model/topology-patch';
import { rememberLoad, type LoadSample } from './load-history.ts';
import { NO_RATES, rememberRate, type RateHistory } from './rate-history.ts';

/**
 * How a message changes what is held of its channel. Pure, and the only place where live data are made: the cache holds exactly
 * what comes out here. A delta that does not fit what is held changes nothing and asks for the channel anew.
 */

interface Held<Name extends string, Value> {
  readonly name: Name;
  readonly state: 'held';
  /** The run of the server whose versions these are. */
  readonly life: string;
  readonly version: number;
  /** When the last message came, epoch ms by this browser's clock. */
  readonly receivedAt: number;
  readonly value: Value;
}

export interface ClusterChannelValue {
  readonly live: ClusterLive;
  /** Total and per-node rates, oldest first, kept 15 minutes here and nowhere else. */
  readonly load: readonly LoadSample[];
}

export interface OperationChannelValue {
  readonly operation: OperationDetail;
  /** The newest lines, in order of index. Older ones are asked for by HTTP. */
  readonly transcript: readonly TranscriptLine[];
  /** How fast it went since it was first watched here, kept nowhere else. */
  readonly rates: RateHistory;
}

export type ChannelState =
  | Held<'clusters', readonly ClusterSummary[]>
  | Held<'cluster', ClusterChannelValue>
  | Held<'operation', OperationChannelValue>
  /** Nothing more will come, and why. */
  | { readonly state: 'closed'; readonly reason: 'not-found' | 'not-allowed' | 'removed' };

export type ChannelMessage = Extract<ServerMessage, { channel: Channel }>;

export type Applied =
  | { readonly outcome: 'changed'; readonly state: ChannelState }
  /** The delta starts at a version that is not held: ask for the channel again. */
  | { readonly outcome: 'gap' }
  /** An old or repeated delta: what is held already contains it. */
  | { readonly outcome: 'known' };

/** Lines kept in memory; the screen shows newest first and loads older ones on demand. */
export const TRANSCRIPT_KEPT = 2000;

export function isChannelMessage(message: ServerMessage): message is ChannelMessage {
  return 'channel' in message;
}

/** The key under which a channel's state stands in the query cache. */
export function liveKey(channel: Channel): readonly ['live', string] {
  return ['live', channelKey(channel)];
}

export function applyMessage(
  held: ChannelState | undefined,
  message: ChannelMessage,
  { life, now }: { life: string; now: number },
): Applied {
  const changed = (state: ChannelState): Applied => ({ outcome: 'changed', state });
  switch (message.type) {
    case 'channel-closed':
      return changed({ state: 'closed', reason: message.reason });

    case 'clusters-snapshot':
      return changed({ ...fresh('clusters', message, life, now), value: message.clusters });
    case 'clusters-delta': {
      const from = base(held, 'clusters', message, life);
      if (from.outcome !== 'fits') return from;
      return changed({
        ...from.held,
        version: message.version,
        receivedAt: now,
        value: mergeSummaries(from.held.value, message),
      });
    }

    case 'cluster-snapshot': {
      // The load of the last minutes is still true when the server sends a snapshot instead of a delta.
      const load = held?.state === 'held' && held.name === 'cluster' ? held.value.load : [];
      return changed({
        ...fresh('cluster', message, life, now),
        value: { live: message.live, load: rememberLoad(load, message.live.topology, message.live.stats) },
      });
    }
    case 'cluster-delta': {
      const from = base(held, 'cluster', message, life);
      if (from.outcome !== 'fits') return from;
      const live = mergeLive(from.held.value.live, message);
      if (live === null) return { outcome: 'gap' };
      const load =
        message.stats === undefined
          ? from.held.value.load
          : rememberLoad(from.held.value.load, live.topology, live.stats);
      return changed({ ...from.held, version: message.version, receivedAt: now, value: { live, load } });
    }

    case 'operation-snapshot': {
      // As with the load of a cluster: what was seen before the connection was lost is still true.
      const rates = held?.state === 'held' && held.name === 'operation' ? held.value.rates : NO_RATES;
      return changed({
        ...fresh('operation', message, life, now),
        value: {
          operation: message.operation,
          transcript: mergeTranscript([], message.transcript),
          rates: rememberRates(rates, message.operation, now),
        },
      });
    }
    case 'operation-delta': {
      const from = base(held, 'operation', message, life);
      if (from.outcome !== 'fits') return from;
      const value = mergeOperation(from.held.value, message, now);
      if (value === null) return { outcome: 'gap' };
      return changed({ ...from.held, version: message.version, receivedAt: now, value });
    }
  }
}

function fresh<Name extends string>(name: Name, { version }: { version: number }, life: string, now: number) {
  return { name, state: 'held', life, version, receivedAt: now } as const;
}

type HeldOf<Name> = Extract<ChannelState, { state: 'held'; name: Name }>;
type Base<Name> = { outcome: 'fits'; held: HeldOf<Name> } | { outcome: 'gap' } | { outcome: 'known' };

/** Whether a delta applies to what is held: same run of the server, same version. */
function base<Name extends 'clusters' | 'cluster' | 'operation'>(
  held: ChannelState | undefined,
  name: Name,
  delta: { from: number; version: number },
  life: string,
): Base<Name> {
  if (held?.state !== 'held' || held.name !== name || held.life !== life) return { outcome: 'gap' };
  if (delta.version <= held.version) return { outcome: 'known' };
  if (delta.from !== held.version) return { outcome: 'gap' };
  // `held.name === name` was checked above; the compiler cannot tie a generic name to its member of the union.
  return { outcome: 'fits', held: held as HeldOf<Name> };
}

function mergeSummaries(
  held: readonly ClusterSummary[],
  { changed, removed }: Extract<ChannelMessage, { type: 'clusters-delta' }>,
): readonly ClusterSummary[] {
  const gone = new Set(removed);
  const next = new Map(held.filter((each) => !gone.has(each.id)).map((each) => [each.id, each]));
  for (const summary of changed) next.set(summary.id, summary);
  return [...next.values()];
}

/** Null when the topology patch was made for another version than the one that is held. */
function mergeLive(held: ClusterLive, delta: Extract<ChannelMessage, { type: 'cluster-delta' }>): ClusterLive | null {
  let topology = held.topology;
  if (delta.topology !== undefined) {
    if (topology === null || topology.version !== delta.topology.fromVersion) return null;
    topology = applyPatch(topology, delta.topology);
  }
  return {
    topology,
    findings: delta.findings ?? held.findings,
    stats: delta.stats === undefined ? held.stats : mergeStats(held.stats, delta.stats, topology),
    operations: delta.operations ?? held.operations,
    observedAt: delta.observedAt === undefined ? held.observedAt : delta.observedAt,
  };
}

function mergeStats(
  held: readonly NodeStats[],
  news: readonly NodeStats[],
  topology: ClusterLive['topology'],
): NodeStats[] {
  const next = new Map(held.map((stats) => [stats.id, stats]));
  for (const stats of news) next.set(stats.id, stats);
  const known = topology === null ? null : new Set(topology.nodes.map((node) => node.id));
  return [...next.values()].filter((stats) => known === null || known.has(stats.id));
}

/** Null when an event is missing in between. */
function mergeOperation(
  held: OperationChannelValue,
  delta: Extract<ChannelMessage, { type: 'operation-delta' }>,
  now: number,
): OperationChannelValue | null {
  let view = held.operation.view;
  for (const event of delta.events ?? []) {
    if (event.index <= view.lastIndex) continue;
    if (event.index !== view.lastIndex + 1) return null;
    view = fold(view, event);
  }
  const progress = delta.progress ?? view.progress;
  const operation: OperationDetail = {
    ...held.operation,
    status: view.status,
    startedAt: view.startedAt,
    endedAt: view.endedAt,
    error: view.problem,
    ...delta.summary,
    progress: delta.summary?.progress ?? progress,
    view: progress === view.progress ? view : { ...view, progress },
  };
  return {
    operation,
    transcript: delta.transcript === undefined ? held.transcript : mergeTranscript(held.transcript, delta.transcript),
    rates: rememberRates(held.rates, operation, now),
  };
}

/** Pausing and cancelling finish what is in flight, so they still move slots. */
function rememberRates(held: RateHistory, { status, progress }: OperationDetail, now: number): RateHistory {
  const isMoving = status === 'running' || status === 'pausing' || status === 'cancelling';
  return rememberRate(held, progress, { at: now, isMoving });
}

function mergeTranscript(held: readonly TranscriptLine[], news: readonly TranscriptLine[]): readonly TranscriptLine[] {
  const last = held.at(-1)?.index ?? -1;
  const later = news.filter((line) => line.index > last).sort((a, b) => a.index - b.index);
  return [...held, ...later].slice(-TRANSCRIPT_KEPT);
}
