import keySlot from 'cluster-key-slot';
import { parseSlotRanges, type SlotRanges } from '@slotdeck/model/slot-ranges';

/** What a text in the search field means. A number or range is read as slots; whatever else as the name of a key. */
export type SlotSearch =
  | { kind: 'nothing' }
  | { kind: 'slots'; slots: SlotRanges }
  | { kind: 'key'; key: string; slot: number }
  /** It looks like slots, but is none: 16384, or 9-3. Reading it as a key would hide the slip. */
  | { kind: 'no-such-slot'; part: string };

export function readSlotSearch(text: string): SlotSearch {
  const trimmed = text.trim();
  if (trimmed === '') return { kind: 'nothing' };
  const parsed = parseSlotRanges(trimmed);
  if (parsed.ok) return { kind: 'slots', slots: parsed.slots };
  if (parsed.code === 'not-a-slot' || parsed.code === 'empty')
    return { kind: 'key', key: trimmed, slot: keySlot(trimmed) };
  return { kind: 'no-such-slot', part: parsed.part };
}
