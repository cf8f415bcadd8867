import type { Clock } from '@slotdeck/model/clock';
import type { Pacing, Progress } from '@slotdeck/model/operation';
import type { OperationEvent } from '@slotdeck/model/operation-events';
import type { Plan } from '@slotdeck/model/plan';
import { countSlots, NO_SLOTS, printSlotRanges, unionSlots, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { isMoveStep, type MoveStep } from './move-journal.ts';
import { createRateWindow } from './rate-window.ts';

/** What one step says of itself while it moves. */
export interface StepProgress {
  readonly slotsDone: number;
  /** Keys that left the source in this attempt. */
  readonly keysMoved: number;
  readonly bytesMoved: number | null;
  readonly inFlight: SlotRanges;
  readonly phase: string;
  readonly pacing?: Pacing;
}

export interface MoveProgress {
  /** A new attempt at the step: what earlier ones moved is added to what this one tells. Several steps may be at work at once. */
  begin(step: MoveStep): StepAtWork;
  /** Over all attempts. */
  countOf(step: MoveStep): { readonly keys: number; readonly bytes: number | null };
  now(): Progress;
}

export interface StepAtWork {
  report(now: StepProgress): Progress;
  /** With nothing of it in flight; `arrived` slots of it are at their target now, whatever it told on its way. */
  rest(arrived?: number): Progress;
}

type Count = { slots: number; keys: number; bytes: number | null };

/**
 * Counts slots, keys and bytes over all steps of a plan. What earlier steps moved is read from the journal, so that a restart
 * counts on; keys moved by an attempt that was cut off are counted as far as it had told. Rates begin anew after a restart.
 */
export function createMoveProgress(
  { plan, events }: { plan: Pick<Plan, 'moves' | 'steps'>; events: readonly OperationEvent[] },
  clock: Pick<Clock, 'monotonic'>,
): MoveProgress {
  const done = new Map<string, Count>();
  const steps = plan.steps.filter(isMoveStep);
  for (const event of events) {
    if (event.type !== 'step-done' && event.type !== 'step-skipped') continue;
    const step = steps.find((each) => each.id === event.step);
    if (step !== undefined) done.set(step.id, countOf(step, event.facts));
  }
  const slotRate = createRateWindow();
  const keyRate = createRateWindow();
  const byteRate = createRateWindow();
  const atWork = new Map<string, { readonly before: Count; now: StepProgress }>();

  function progress(): Progress {
    const pairs = plan.moves.map((move): Progress['pairs'][number] => {
      const own = steps.filter((step) => step.move.from === move.from && step.move.to === move.to);
      const sum = total(own.map((step) => countFor(step)));
      const busy = own.flatMap((step) => atWork.get(step.id) ?? []);
      return {
        from: move.from,
        to: move.to,
        slotsDone: sum.slots,
        slotsTotal: countSlots(move.slots),
        keysDone: sum.keys,
        keysTotal: move.keys,
        inFlight: printSlotRanges(busy.reduce((all, { now }) => unionSlots(all, now.inFlight), NO_SLOTS)),
        phase: busy[0]?.now.phase ?? '',
      };
    });
    const sum = total(steps.map((step) => countFor(step)));
    const slotsTotal = plan.moves.reduce((all, move) => all + countSlots(move.slots), 0);
    const keysTotal = totalOrNull(plan.moves.map((move) => move.keys));
    const bytesTotal = totalOrNull(plan.moves.map((move) => move.bytes));
    const now = clock.monotonic();
    slotRate.add(now, sum.slots);
    keyRate.add(now, sum.keys);
    if (sum.bytes !== null) byteRate.add(now, sum.bytes);
    const slotsPerSecond = slotRate.perSecond(now);
    const keysPerSecond = keyRate.perSecond(now);
    return {
      slotsDone: sum.slots,
      slotsTotal,
      keysDone: sum.keys,
      keysTotal,
      bytesDone: sum.bytes,
      bytesTotal,
      slotsPerSecond,
      keysPerSecond,
      bytesPerSecond: sum.bytes === null ? null : byteRate.perSecond(now),
      pacing: slowest([...atWork.values()].flatMap((each) => each.now.pacing ?? [])),
      secondsLeft: secondsLeft(slotsTotal - sum.slots, slotsPerSecond, (keysTotal ?? 0) - sum.keys, keysPerSecond),
      pairs,
    };
  }

  function countFor(step: MoveStep): Count {
    const busy = atWork.get(step.id);
    if (busy === undefined) return done.get(step.id) ?? { slots: 0, keys: 0, bytes: 0 };
    const { before, now } = busy;
    const bytes = before.bytes === null || now.bytesMoved === null ? null : before.bytes + now.bytesMoved;
    return { slots: now.slotsDone, keys: before.keys + now.keysMoved, bytes };
  }

  return {
    begin(step) {
      const before = countFor(step);
      const slotsDone = before.slots;
      const mine: { readonly before: Count; now: StepProgress } = {
        before,
        now: { slotsDone, keysMoved: 0, bytesMoved: 0, inFlight: NO_SLOTS, phase: '' },
      };
      atWork.set(step.id, mine);
      return {
        report(now) {
          if (atWork.get(step.id) === mine) mine.now = now;
          return progress();
        },
        rest(arrived = 0) {
          const count = countFor(step);
          done.set(step.id, { ...count, slots: Math.max(count.slots, arrived) });
          atWork.delete(step.id);
          return progress();
        },
      };
    },
    countOf(step) {
      const { keys, bytes } = countFor(step);
      return { keys, bytes };
    },
    now: progress,
  };
}

/** Of several pairs, how the one is paced that is held back most. */
function slowest(pacings: readonly Pacing[]): Pacing | null {
  return pacings.reduce<Pacing | null>(
    (worst, each) =>
      worst === null ||
      each.share < worst.share ||
      (each.share === worst.share && (each.waitMs ?? 0) > (worst.waitMs ?? 0))
        ? each
        : worst,
    null,
  );
}

function countOf(step: MoveStep, facts: Readonly<Record<string, unknown>>): Count {
  const { keys, bytes } = facts;
  return {
    slots: countSlots(step.move.slots),
    keys: typeof keys === 'number' ? keys : 0,
    bytes: typeof bytes === 'number' ? bytes : null,
  };
}

function total(counts: readonly Count[]): Count {
  return {
    slots: counts.reduce((sum, each) => sum + each.slots, 0),
    keys: counts.reduce((sum, each) => sum + each.keys, 0),
    bytes: totalOrNull(counts.map((each) => each.bytes)),
  };
}

/** Null as soon as one part is not known: a total of the known ones would look like the whole. */
function totalOrNull(numbers: readonly (number | null)[]): number | null {
  return numbers.reduce<number | null>((sum, each) => (sum === null || each === null ? null : sum + each), 0);
}

/** By whichever of slots and keys will take longer: empty slots go fast, keys set the pace where there are many. */
function secondsLeft(slots: number, slotRate: number | null, keys: number, keyRate: number | null): number | null {
  if (slots <= 0) return 0;
  if (slotRate === null || slotRate <= 0) return null;
  const bySlots = slots / slotRate;
  const byKeys = keyRate !== null && keyRate > 0 && keys > 0 ? keys / keyRate : 0;
  return Math.max(bySlots, byKeys);
}
