import type { Facts } from '@slotdeck/model/finding';
import type { OperationProblem } from '@slotdeck/model/operation';
import type { OperationEvent } from '@slotdeck/model/operation-events';
import type { Plan } from '@slotdeck/model/plan';
import { countSlots, hasSlot, intersectSlots, minusSlots, printSlotRanges } from '@slotdeck/model/slot-ranges';
import { findNode, type Topology } from '@slotdeck/model/topology';
import { movingSlots, successor } from './move-journal.ts';

export type Arrival =
  { readonly ok: true; readonly facts: Facts } | { readonly ok: false; readonly problem: OperationProblem };

/** Whether every slot of a plan is where it was to go, with every node that answers saying so and nothing left open. */
export function judgeArrival(
  plan: Pick<Plan, 'moves'>,
  events: readonly OperationEvent[],
  topology: Topology,
): Arrival {
  for (const move of plan.moves) {
    const to = successor(move.to, events);
    const target = findNode(topology, to);
    const missing = minusSlots(move.slots, target?.slots ?? []);
    if (missing.length > 0) {
      const facts = { node: to, name: target?.name ?? to, slots: printSlotRanges(missing) };
      return refuse('slots-not-at-target', `Slots ${facts.slots} are not at ${facts.name}.`, facts);
    }
  }
  const moved = movingSlots(plan);
  const open = topology.open.filter(({ slot }) => hasSlot(moved, slot));
  if (open.length > 0) {
    const slots = [...new Set(open.map(({ slot }) => slot))].join(',');
    const nodes = [...new Set(open.map(({ node }) => node))];
    return refuse('slots-not-closed', `Slots ${slots} are still open.`, { slots, nodes });
  }
  for (const dispute of topology.disputes) {
    const slots = intersectSlots(dispute.slots, moved);
    if (slots.length === 0) continue;
    const dissenters = dispute.opinions.slice(1).flatMap(({ observers }) => observers);
    const facts = { slots: printSlotRanges(slots), nodes: dissenters };
    return refuse('nodes-do-not-agree', `Not every node shows slots ${facts.slots} under their new owner.`, facts);
  }
  return { ok: true, facts: { slots: countSlots(moved), answered: topology.answered, nodes: topology.nodes.length } };
}

function refuse(code: string, message: string, facts: Facts): Arrival {
  return { ok: false, problem: { code, message, facts } };
}
