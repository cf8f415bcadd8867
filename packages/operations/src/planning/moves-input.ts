import type { PlanInput } from '@slotdeck/cluster/plan/reshard';
import type { SlotWeights } from '@slotdeck/cluster/plan/slot-weights';
import { countSlotKeys } from '@slotdeck/cluster/observe/slot-counts';
import { NO_SLOTS, unionSlots, type SlotRanges } from '@slotdeck/model/slot-ranges';
import type { PlanOrder, PlanSight } from './plan-site.ts';

/** What plans of moves are made from: the sight, and what is in the slots that move. */
export async function inputOf(sight: PlanSight, moving: SlotRanges, order: PlanOrder): Promise<PlanInput> {
  const { topology, stats, calls } = sight;
  const weights: SlotWeights = moving.length === 0 ? new Map() : (await countSlotKeys(calls, topology, moving)).counts;
  return { ...order, topology, weights, stats, pace: 'balanced' };
}

export function unite(moves: readonly { readonly slots: SlotRanges }[]): SlotRanges {
  return moves.reduce<SlotRanges>((sum, move) => unionSlots(sum, move.slots), NO_SLOTS);
}
