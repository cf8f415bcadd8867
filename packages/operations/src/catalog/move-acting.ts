import type { ActContext, ClusterMember, MoveBatch } from '@slotdeck/cluster/act/act-context';
import type { moveSlots, MoveResult } from '@slotdeck/cluster/act/move-slots';
import { reopenBatch } from '@slotdeck/cluster/act/reopen-batch';
import type { OperationProblem } from '@slotdeck/model/operation';
import { Pace } from '@slotdeck/model/pace';
import { countSlots, printSlotRanges } from '@slotdeck/model/slot-ranges';
import type { Topology } from '@slotdeck/model/topology';
import type { StepContext, StepOutcome } from '../engine/define-operation.ts';
import { lookAtCluster, type ClusterToChange } from './cluster-to-change.ts';
import { followersOf, moveEnds } from './move-ends.ts';
import { acceptedProblem, ARRIVED, REOPENED, SUBSTITUTED, type MoveStep } from './move-journal.ts';
import { KEY_CONFLICT, notSeen } from './move-trouble.ts';
import type { MoveProgress } from './move-progress.ts';
import type { Turns } from './turns.ts';

/** Where and for whom is acted. */
export interface Site {
  readonly cluster: ClusterToChange;
  readonly context: StepContext;
  readonly progress: MoveProgress;
  readonly turns: Turns;
}

/** Keys and bytes are those of all attempts at the step that this process made. */
type Moved = { readonly result: MoveResult; readonly keys: number; readonly bytes: number | null };

/** Finds out between which nodes a step moves now, lets `act` work on it, and writes down what arrived. */
export async function actOn(
  step: MoveStep,
  { cluster, context, progress, turns }: Site,
  act: typeof moveSlots,
): Promise<Moved | Extract<StepOutcome, { problem: OperationProblem }>> {
  const topology = await lookAtCluster(cluster, context);
  if (topology === null) return { kind: 'retry', problem: notSeen() };
  let ends = moveEnds(step, { plan: context.plan, events: context.events(), topology });
  while (ends.kind === 'substitute') {
    context.note(SUBSTITUTED, { from: ends.from, to: ends.to });
    ends = moveEnds(step, { plan: context.plan, events: context.events(), topology });
  }
  if (ends.kind === 'problem') {
    if (ends.heirs !== null) await reopen(ends.heirs, cluster, topology, context);
    return { kind: ends.mayPass ? 'retry' : 'needs-a-person', problem: ends.problem };
  }
  const { batch } = ends;
  const atWork = progress.begin(step);
  const result = await act(batch, {
    ...actContext(cluster, topology, context),
    // Of this step: what a person allowed for one pair says nothing about another that moves beside it.
    conflicts: acceptedProblem(context.events(), step.id)?.code === KEY_CONFLICT ? 'served' : 'ask',
    handOverTurn: (work) => turns.take(context.clusterId, work),
    onProgress: (now) => context.progress(atWork.report(now)),
  });
  if (countSlots(result.arrived) > 0) {
    const facts = { from: batch.from, to: batch.to, slots: printSlotRanges(result.arrived) };
    if (!isWritten(facts, context)) context.note(ARRIVED, facts);
  }
  context.progress(atWork.rest(countSlots(result.arrived)));
  return { result, ...progress.countOf(step) };
}

/**
 * Until a person goes on, clients are to find every key: those moved already are at the target, and only open slots lead there.
 * Where it fails the pause that follows says what is wrong anyhow, and the next attempt begins with the same.
 */
async function reopen(
  heirs: MoveBatch,
  cluster: ClusterToChange,
  topology: Topology,
  context: StepContext,
): Promise<void> {
  const reopened = await reopenBatch(heirs, actContext(cluster, topology, context));
  if (reopened.outcome === 'not-reopened') {
    context.note('slots-not-reopened', { problem: reopened.problem.code, seen: reopened.problem.message });
  } else if (countSlots(reopened.slots) > 0) {
    context.note(REOPENED, { from: heirs.from, to: heirs.to, slots: printSlotRanges(reopened.slots) });
  }
}

/** Longer than most failovers: detection takes the cluster's node timeout, which is 15 s by default, and the election a second or two. */
const FAILOVER_MS = 30_000;
const LOOK_AGAIN_MS = 200;

/**
 * A node that is gone has an heir within seconds, or comes back. Looking often meanwhile keeps the time short in which the heir
 * serves slots in flight without knowing that they are open.
 */
export async function watchForHeir(
  step: MoveStep,
  problem: OperationProblem,
  { cluster, context }: Site,
): Promise<StepOutcome> {
  const lost = problem.facts['node'] ?? null;
  context.note('waiting-for-failover', { node: lost, problem: problem.code });
  const end = context.clock.monotonic() + FAILOVER_MS;
  while (context.asked() === 'go-on' && context.clock.monotonic() < end) {
    await context.wait(LOOK_AGAIN_MS);
    const topology = await lookAtCluster(cluster, context);
    if (topology === null) continue;
    const ends = moveEnds(step, { plan: context.plan, events: context.events(), topology });
    if (ends.kind === 'problem' && ends.heirs !== null) {
      await reopen(ends.heirs, cluster, topology, context);
      return { kind: 'needs-a-person', problem: ends.problem };
    }
    if (ends.kind === 'substitute' || (ends.kind === 'problem' && !ends.mayPass)) break;
    if (ends.kind === 'problem') continue;
    const isEnd = lost === ends.batch.from || lost === ends.batch.to;
    const isBack = topology.nodes.some((node) => node.id === lost && node.view.state === 'answered');
    // Of a bystander we want no heir: the next attempt sees for itself who is left.
    if (isBack || !isEnd) break;
  }
  return { kind: 'retry', problem };
}

export function actContext(cluster: ClusterToChange, topology: Topology, context: StepContext): ActContext {
  const members = topology.nodes
    .filter((node) => node.host !== '' && node.port !== 0)
    .map(({ id, name, host, port }) => ({ id, name, address: { host, port } }));
  return changeContext(cluster, members, context);
}

/** All that acting on these members needs, from what the engine gives. */
export function changeContext(
  cluster: Pick<ClusterToChange, 'calls' | 'migrateAuth'>,
  members: readonly ClusterMember[],
  context: StepContext,
): ActContext {
  return {
    calls: cluster.calls,
    migrateAuth: cluster.migrateAuth,
    clock: context.clock,
    members: () => members,
    replicasOf: (id) => followersOf(id, context.plan, context.events()),
    signal: context.stopNow,
    conflicts: acceptedProblem(context.events())?.code === KEY_CONFLICT ? 'served' : 'ask',
    asked: () => context.asked(),
    onProgress: () => undefined,
    pace: () => Pace.catch('balanced').parse(context.pace()),
    onCommand: (line) => context.transcript({ ...line, at: context.clock.now() }),
    note: (code, facts) => context.note(code, facts),
  };
}

/** A batch that is retried finds the same slots arrived again and again; once is enough in the journal. */
function isWritten(facts: { from: string; to: string; slots: string }, context: StepContext): boolean {
  return context
    .events()
    .some(
      (event) =>
        event.type === 'note' &&
        event.code === ARRIVED &&
        event.facts['from'] === facts.from &&
        event.facts['to'] === facts.to &&
        event.facts['slots'] === facts.slots,
    );
}
