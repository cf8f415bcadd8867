import { eachSlot, type SlotRanges } from '@slotdeck/model/slot-ranges';

/** Keys and bytes of one slot. Bytes are null where the server cannot tell. */
export interface SlotWeight {
  readonly keys: number;
  readonly bytes: number | null;
}

/** Slots that were counted; a slot that is not in it was not counted. */
export type SlotWeights = ReadonlyMap<number, SlotWeight>;

/** Sum over a set of slots. Null as soon as one of them was not counted: a partial sum would look like a whole one. */
export function weightOf(slots: SlotRanges, weights: SlotWeights): { keys: number | null; bytes: number | null } {
  let keys: number | null = 0;
  let bytes: number | null = 0;
  for (const slot of eachSlot(slots)) {
    const weight = weights.get(slot);
    keys = keys === null || weight === undefined ? null : keys + weight.keys;
    bytes = bytes === null || weight === undefined || weight.bytes === null ? null : bytes + weight.bytes;
    if (keys === null) return { keys: null, bytes: null };
  }
  return { keys, bytes };
}
