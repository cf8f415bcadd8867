import type { ActContext, MoveBatch } from '@slotdeck/cluster/act/act-context';
import { moveSlots, type MoveResult } from '@slotdeck/cluster/act/move-slots';
import { reopenBatch } from '@slotdeck/cluster/act/reopen-batch';
import { rollBack } from '@slotdeck/cluster/act/roll-back';
import { verifyMoves } from '@slotdeck/cluster/act/verify-move';
import { staleFacts } from '@slotdeck/cluster/plan/stale';
import type { Facts } from '@slotdeck/model/finding';
import type { OperationProblem } from '@slotdeck/model/operation';
import { Pace, type PlannedStep } from '@slotdeck/model/plan';
import { countSlots, printSlotRanges } from '@slotdeck/model/slot-ranges';
import type { Topology } from '@slotdeck/model/topology';
import type {
  OperationDefinition,
  Reconciliation,
  Settlement,
  StepContext,
  StepOutcome,
} from '../engine/define-operation.ts';
import { lookAtCluster, type ClusterToChange, type FindCluster } from './cluster-to-change.ts';
import { followersOf, moveEnds } from './move-ends.ts';
import {
  acceptedProblem,
  ARRIVED,
  REOPENED,
  isMoveStep,
  movingSlots,
  SUBSTITUTED,
  successor,
  type MoveStep,
} from './move-journal.ts';
import { createMoveProgress, type MoveProgress } from './move-progress.ts';

/**
 * Slots go from primaries to primaries: `check` that the plan still holds, `move` batch after batch, `verify` what every node says.
 * Used by every kind of plan that is made of moves. What each step does is derived from the cluster as it is, so that any of them
 * may be cut off anywhere and run again.
 */
export function moveSlotsOperation({ findCluster }: { findCluster: FindCluster }): OperationDefinition {
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

  async function check(_: PlannedStep, context: StepContext): Promise<StepOutcome> {
    const cluster = findCluster(context.clusterId);
    if (cluster === null) return { kind: 'needs-a-person', problem: clusterUnknown(context) };
    if (hasBegun(context)) return { kind: 'skipped', facts: { reason: 'moves have begun' } };
    const topology = await lookAtCluster(cluster, context);
    if (topology === null) return { kind: 'retry', problem: notSeen() };
    const stale = staleFacts(context.plan.basis, movingSlots(context.plan), topology);
    // Nothing was sent yet that would have to be undone, so the cluster is set free for a new plan.
    if (stale.length > 0) return { kind: 'gave-up', problem: planStale(stale) };
    context.progress(progressOf(context).rest());
    return { kind: 'done', facts: { answered: topology.answered, nodes: topology.nodes.length } };
  }

  async function move(step: PlannedStep, context: StepContext): Promise<StepOutcome> {
    if (!isMoveStep(step)) return { kind: 'done', facts: {} };
    const attempt = await actOn(step, context, moveSlots);
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
        if (LOST_NODE.has(result.problem.code)) return watchForHeir(step, result.problem, context);
        return { kind: 'retry', problem: result.problem };
      case 'needs-a-person':
        return { kind: 'needs-a-person', problem: withChoice(result.problem) };
    }
  }

  type Moved = { readonly result: MoveResult; readonly keys: number; readonly bytes: number | null };

  /** Finds out between which nodes a step moves now, lets `act` work on it, and writes down what arrived. */
  async function actOn(
    step: MoveStep,
    context: StepContext,
    act: typeof moveSlots,
  ): Promise<Moved | Extract<StepOutcome, { problem: OperationProblem }>> {
    const cluster = findCluster(context.clusterId);
    if (cluster === null) return { kind: 'needs-a-person', problem: clusterUnknown(context) };
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
    const progress = progressOf(context);
    let last: { keysMoved: number; bytesMoved: number | null } = { keysMoved: 0, bytesMoved: 0 };
    const result = await act(batch, {
      ...actContext(cluster, topology, context),
      onProgress(now) {
        last = now;
        context.progress(progress.report(step, now));
      },
    });
    if (countSlots(result.arrived) > 0) {
      const facts = { from: batch.from, to: batch.to, slots: printSlotRanges(result.arrived) };
      if (!isWritten(facts, context)) context.note(ARRIVED, facts);
    }
    context.progress(progress.rest());
    return { result, keys: last.keysMoved, bytes: last.bytesMoved };
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

  /**
   * A node that is gone has an heir within seconds, or comes back. Looking often meanwhile keeps the time short in which the heir
   * serves slots in flight without knowing that they are open.
   */
  async function watchForHeir(step: MoveStep, problem: OperationProblem, context: StepContext): Promise<StepOutcome> {
    const cluster = findCluster(context.clusterId);
    const lost = problem.facts['node'] ?? null;
    context.note('waiting-for-failover', { node: lost, problem: problem.code });
    const end = context.clock.monotonic() + FAILOVER_MS;
    while (cluster !== null && context.asked() === 'go-on' && context.clock.monotonic() < end) {
      await context.wait(LOOK_AGAIN_MS);
      const topology = await lookAtCluster(cluster, context);
      if (topology === null) continue;
      const ends = moveEnds(step, { plan: context.plan, events: context.events(), topology });
      if (ends.kind === 'problem' && ends.heirs !== null) {
        await reopen(ends.heirs, cluster, topology, context);
        return { kind: 'needs-a-person', problem: ends.problem };
      }
      if (ends.kind === 'substitute' || (ends.kind === 'problem' && !ends.mayPass)) break;
      const isBack = topology.nodes.some((node) => node.id === lost && node.view.state === 'answered');
      if (isBack && ends.kind === 'batch') break;
    }
    return { kind: 'retry', problem };
  }

  function actContext(cluster: ClusterToChange, topology: Topology, context: StepContext): ActContext {
    const members = topology.nodes
      .filter((node) => node.host !== '' && node.port !== 0)
      .map(({ id, name, host, port }) => ({ id, name, address: { host, port } }));
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
    const open = topology.open.filter(({ slot }) => moving.some(([from, to]) => slot >= from && slot <= to));
    return {
      kind: 'go-on',
      facts: {
        seen: true,
        answered: topology.answered,
        open: open.map(
          ({ slot, node, direction, peer }) => `${slot} ${direction} ${node.slice(0, 8)} ${peer.slice(0, 8)}`,
        ),
      },
    };
  }

  /** Batches that were begun are brought to where nothing is open and no key is on two nodes; no other slot is begun. */
  async function settle(context: StepContext): Promise<Settlement> {
    for (const { step, state, attempt } of context.view().steps) {
      if (!isMoveStep(step) || attempt === 0 || state === 'done' || state === 'skipped') continue;
      const moved = await actOn(step, context, rollBack);
      if ('kind' in moved) return moved.kind === 'retry' ? moved : { kind: 'needs-a-person', problem: moved.problem };
      const { result } = moved;
      if (result.outcome === 'may-retry') return { kind: 'retry', problem: result.problem };
      if (result.outcome === 'needs-a-person') return { kind: 'needs-a-person', problem: withChoice(result.problem) };
    }
    progresses.delete(context.operationId);
    return { kind: 'clean', facts: {} };
  }

  return {
    kind: 'reshard',
    steps: (plan) => plan.steps,
    components: { check: { run: check }, move: { run: move }, verify: { run: verify } },
    reconcile,
    settle,
  };
}

const KEY_CONFLICT = 'key-on-both-sides';

/** Says what going on will do, so that going on is a decision. */
function withChoice(problem: OperationProblem): OperationProblem {
  if (problem.code !== KEY_CONFLICT) return problem;
  const [source, target] = [String(problem.facts['source']), String(problem.facts['target'])];
  const choice =
    `Clients are served the copy on ${source}. Resume or cancel keeps that one and drops the copy on ${target}; ` +
    `to keep the other, delete the key on ${source} first.`;
  return { ...problem, message: `${problem.message} ${choice}` };
}

/** Signs that a node may be gone for good. */
const LOST_NODE = new Set(['node-did-not-answer', 'node-failed']);
/** Longer than most failovers: detection takes the cluster's node timeout, which is 15 s by default, and the election a second or two. */
const FAILOVER_MS = 30_000;
const LOOK_AGAIN_MS = 200;

/** Once a move has been begun, what differs from the plan may be our own doing; each batch is judged by itself then. */
function hasBegun(context: StepContext): boolean {
  return context.view().steps.some(({ step, attempt }) => isMoveStep(step) && attempt > 0);
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

function notSeen(): OperationProblem {
  return { code: 'cluster-not-seen', message: 'No node of the cluster gave an answer.', facts: {} };
}

function clusterUnknown({ clusterId }: StepContext): OperationProblem {
  const facts = { cluster: clusterId };
  return { code: 'cluster-unknown', message: `The cluster ${clusterId} is not known here any more.`, facts };
}

function planStale(stale: readonly { readonly code: string; readonly facts: Facts }[]): OperationProblem {
  const changes = stale.map(({ code, facts }) => {
    const words = Object.entries(facts).map(([name, value]) => `${name} ${String(value)}`);
    return `${code}: ${words.join(', ')}`;
  });
  return {
    code: 'plan-stale',
    message: `The cluster has changed since the plan was made: ${changes.join('; ')}. Nothing was sent.`,
    facts: { changes },
  };
}
