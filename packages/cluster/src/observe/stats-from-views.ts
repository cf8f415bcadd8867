import type { NodeId } from '@slotdeck/model/ids';
import type { NodeStats } from '@slotdeck/model/topology';
import type { AnsweredView } from './membership.ts';
import type { NodeFacts, NodeView } from './node-view.ts';

/** Shorter spans make rates of chance: one command more or less would show as thousands per second. */
const SHORTEST_SPAN_MS = 50;

/**
 * Live numbers of every node that answered. Rates need two views of the same process with INFO in between; the first look, a
 * restart and counters that were reset give null, never zero.
 */
export function statsFromViews(before: readonly NodeView[], after: readonly NodeView[]): NodeStats[] {
  const earlier = new Map(answeredOf(before).map((view) => [view.nodeId, view]));
  const now = new Map(answeredOf(after).map((view) => [view.nodeId, view]));
  return [...now.values()].map((view) => statsOf(view, earlier.get(view.nodeId), now));
}

function answeredOf(views: readonly NodeView[]): AnsweredView[] {
  return views.filter((view) => view.state === 'answered');
}

function statsOf(
  view: AnsweredView,
  before: AnsweredView | undefined,
  all: ReadonlyMap<NodeId, AnsweredView>,
): NodeStats {
  const { facts } = view;
  const rate = (counter: keyof NodeFacts['counters']): number | null => ratePerSecond(view, before, counter);
  return {
    id: view.nodeId,
    at: view.at,
    roundTripMs: view.roundTripMs,
    commandsPerSecond: rate('commands'),
    keys: facts?.keys ?? null,
    usedMemoryBytes: facts?.usedMemoryBytes ?? null,
    maxMemoryBytes: facts?.maxMemoryBytes ?? null,
    clients: facts?.clients ?? null,
    networkInBytesPerSecond: rate('networkInBytes'),
    networkOutBytesPerSecond: rate('networkOutBytes'),
    cpu: rate('cpuSeconds'),
    replicationOffset: facts?.replicationOffset ?? null,
    replicaLagBytes: lagOf(view, all),
    uptimeSeconds: facts?.uptimeSeconds ?? null,
  };
}

function ratePerSecond(
  view: AnsweredView,
  before: AnsweredView | undefined,
  counter: keyof NodeFacts['counters'],
): number | null {
  const now = view.facts?.counters[counter] ?? null;
  const then = before?.facts?.counters[counter] ?? null;
  if (before === undefined || now === null || then === null || now < then) return null;
  if (view.facts?.runId !== before.facts?.runId) return null;
  const span = spanMs(before, view);
  return span < SHORTEST_SPAN_MS ? null : ((now - then) * 1_000) / span;
}

/** By the clock that never jumps where both views carry it. */
function spanMs(before: AnsweredView, after: AnsweredView): number {
  if (before.monotonicAt !== undefined && after.monotonicAt !== undefined)
    return after.monotonicAt - before.monotonicAt;
  return after.at - before.at;
}

/** The two offsets are of slightly different moments; a replica asked later than its primary may seem ahead, which is no lag. */
function lagOf(view: AnsweredView, all: ReadonlyMap<NodeId, AnsweredView>): number | null {
  const own = view.lines.find((line) => line.isMyself);
  if (own?.role !== 'replica' || own.primaryId === null) return null;
  const primary = all.get(own.primaryId)?.facts?.replicationOffset ?? null;
  const offset = view.facts?.replicationOffset ?? null;
  return primary === null || offset === null ? null : Math.max(0, primary - offset);
}
