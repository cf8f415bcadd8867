import { hasSlot, SLOT_COUNT, type SlotRange, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { SlotFlag, type SlotFacts } from './slot-facts.ts';

/** What is said of a run of slots in the table: one word, the worst that holds. */
export type SlotState =
  'served' | 'no-owner' | 'unreachable' | 'disputed' | 'half-open' | 'open' | 'will-move' | 'moved';

/** A run of neighbouring slots with the same owner, state, target and, where asked, selection. */
export interface SlotRow {
  readonly range: SlotRange;
  /** Shard index of the owner; 0 for none. */
  readonly shard: number;
  readonly target: number;
  readonly state: SlotState;
  readonly isSelected: boolean;
}

export function slotState(flags: number): SlotState {
  if ((flags & SlotFlag.unassigned) !== 0) return 'no-owner';
  if ((flags & SlotFlag.unreachable) !== 0) return 'unreachable';
  if ((flags & SlotFlag.disputed) !== 0) return 'disputed';
  if ((flags & SlotFlag.halfOpen) !== 0) return 'half-open';
  if ((flags & SlotFlag.open) !== 0) return 'open';
  if ((flags & SlotFlag.willMove) !== 0) return 'will-move';
  if ((flags & SlotFlag.moved) !== 0) return 'moved';
  return 'served';
}

/** The whole map as rows, in slot order. Rows part where the owner, the state or the selection changes. */
export function slotRows(facts: SlotFacts, selected: SlotRanges): SlotRow[] {
  return rowsWithin(facts, [[0, SLOT_COUNT - 1]], selected);
}

/** Rows of a part of the map. */
export function rowsWithin(facts: SlotFacts, slots: SlotRanges, selected: SlotRanges): SlotRow[] {
  const rows: { range: [number, number]; shard: number; target: number; state: SlotState; isSelected: boolean }[] = [];
  for (const [from, to] of slots) {
    for (let slot = from; slot <= to; slot += 1) {
      const shard = facts.shard[slot] ?? 0;
      const target = facts.target[slot] ?? 0;
      const state = slotState(facts.flags[slot] ?? 0);
      const isSelected = hasSlot(selected, slot);
      const row = rows.at(-1);
      if (
        row !== undefined &&
        slot > from &&
        row.shard === shard &&
        row.target === target &&
        row.state === state &&
        row.isSelected === isSelected
      )
        row.range[1] = slot;
      else rows.push({ range: [slot, slot], shard, target, state, isSelected });
    }
  }
  return rows;
}
