import { z } from 'zod';

/** How many hash slots a cluster has; fixed by the protocol (CRC16 modulo 16384). */
export const SLOT_COUNT = 16_384;

/** First and last slot, both included. */
export type SlotRange = readonly [from: number, to: number];

/**
 * A set of slots: ranges in ascending order that neither overlap nor touch. Every function here takes and gives that form,
 * so two equal sets are equal as JSON.
 */
export type SlotRanges = readonly SlotRange[];

const Slot = z
  .number()
  .int()
  .min(0)
  .max(SLOT_COUNT - 1);

/** Reads ranges from outside and brings them into the normal form. */
export const SlotRanges = z
  .array(z.tuple([Slot, Slot]).refine(([from, to]) => from <= to, { error: 'a range ends before it starts' }))
  .transform((ranges): SlotRanges => normalise(ranges));

export const NO_SLOTS: SlotRanges = [];
export const ALL_SLOTS: SlotRanges = [[0, SLOT_COUNT - 1]];

export type ParsedSlots =
  | { ok: true; slots: SlotRanges }
  | { ok: false; code: 'not-a-slot' | 'out-of-range' | 'reversed' | 'empty'; part: string };

/** Sorts, joins what touches and drops what is written twice. */
export function normalise(ranges: readonly SlotRange[]): SlotRanges {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  const joined: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

/**
 * Reads `0-5460,7000` (spaces allowed, `–` accepted for `-`). An empty text is refused: a request that names no slot is a
 * mistake, and reading it as "none" or as "all" would both be guesses.
 */
export function parseSlotRanges(text: string): ParsedSlots {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
  if (parts.length === 0) return { ok: false, code: 'empty', part: text };
  const ranges: SlotRange[] = [];
  for (const part of parts) {
    const match = /^(\d{1,9})(?:[-–](\d{1,9}))?$/.exec(part);
    if (match?.[1] === undefined) return { ok: false, code: 'not-a-slot', part };
    const from = Number(match[1]);
    const to = match[2] === undefined ? from : Number(match[2]);
    if (from >= SLOT_COUNT || to >= SLOT_COUNT) return { ok: false, code: 'out-of-range', part };
    if (from > to) return { ok: false, code: 'reversed', part };
    ranges.push([from, to]);
  }
  return { ok: true, slots: normalise(ranges) };
}

/** `0-5460,7000`; the empty set prints as an empty text. */
export function printSlotRanges(slots: SlotRanges): string {
  return slots.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',');
}

export function countSlots(slots: SlotRanges): number {
  return slots.reduce((sum, [from, to]) => sum + to - from + 1, 0);
}

export function hasSlot(slots: SlotRanges, slot: number): boolean {
  let low = 0;
  let high = slots.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const range = slots[middle];
    if (range === undefined) return false;
    if (slot < range[0]) high = middle - 1;
    else if (slot > range[1]) low = middle + 1;
    else return true;
  }
  return false;
}

/** Every slot of the set, ascending. */
export function* eachSlot(slots: SlotRanges): Generator<number> {
  for (const [from, to] of slots) for (let slot = from; slot <= to; slot += 1) yield slot;
}

/** The set of the given slots, in any order, repeated or not. */
export function slotsOf(slots: Iterable<number>): SlotRanges {
  const sorted = [...slots].sort((a, b) => a - b);
  const ranges: [number, number][] = [];
  for (const slot of sorted) {
    const last = ranges.at(-1);
    if (last !== undefined && slot <= last[1] + 1) last[1] = slot;
    else ranges.push([slot, slot]);
  }
  return ranges;
}

export function unionSlots(a: SlotRanges, b: SlotRanges): SlotRanges {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  return normalise([...a, ...b]);
}

export function minusSlots(a: SlotRanges, b: SlotRanges): SlotRanges {
  const left: SlotRange[] = [];
  let index = 0;
  for (const [from, to] of a) {
    let start = from;
    while (index < b.length && (b[index]?.[1] ?? 0) < start) index += 1;
    for (let at = index; start <= to; at += 1) {
      const cut = b[at];
      if (cut === undefined || cut[0] > to) {
        left.push([start, to]);
        break;
      }
      if (cut[0] > start) left.push([start, cut[0] - 1]);
      start = cut[1] + 1;
    }
  }
  return left;
}

export function intersectSlots(a: SlotRanges, b: SlotRanges): SlotRanges {
  const both: SlotRange[] = [];
  let i = 0;
  let j = 0;
  for (;;) {
    const left = a[i];
    const right = b[j];
    if (left === undefined || right === undefined) return both;
    const from = Math.max(left[0], right[0]);
    const to = Math.min(left[1], right[1]);
    if (from <= to) both.push([from, to]);
    if (left[1] < right[1]) i += 1;
    else j += 1;
  }
}

export function sameSlots(a: SlotRanges, b: SlotRanges): boolean {
  return a.length === b.length && a.every((range, i) => range[0] === b[i]?.[0] && range[1] === b[i]?.[1]);
}

/** What came and what went between two sets. */
export function diffSlots(before: SlotRanges, after: SlotRanges): { added: SlotRanges; removed: SlotRanges } {
  return { added: minusSlots(after, before), removed: minusSlots(before, after) };
}

/** The first `count` slots of a set; all of it when it holds fewer. */
export function takeSlots(slots: SlotRanges, count: number): SlotRanges {
  const taken: SlotRange[] = [];
  let left = count;
  for (const [from, to] of slots) {
    if (left <= 0) break;
    const end = Math.min(to, from + left - 1);
    taken.push([from, end]);
    left -= end - from + 1;
  }
  return taken;
}
