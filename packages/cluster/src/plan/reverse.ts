import type { Plan, SlotMove } from '@slotdeck/model/plan';
import { NO_SLOTS, printSlotRanges, unionSlots } from '@slotdeck/model/slot-ranges';
import { judgeMoves } from './check-plan.ts';
import { planOfMoves, type PlanInput } from './reshard.ts';

/** Slots that arrived at a node, as a journal tells them. */
export type ArrivedSlots = Pick<SlotMove, 'from' | 'to' | 'slots'>;

/** The moves that would bring arrived slots back to where they came from, one per pair. */
export function reverseMoves(arrived: readonly ArrivedSlots[]): ArrivedSlots[] {
  const back = new Map<string, ArrivedSlots>();
  for (const { from, to, slots } of arrived) {
    const key = `${to} ${from}`;
    back.set(key, { from: to, to: from, slots: unionSlots(back.get(key)?.slots ?? NO_SLOTS, slots) });
  }
  return [...back.values()];
}

/**
 * The plan that undoes what a journal says arrived. Each old source gets exactly its own slots back, which a reshard request with
 * several sources could not say; its `params` are the nearest such request and only for reading. Null: nothing arrived.
 */
export function planReverse(input: PlanInput, arrived: readonly ArrivedSlots[]): Plan | null {
  const moves = reverseMoves(arrived);
  if (moves.length === 0) return null;
  const { problems, sources, targets, moving } = judgeMoves(moves, input.topology);
  const params = {
    slots: printSlotRanges(moving),
    from: [...new Set(moves.map((move) => move.from))],
    to: [...new Set(moves.map((move) => move.to))],
  };
  return planOfMoves(input, { asked: { kind: 'reshard', params }, sources, targets, moves, problems });
}
