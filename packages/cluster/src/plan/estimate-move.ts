import { budgetMsOf, isNamedPace, type NamedPace, type Pace } from '@slotdeck/model/pace';
import type { Plan, SlotMove } from '@slotdeck/model/plan';
import { countSlots } from '@slotdeck/model/slot-ranges';
import { batchSize } from './move-steps.ts';

/** Round trips of one batch beside its keys: open, list, count, raise the epoch, hand over, wait, close, look. */
const ROUND_TRIPS_PER_BATCH = 14;
/** Milliseconds a batch waits for the nodes to hear of each other, beside round trips. */
const GOSSIP_MS_PER_BATCH = 10;
const MICROSECONDS_PER_KEY = 20;
const MICROSECONDS_PER_KILOBYTE = 4;
/** How much longer than `fast` each pace takes: it leaves that share of the time to clients. */
const SLOWER: Record<NamedPace, number> = { fast: 1, balanced: 1.6, gentle: 5 };
/** A budget alone leaves no time on purpose; a short one cuts keys into more MIGRATEs, each with a beginning and an end. */
const SLOWER_PER_MIGRATE_MS = 4;

/** A range, because networks and data differ. Null when the keys were not counted: a number would be a guess. */
export function estimateMove(moves: readonly SlotMove[], pace: Pace, roundTripMs: number | null): Plan['estimate'] {
  if (moves.length === 0) return null;
  const trip = roundTripMs ?? 0.5;
  const size = batchSize(moves);
  let milliseconds = 0;
  for (const { slots, keys, bytes } of moves) {
    if (keys === null) return null;
    const count = countSlots(slots);
    const batches = Math.ceil(count / size);
    const migrates = Math.min(keys, count) + keys / 100;
    milliseconds += batches * (ROUND_TRIPS_PER_BATCH * trip + GOSSIP_MS_PER_BATCH);
    // Each MIGRATE holds the source for a round trip to the target.
    milliseconds += migrates * trip;
    milliseconds += (keys * MICROSECONDS_PER_KEY + ((bytes ?? keys * 200) / 1000) * MICROSECONDS_PER_KILOBYTE) / 1000;
  }
  const seconds = (milliseconds * slower(pace)) / 1000;
  return { lowSeconds: Math.max(0.5, seconds * 0.7), highSeconds: Math.max(2, seconds * 3) };
}

function slower(pace: Pace): number {
  return isNamedPace(pace) ? SLOWER[pace] : 1 + SLOWER_PER_MIGRATE_MS / budgetMsOf(pace);
}
