import type { ClusterLive, ServerMessage } from '@slotdeck/contract/stream';
import type { TranscriptLine } from '@slotdeck/model/operation-events';
import { fold, type OperationView } from '@slotdeck/model/operation-view';
import { applyPatch } from '@slotdeck/model/topology-patch';

/**
 * What a page would show after these messages, taken in as the protocol says: a delta must follow the version before it. Throws
 * on a gap, which a page would answer by asking again and which a fast reader must never see.
 */
export function foldCluster(messages: readonly ServerMessage[]): ClusterLive | null {
  let shown: { live: ClusterLive; version: number } | null = null;
  for (const message of messages) {
    if (message.type === 'cluster-snapshot') shown = { live: message.live, version: message.version };
    if (message.type !== 'cluster-delta') continue;
    if (shown === null || message.from !== shown.version) throw new Error(`a gap before version ${message.version}`);
    const { live }: { live: ClusterLive } = shown;
    const { topology, findings, stats, operations, observedAt } = message;
    const named = new Set(stats?.map((each) => each.id));
    shown = {
      version: message.version,
      live: {
        topology:
          topology === undefined || live.topology === null ? live.topology : applyPatch(live.topology, topology),
        findings: findings ?? live.findings,
        stats: [...live.stats.filter((each) => !named.has(each.id)), ...(stats ?? [])],
        operations: operations ?? live.operations,
        observedAt: observedAt ?? live.observedAt,
      },
    };
  }
  return shown?.live ?? null;
}

interface ShownOperation {
  readonly view: OperationView;
  readonly transcript: readonly TranscriptLine[];
}

export function foldOperation(messages: readonly ServerMessage[]): ShownOperation | null {
  let shown: (ShownOperation & { version: number }) | null = null;
  for (const message of messages) {
    if (message.type === 'operation-snapshot') {
      shown = { view: message.operation.view, transcript: message.transcript, version: message.version };
    }
    if (message.type !== 'operation-delta') continue;
    if (shown === null || message.from !== shown.version) throw new Error(`a gap before version ${message.version}`);
    const before: ShownOperation = shown;
    const view = (message.events ?? []).reduce(fold, before.view);
    shown = {
      version: message.version,
      view: message.progress === undefined ? view : { ...view, progress: message.progress },
      transcript: [...before.transcript, ...(message.transcript ?? [])],
    };
  }
  return shown;
}
