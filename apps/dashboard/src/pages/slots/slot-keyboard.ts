import { SLOT_COUNT } from '@slotdeck/model/slot-ranges';
import { COLUMNS } from './slot-grid.ts';
import { PROBLEM_FLAGS, SlotFlag, type SlotFacts } from './slot-facts.ts';

/**
 * Where the focus goes when a key is pressed on the map; null when the key means nothing there or nothing follows.
 * `[` and `]` go to the first slot of the previous and next owner, O to the next open slot, P to the next problem; both wrap.
 */
export function focusAfter(key: string, slot: number, facts: SlotFacts): number | null {
  const last = SLOT_COUNT - 1;
  const inside = (next: number): number | null => (next < 0 || next > last ? null : next);
  switch (key) {
    case 'ArrowLeft':
      return inside(slot - 1);
    case 'ArrowRight':
      return inside(slot + 1);
    case 'ArrowUp':
      return inside(slot - COLUMNS);
    case 'ArrowDown':
      return inside(slot + COLUMNS);
    case 'Home':
      return slot - (slot % COLUMNS);
    case 'End':
      return slot - (slot % COLUMNS) + COLUMNS - 1;
    case 'PageUp':
      return Math.max(slot % COLUMNS, slot - 16 * COLUMNS);
    case 'PageDown':
      return Math.min(last - COLUMNS + 1 + (slot % COLUMNS), slot + 16 * COLUMNS);
    case '[':
      return previousBorder(slot, facts);
    case ']':
      return nextBorder(slot, facts);
    case 'o':
    case 'O':
      return nextFlagged(slot, facts, SlotFlag.open);
    case 'p':
    case 'P':
      return nextFlagged(slot, facts, PROBLEM_FLAGS);
    default:
      return null;
  }
}

function nextBorder(slot: number, { shard }: SlotFacts): number | null {
  for (let next = slot + 1; next < SLOT_COUNT; next += 1) if (shard[next] !== shard[next - 1]) return next;
  return null;
}

function previousBorder(slot: number, { shard }: SlotFacts): number | null {
  for (let next = slot - 1; next > 0; next -= 1) if (shard[next] !== shard[next - 1]) return next;
  return slot === 0 ? null : 0;
}

/** The first slot of the next flagged run, so that O goes from group to group and not through each slot of one. */
function nextFlagged(slot: number, { flags }: SlotFacts, flag: number): number | null {
  const has = (at: number): boolean => ((flags[at] ?? 0) & flag) !== 0;
  for (let step = 1; step <= SLOT_COUNT; step += 1) {
    const at = (slot + step) % SLOT_COUNT;
    if (has(at) && (at === 0 || !has(at - 1))) return at;
  }
  return null;
}
