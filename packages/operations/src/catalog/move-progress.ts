import type { Clock } from '@slotdeck/model/clock';
import type { Pacing, Progress } from '@slotdeck/model/operation';
import type { OperationEvent } from '@slotdeck/model/operation-events';
import type { Plan } from '@slotdeck/model/plan';
import { countSlots, NO_SLOTS, printSlotRanges, type SlotRanges } from '@slotdeck/model/slot-ranges';
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
  /** A new attempt at the step: what earlier ones moved is added to what this one tells. */
  begin(step: MoveStep): void;
  /** Of the step that was begun last. */
  report(now: StepProgress): Progress;
  /** Over all attempts. */
  countOf(step: MoveStep): { readonly keys: number; readonly bytes: number | null };
  /** With nothing in flight; `arrived` slots of the step begun last are at their target now, whatever it told on its way. */
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
  let current: { step: MoveStep; before: Count; now: StepProgress } | null = null;

  function progress(): Progress {
    const pairs = plan.moves.map((move): Progress['pairs'][number] => {
      const own = steps.filter((step) => step.move.from === move.from && step.move.to === move.to);
      const sum = total(own.map((step) => countFor(step)));
      const isCurrent = current !== null && own.includes(current.step);
      return {
        from: move.from,
        to: move.to,
        slotsDone: sum.slots,
        slotsTotal: countSlots(move.slots),
        keysDone: sum.keys,
        keysTotal: move.keys,
        inFlight: isCurrent && current !== null ? printSlotRanges(current.now.inFlight) : '',
        phase: isCurrent && current !== null ? current.now.phase : '',
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
      pacing: current?.now.pacing ?? null,
      secondsLeft: secondsLeft(slotsTotal - sum.slots, slotsPerSecond, (keysTotal ?? 0) - sum.keys, keysPerSecond),
      pairs,
    };
  }

  function countFor(step: MoveStep): Count {
    if (current?.step.id !== step.id) return done.get(step.id) ?? { slots: 0, keys: 0, bytes: 0 };
    const { before, now } = current;
    const bytes = before.bytes === null || now.bytesMoved === null ? null : before.bytes + now.bytesMoved;
    return { slots: now.slotsDone, keys: before.keys + now.keysMoved, bytes };
  }

  return {
    begin(step) {
      if (current !== null) done.set(current.step.id, countFor(current.step));
      current = null;
      const before = countFor(step);
      const slotsDone = before.slots;
      current = { step, before, now: { slotsDone, keysMoved: 0, bytesMoved: 0, inFlight: NO_SLOTS, phase: '' } };
    },
    report(now) {
      if (current !== null) current = { ...current, now };
      return progress();
    },
    countOf(step) {
      const { keys, bytes } = countFor(step);
      return { keys, bytes };
    },
    rest(arrived = 0) {
      if (current !== null) {
        const count = countFor(current.step);
        done.set(current.step.id, { ...count, slots: Math.max(count.slots, arrived) });
      }
      current = null;
      return progress();
    },
  };
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
