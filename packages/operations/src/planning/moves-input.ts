import type { PlanInput } from '@slotdeck/cluster/plan/reshard';
import type { SlotWeights } from '@slotdeck/cluster/plan/slot-weights';
import { findLargeKeys } from '@slotdeck/cluster/observe/large-keys';
import { readNodeTimeouts } from '@slotdeck/cluster/observe/node-timeouts';
import { countSlotKeys } from '@slotdeck/cluster/observe/slot-counts';
import { NO_SLOTS, unionSlots, type SlotRanges } from '@slotdeck/model/slot-ranges';
import type { PlanOrder, PlanSight } from './plan-site.ts';

/** What plans of moves are made from: the sight, and what is in the slots that move. */
export async function inputOf(sight: PlanSight, moving: SlotRanges, order: PlanOrder): Promise<PlanInput> {
  const { topology, stats, calls } = sight;
  if (moving.length === 0) return { ...order, topology, weights: new Map(), stats, pace: 'balanced' };
  const weights: SlotWeights = (await countSlotKeys(calls, topology, moving)).counts;
  const [large, timeouts] = await Promise.all([
    findLargeKeys(calls, topology, moving, weights),
    readNodeTimeouts(calls, topology),
  ]);
  const known = [...timeouts.values()].filter((ms) => ms !== null);
  const nodeTimeoutMs = known.length === 0 ? null : Math.min(...known);
  return { ...order, topology, weights, stats, pace: 'balanced', large, nodeTimeoutMs };
}

export function unite(moves: readonly { readonly slots: SlotRanges }[]): SlotRanges {
  return moves.reduce<SlotRanges>((sum, move) => unionSlots(sum, move.slots), NO_SLOTS);
}
