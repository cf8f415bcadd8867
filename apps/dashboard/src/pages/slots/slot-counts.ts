import type { SlotCounts } from '@slotdeck/contract/clusters';
import { eachSlot, SLOT_COUNT, type SlotRanges } from '@slotdeck/model/slot-ranges';

/** Keys and bytes by slot number; NaN where nobody counted. */
export interface CountsBySlot {
  readonly keys: Float64Array;
  /** Null when no node knows bytes per slot. */
  readonly bytes: Float64Array | null;
  readonly at: number;
}

export function countsBySlot(counts: SlotCounts): CountsBySlot {
  const keys = new Float64Array(SLOT_COUNT).fill(Number.NaN);
  const bytes = counts.bytes === null ? null : new Float64Array(SLOT_COUNT).fill(Number.NaN);
  let index = 0;
  for (const slot of eachSlot(counts.slots)) {
    keys[slot] = counts.keys[index] ?? Number.NaN;
    if (bytes !== null) bytes[slot] = counts.bytes?.[index] ?? Number.NaN;
    index += 1;
  }
  return { keys, bytes: bytes !== null && bytes.every(Number.isNaN) ? null : bytes, at: counts.at };
}

/** A sum with gaps is a lower bound and says so; null when nothing of it was counted. */
export type Sum = { readonly value: number; readonly isAtLeast: boolean } | null;

export function sumOver(values: Float64Array | null, slots: SlotRanges): Sum {
  if (values === null) return null;
  let value = 0;
  let counted = 0;
  let total = 0;
  for (const slot of eachSlot(slots)) {
    total += 1;
    const one = values[slot] ?? Number.NaN;
    if (Number.isNaN(one)) continue;
    counted += 1;
    value += one;
  }
  return counted === 0 ? null : { value, isAtLeast: counted < total };
}

export interface RankedSlot {
  readonly slot: number;
  readonly value: number;
}

/** The slots with the largest numbers, largest first. */
export function largestSlots(values: Float64Array | null, slots: SlotRanges, count: number): RankedSlot[] {
  if (values === null) return [];
  const ranked: RankedSlot[] = [];
  for (const slot of eachSlot(slots)) {
    const value = values[slot] ?? Number.NaN;
    if (Number.isNaN(value) || value === 0) continue;
    const place = ranked.findIndex((other) => other.value < value);
    if (place >= 0) ranked.splice(place, 0, { slot, value });
    else if (ranked.length < count) ranked.push({ slot, value });
    if (ranked.length > count) ranked.pop();
  }
  return ranked;
}
