import type { OperationSummary } from '@slotdeck/contract/operations';
import type { NodeStats } from '@slotdeck/model/topology';
import { makePatch } from '@slotdeck/model/topology-patch';
import type { ObservedState } from '../clusters/observed-state.ts';
import type { ChannelSource, DeltaBody, SnapshotBody } from './channel-source.ts';

type Delta = Extract<DeltaBody, { type: 'cluster-delta' }>;
type Snapshot = Extract<SnapshotBody, { type: 'cluster-snapshot' }>;

/** A page takes what is older than some seconds for stale; so even "nothing new" is told this often. */
const HOUR_EVERY_MS = 1_000;

/** One cluster's page. Only what changed is told; the observer keeps equal parts identical, so most comparisons are by identity. */
export function clusterSource(
  stateNow: () => ObservedState,
  operationsNow: () => readonly OperationSummary[],
): ChannelSource {
  let state = stateNow();
  let operations = operationsNow();
  let toldAt = state.observedAt;

  const snapshot = (): Snapshot => ({
    type: 'cluster-snapshot',
    live: {
      topology: state.topology,
      findings: [...state.findings],
      stats: [...state.stats],
      operations: [...operations],
      observedAt: state.observedAt,
    },
  });

  return {
    collect() {
      const before = { state, operations };
      state = stateNow();
      operations = operationsNow();
      const delta: Delta = { type: 'cluster-delta' };
      if (state.topology !== before.state.topology && state.topology !== null) {
        if (before.state.topology === null) return snapshot();
        delta.topology = makePatch(before.state.topology, state.topology);
      }
      if (!isSame(state.findings, before.state.findings)) delta.findings = [...state.findings];
      const stats = changedStats(before.state.stats, state.stats);
      if (stats.length > 0) delta.stats = stats;
      if (!isSame(operations, before.operations)) delta.operations = [...operations];
      const isOnlyTheHour = Object.keys(delta).length === 1;
      if (isOnlyTheHour && Math.abs((state.observedAt ?? 0) - (toldAt ?? 0)) < HOUR_EVERY_MS) return null;
      toldAt = state.observedAt;
      return { ...delta, observedAt: state.observedAt };
    },
    snapshot,
    end: () => undefined,
  };
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function changedStats(before: readonly NodeStats[], now: readonly NodeStats[]): NodeStats[] {
  if (before === now) return [];
  const old = new Map(before.map((each) => [each.id, each]));
  return now.filter((each) => !isSame(each, old.get(each.id)));
}
