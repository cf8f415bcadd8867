import type { ActContext } from './act-context.ts';
import type { Carrier } from './carrier.ts';
import {
  countKeys,
  type CountedKeys,
  groupSlots,
  listKeys,
  loadsOf,
  type KeyLoad,
  type ListedSlot,
} from './list-keys.ts';
import { migrateLoad } from './migrate-load.ts';
import { ActFailure } from './move-problems.ts';
import { limitsOf } from './pace-limits.ts';
import { createThrottle, type Throttle } from './throttle.ts';
import { slotsOf, printSlotRanges } from '@slotdeck/model/slot-ranges';

/** Rounds in which a slot may fail to get emptier before we call it stuck. Keys may expire or appear, so one is no sign. */
const FRUITLESS_ROUNDS = 5;

export interface DrainTally {
  /** Called after each load with what it held. */
  moved(keys: number, bytes: number | null): void;
}

export interface DrainPace {
  readonly throttle: Throttle;
  /** Asked before each load: a reason to send no more. */
  readonly halt: () => ActFailure | null;
}

/**
 * Moves every key of the slots from source to target. Returns when the source counts none of them; the slots are open on both
 * sides, so no new ones can appear there.
 */
export async function drainSlots(
  slots: readonly number[],
  carrier: Carrier,
  context: Pick<ActContext, 'pace' | 'clock' | 'signal'>,
  tally: DrainTally,
  pace: DrainPace = { throttle: createThrottle(() => context.pace()), halt: () => null },
): Promise<void> {
  let left = Infinity;
  let fruitless = 0;
  for (;;) {
    const { counts, databases } = await countKeys(carrier.sender, carrier.source, slots);
    const filled = [...counts].filter(([, keys]) => keys > 0);
    if (filled.length === 0) return;
    const sum = filled.reduce((total, [, keys]) => total + keys, 0);
    fruitless = sum < left ? 0 : fruitless + 1;
    left = sum;
    if (fruitless >= FRUITLESS_ROUNDS) {
      throw new ActFailure('slot-does-not-drain', {
        slots: printSlotRanges(slotsOf(filled.map(([slot]) => slot))),
        node: carrier.source.id,
        name: carrier.source.name,
        keys: sum,
      });
    }
    for (const database of databases) await moveListed(new Map(filled), database, carrier, context, tally, pace);
  }
}

/** The first keys of slots that were counted, listed while others move: no new ones can appear in slots that are open. */
export function listAhead(
  { counts, databases }: CountedKeys,
  carrier: Carrier,
  context: Pick<ActContext, 'pace'>,
): Promise<ListedSlot[]> {
  const [group] = groupSlots(counts);
  const [database] = databases;
  if (group === undefined || database === undefined) return Promise.resolve([]);
  return listKeys(carrier.sender, carrier.source, group, database, context.pace() !== 'fast');
}

/**
 * One pass over slots that were counted before they were opened. Says what to list, never that a slot is empty afterwards.
 */
export async function moveCounted(
  { counts, databases }: CountedKeys,
  ahead: Promise<ListedSlot[]>,
  carrier: Carrier,
  context: Pick<ActContext, 'pace' | 'clock' | 'signal'>,
  tally: DrainTally,
  pace: DrainPace,
): Promise<void> {
  for (const [at, database] of databases.entries())
    await moveListed(counts, database, carrier, context, tally, pace, at === 0 ? ahead : undefined);
}

/** One pass: each slot listed once and what was listed moved. The next group is listed while the present one moves. */
async function moveListed(
  counts: ReadonlyMap<number, number>,
  database: number,
  carrier: Carrier,
  context: Pick<ActContext, 'pace' | 'clock' | 'signal'>,
  tally: DrainTally,
  pace: DrainPace,
  ahead?: Promise<ListedSlot[]>,
): Promise<void> {
  const groups = groupSlots(counts);
  const list = (at: number): Promise<ListedSlot[]> => {
    const group = groups[at];
    const weighs = context.pace() !== 'fast';
    return group === undefined
      ? Promise.resolve([])
      : listKeys(carrier.sender, carrier.source, group, database, weighs);
  };
  let next = ahead ?? list(0);
  for (let at = 0; at < groups.length; at += 1) {
    const listed = await next;
    next = list(at + 1);
    // It is awaited in the next turn; until then a failure must not count as one that nobody looks at.
    next.catch(() => 'seen in the next turn');
    await moveLoads(listed, carrier, context, tally, pace);
  }
}

async function moveLoads(
  listed: readonly ListedSlot[],
  carrier: Carrier,
  context: Pick<ActContext, 'pace' | 'clock' | 'signal'>,
  tally: DrainTally,
  { throttle, halt }: DrainPace,
): Promise<void> {
  const loads = loadsOfAll(listed, throttle);
  async function carry(lane: number): Promise<void> {
    // Those that the pace has no more room for end; the first goes on to the end.
    while (lane < throttle.depth()) {
      context.signal.throwIfAborted();
      const reason = halt();
      if (reason !== null) throw reason;
      const turn = loads.next();
      if (turn.done === true) return;
      const load = turn.value;
      const start = context.clock.monotonic();
      throttle.sent();
      let carried: KeyLoad | null = null;
      try {
        await migrateLoad(load, carrier);
        carried = load;
      } finally {
        const { keys, bytes } = load;
        throttle.answered(context.clock.monotonic() - start, carried && { keys: keys.length, bytes });
      }
      tally.moved(load.keys.length, load.bytes);
      const rest = throttle.restMs(context.clock.monotonic() - start);
      if (rest > 0) await context.clock.sleep(rest, context.signal);
    }
  }
  // One failure ends the pass, but only after the others have their answers: nothing is left under way that nobody awaits.
  const lanes = Array.from({ length: limitsOf(context.pace()).queued }, (_, lane) => carry(lane));
  const ended = await Promise.allSettled(lanes);
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
}

/** Loads cut as they are taken, so that what was measured on the last shapes the next. */
function* loadsOfAll(listed: readonly ListedSlot[], throttle: Throttle): Generator<KeyLoad, void, undefined> {
  for (const slot of listed) yield* loadsOf(slot, () => throttle.load());
}
