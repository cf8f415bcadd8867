import { moveSlotsAtomically, rollBackAtomically } from '@slotdeck/cluster/act/move-atomically';
import { moveSlots } from '@slotdeck/cluster/act/move-slots';
import { rollBack } from '@slotdeck/cluster/act/roll-back';
import { verifyMoves } from '@slotdeck/cluster/act/verify-move';
import { staleFacts } from '@slotdeck/cluster/plan/stale';
import type { PlannedStep } from '@slotdeck/model/plan';
import { countSlots, hasSlot, NO_SLOTS, printSlotRanges, slotsOf, unionSlots } from '@slotdeck/model/slot-ranges';
import type {
  OperationDefinition,
  Reconciliation,
  Settlement,
  StepContext,
  StepOutcome,
} from '../engine/define-operation.ts';
import { lookAtCluster, type FindCluster } from './cluster-to-change.ts';
import { actContext, actOn, watchForHeir, type Site } from './move-acting.ts';
import { hasCancelledAgain, isMoveStep, LEFT_AS_IT_IS, movingSlots, successor, type MoveStep } from './move-journal.ts';
import { createMoveProgress, type MoveProgress } from './move-progress.ts';
import { moveBeside } from './side-by-side.ts';
import { createTurns, type Turns } from './turns.ts';
import { clusterUnknown, GONE_NODE, LOST_NODE, notSeen, planStale, withChoice, withLeaving } from './move-trouble.ts';

/**
 * Slots go from primaries to primaries: `check` that the plan still holds, `move` batch after batch, `verify` what every node says.
 * Used by every kind of plan that is made of moves. What each step does is derived from the cluster as it is, so that any of them
 * may be cut off anywhere and run again.
 */
export function moveSlotsOperation({
  findCluster,
  kind = 'reshard',
  turns = createTurns(),
}: {
  findCluster: FindCluster;
  /** Of the plans it carries out; all of these are made of moves, or begin with them. */
  kind?: 'reshard' | 'rebalance' | 'drain' | 'remove-node';
  /** Shared by all operations that may move slots of one cluster. */
  turns?: Turns;
}): OperationDefinition {
  /** Rates live as long as the process that counts them; one per operation at work. */
  const progresses = new Map<string, MoveProgress>();

  function progressOf(context: StepContext): MoveProgress {
    const known = progresses.get(context.operationId);
    if (known !== undefined) return known;
    const { plan, clock } = context;
    const made = createMoveProgress({ plan, events: context.events() }, clock);
    progresses.set(context.operationId, made);
    return made;
  }

  function siteOf(context: StepContext): Site | null {
    const cluster = findCluster(context.clusterId);
    return cluster === null ? null : { cluster, context, progress: progressOf(context), turns };
  }

  async function check(_: PlannedStep, context: StepContext): Promise<StepOutcome> {
    const cluster = findCluster(context.clusterId);
    if (cluster === null) return { kind: 'needs-a-person', problem: clusterUnknown(context) };
    if (hasBegun(context)) return { kind: 'skipped', facts: { reason: 'moves have begun' } };
    const topology = await lookAtCluster(cluster, context);
    if (topology === null) return { kind: 'retry', problem: notSeen() };
    const stale = staleFacts(context.plan.basis, movingSlots(context.plan), topology);
    // Nothing was sent yet that would have to be undone, so the cluster is set free for a new plan.
    if (stale.length > 0) return { kind: 'gave-up', problem: planStale(stale) };
    context.progress(progressOf(context).now());
    return { kind: 'done', facts: { answered: topology.answered, nodes: topology.nodes.length } };
  }

  async function move(step: PlannedStep, context: StepContext): Promise<StepOutcome> {
    if (!isMoveStep(step)) return { kind: 'done', facts: {} };
    const site = siteOf(context);
    if (site === null) return { kind: 'needs-a-person', problem: clusterUnknown(context) };
    const attempt = await actOn(step, site, step.move.driver === 'atomic' ? moveSlotsAtomically : moveSlots);
    if ('kind' in attempt) return attempt;
    const { result, keys, bytes } = attempt;
    switch (result.outcome) {
      case 'done':
        return {
          kind: 'done',
          facts: { slots: printSlotRanges(result.arrived), count: countSlots(result.arrived), keys, bytes },
        };
      case 'stopped':
        return { kind: 'stopped' };
      case 'may-retry':
        if (LOST_NODE.has(result.problem.code)) return watchForHeir(step, result.problem, site);
        return { kind: 'retry', problem: result.problem };
      case 'needs-a-person':
        if (LOST_NODE.has(result.problem.code)) return watchForHeir(step, result.problem, site);
        return { kind: 'needs-a-person', problem: withChoice(result.problem) };
    }
  }

  async function verify(_: PlannedStep, context: StepContext): Promise<StepOutcome> {
    const cluster = findCluster(context.clusterId);
    if (cluster === null) return { kind: 'needs-a-person', problem: clusterUnknown(context) };
    const topology = await lookAtCluster(cluster, context);
    if (topology === null) return { kind: 'retry', problem: notSeen() };
    const events = context.events();
    const moves = context.plan.moves.map(({ from, to, slots }) => ({
      from: successor(from, events),
      to: successor(to, events),
      slots,
    }));
    const verified = await verifyMoves(moves, actContext(cluster, topology, context));
    if (verified.outcome === 'not-verified') return { kind: 'retry', problem: verified.problem };
    progresses.delete(context.operationId);
    const { agreeing, silent, keys } = verified;
    return { kind: 'done', facts: { agreeing, silent: [...silent], keys } };
  }

  async function reconcile(context: StepContext): Promise<Reconciliation> {
    const cluster = findCluster(context.clusterId);
    if (cluster === null) return { kind: 'pause', problem: clusterUnknown(context) };
    const topology = await lookAtCluster(cluster, context);
    // The steps ask again, and wait for it: a server and its cluster may well have gone down and come back together.
    if (topology === null) return { kind: 'go-on', facts: { seen: false } };
    const moving = movingSlots(context.plan);
    const open = topology.open.filter(({ slot }) => hasSlot(moving, slot));
    return {
      kind: 'go-on',
      facts: {
        seen: true,
        answered: topology.answered,
        open: printSlotRanges(slotsOf(open.map(({ slot }) => slot))),
      },
    };
  }

  /**
   * Batches that were begun are brought to where nothing is open and no key is on two nodes; no other slot is begun. Where an end is
   * gone for good there is no such place: a person who cancels once more has the batch left as it is, and the cluster free.
   */
  async function settle(context: StepContext): Promise<Settlement> {
    const site = siteOf(context);
    if (site === null) return { kind: 'needs-a-person', problem: clusterUnknown(context) };
    let left = NO_SLOTS;
    for (const { step, state, attempt } of context.view().steps) {
      if (!isMoveStep(step) || attempt === 0 || state === 'done' || state === 'skipped') continue;
      const trouble = await settleStep(step, site);
      if (trouble === null) continue;
      if (!GONE_NODE.has(trouble.problem.code)) return trouble;
      if (trouble.kind === 'retry' && trouble.problem.code !== 'node-failed') return trouble;
      if (!hasCancelledAgain(context.events())) return { ...trouble, problem: withLeaving(trouble.problem, step.move) };
      const slots = printSlotRanges(step.move.slots);
      context.note(LEFT_AS_IT_IS, { slots, problem: trouble.problem.code, seen: trouble.problem.message });
      left = unionSlots(left, step.move.slots);
    }
    progresses.delete(context.operationId);
    return { kind: 'clean', facts: countSlots(left) === 0 ? {} : { left: printSlotRanges(left) } };
  }

  /** What keeps a step from being settled; null: nothing does. */
  async function settleStep(step: MoveStep, site: Site): Promise<Extract<Settlement, { problem: unknown }> | null> {
    const moved = await actOn(step, site, step.move.driver === 'atomic' ? rollBackAtomically : rollBack);
    if ('kind' in moved) return moved.kind === 'retry' ? moved : { kind: 'needs-a-person', problem: moved.problem };
    const { result } = moved;
    if (result.outcome === 'may-retry') return { kind: 'retry', problem: result.problem };
    if (result.outcome === 'needs-a-person') return { kind: 'needs-a-person', problem: withChoice(result.problem) };
    return null;
  }

  return {
    kind,
    steps: (plan) => plan.steps,
    beside: moveBeside,
    components: { check: { run: check }, move: { run: move }, verify: { run: verify } },
    reconcile,
    settle,
  };
}

/** Once a move has been begun, what differs from the plan may be our own doing; each batch is judged by itself then. */
function hasBegun(context: StepContext): boolean {
  return context.view().steps.some(({ step, attempt }) => isMoveStep(step) && attempt > 0);
}
