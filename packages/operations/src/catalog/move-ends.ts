import type { MoveBatch } from '@slotdeck/cluster/act/act-context';
import type { NodeId } from '@slotdeck/model/ids';
import type { OperationProblem } from '@slotdeck/model/operation';
import type { OperationEvent } from '@slotdeck/model/operation-events';
import type { Plan } from '@slotdeck/model/plan';
import { minusSlots } from '@slotdeck/model/slot-ranges';
import { findNode, type Topology } from '@slotdeck/model/topology';
import { acceptedProblem, predecessors, successor, type MoveStep } from './move-journal.ts';
import { successionOf } from './succession.ts';

export type MoveEnds =
  | { readonly kind: 'batch'; readonly batch: MoveBatch }
  /** A person went on after the failover: these are to be written down, then the ends are asked for again. */
  | { readonly kind: 'substitute'; readonly from: NodeId; readonly to: NodeId }
  /** `mayPass`: nodes still tell each other about a failover. */
  | {
      readonly kind: 'problem';
      readonly problem: OperationProblem;
      readonly mayPass: boolean;
      /** The batch between the heirs, where these are certain but no person knows of them yet. */
      readonly heirs: MoveBatch | null;
    };

/** Reasons that the next seconds may well take away. */
const PASSING = new Set(['nodes-disagree', 'heir-silent', 'heir-lacks-slots', 'both-answer']);

/** Between which nodes a step moves today: those of the plan, or those that took their places with a person's knowledge. */
export function moveEnds(
  step: MoveStep,
  { plan, events, topology }: { plan: Plan; events: readonly OperationEvent[]; topology: Topology },
): MoveEnds {
  const { move } = step;
  for (const planned of [move.from, move.to]) {
    const holder = successor(planned, events);
    if (planned === move.from && hasArrived(step, events, topology)) continue;
    const succession = successionOf(holder, basedOn(plan, planned, holder), topology);
    if (succession.kind === 'same') continue;
    const name = findNode(topology, holder)?.name ?? holder;
    if (succession.kind === 'unclear') {
      const facts = { ...succession.facts, node: holder, name, reason: succession.reason };
      const message = `${name} is no longer a primary, and who took its place cannot be told for certain (${succession.reason}).`;
      return {
        kind: 'problem',
        problem: { code: 'successor-unclear', message, facts },
        mayPass: PASSING.has(succession.reason),
        heirs: null,
      };
    }
    const heir = succession.node;
    if (acceptedProblem(events, step.id) !== null) return { kind: 'substitute', from: holder, to: heir.id };
    const facts = { node: holder, name, newPrimary: heir.id, newPrimaryName: heir.name };
    const message = `${name} is no longer a primary; ${heir.name} took its place. Resume to go on with it, or cancel.`;
    return {
      kind: 'problem',
      problem: { code: 'node-changed-role', message, facts },
      mayPass: false,
      heirs: heirsOf(step, { holder, heir: heir.id }, events),
    };
  }
  return { kind: 'batch', batch: batchOf(step, events) };
}

/** Nothing is needed of the source then. With its last slot it may have become the target's replica, which nobody inherits from. */
function hasArrived({ move }: MoveStep, events: readonly OperationEvent[], topology: Topology): boolean {
  const target = findNode(topology, successor(move.to, events));
  return target?.role === 'primary' && minusSlots(move.slots, target.slots).length === 0;
}

function batchOf(
  { move }: MoveStep,
  events: readonly OperationEvent[],
): MoveBatch & Required<Pick<MoveBatch, 'formerly'>> {
  return {
    from: successor(move.from, events),
    to: successor(move.to, events),
    slots: move.slots,
    driver: move.driver,
    formerly: { from: predecessors(move.from, events), to: predecessors(move.to, events) },
  };
}

function heirsOf(
  step: MoveStep,
  { holder, heir }: { holder: NodeId; heir: NodeId },
  events: readonly OperationEvent[],
): MoveBatch {
  const { from, to, slots, formerly } = batchOf(step, events);
  return {
    from: from === holder ? heir : from,
    to: to === holder ? heir : to,
    slots,
    formerly: {
      from: from === holder ? [...formerly.from, holder] : formerly.from,
      to: to === holder ? [...formerly.to, holder] : formerly.to,
    },
  };
}

/**
 * The basis as it reads for the present holder of a place. Who took a place follows with the same replicas behind it as before,
 * and it has the slots of the place to keep.
 */
function basedOn(plan: Plan, planned: NodeId, holder: NodeId): Pick<Plan, 'basis' | 'moves'> {
  if (planned === holder) return plan;
  const swap = (id: NodeId | null | undefined): NodeId | null => (id === planned ? holder : (id ?? null));
  return {
    basis: {
      ...plan.basis,
      nodes: plan.basis.nodes.flatMap((node) => {
        if (node.id === planned) return [{ ...node, id: holder }];
        // The holder was a follower itself; now it is followed.
        if (node.id === holder) return [{ ...node, id: planned, primaryId: holder, slots: [] }];
        return [{ ...node, primaryId: swap(node.primaryId) }];
      }),
    },
    moves: plan.moves.map((move) => ({
      ...move,
      from: move.from === planned ? holder : move.from,
      to: move.to === planned ? holder : move.to,
    })),
  };
}

/** Who followed a node when the plan was made, by what its basis says; of a successor, those of the place it took. */
export function followersOf(id: NodeId, plan: Pick<Plan, 'basis'>, events: readonly OperationEvent[]): NodeId[] {
  const planned = plan.basis.nodes.find((node) => successor(node.id, events) === id)?.id ?? id;
  const followers = plan.basis.nodes.filter((node) => node.primaryId === planned).map((node) => node.id);
  return [...followers, planned].filter((each) => each !== id);
}
