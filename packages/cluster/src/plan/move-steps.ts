import {
  countSlots,
  eachSlot,
  intersectSlots,
  minusSlots,
  NO_SLOTS,
  printSlotRanges,
  slotsOf,
  takeSlots,
  type SlotRanges,
} from '@slotdeck/model/slot-ranges';
import type { PlannedStep, SlotMove } from '@slotdeck/model/plan';

/**
 * Within a step slots travel in overlapping waves, and a pause waits for those only; a step's beginning and end are not overlapped. So a
 * small move has small steps, in which a person sees it go on, and a large one has large ones, in which these waits cost little.
 */
const SLOTS_PER_STEP = { least: 64, most: 512 };
const STEPS_OF_SMALL_MOVE = 6;
/** A journal and a list on a screen stay readable; large moves get larger steps instead of more. */
const MOST_MOVE_STEPS = 398;

/** More slots with large keys than these are moved among the others: a list of steps is to be read. */
const MOST_ALONE = 50;

/**
 * The steps of a plan: `check`, `move-1` …, `verify`. Ids depend on nothing but the moves, so a journal can name them. Slots of `heavy`
 * come last and each in a step of its own: what can be felt comes when everything else is over, and can be cancelled before.
 */
export function stepsForMoves(
  moves: readonly SlotMove[],
  nameOf: (node: string) => string,
  heavy: SlotRanges = NO_SLOTS,
): PlannedStep[] {
  if (moves.length === 0) return [];
  const size = batchSize(moves);
  const alone = countSlots(heavy) > MOST_ALONE ? NO_SLOTS : heavy;
  const common = moves.map((move) => ({
    ...move,
    slots: isClassic(move) ? minusSlots(move.slots, alone) : move.slots,
  }));
  const last = moves
    .filter(isClassic)
    .flatMap((move) =>
      [...eachSlot(intersectSlots(move.slots, alone))].map((slot) => ({ ...move, slots: slotsOf([slot]) })),
    );
  const batches = [...common, ...last].flatMap((move) => splitMove(move, size));
  return [
    {
      id: 'check',
      title: 'Check that the cluster is still as planned',
      component: 'check',
      onFailure: 'pause',
      facts: {},
      move: null,
    },
    ...batches.map((batch, at): PlannedStep => ({
      id: `move-${at + 1}`,
      title: `Move slots ${printSlotRanges(batch.slots)} from ${nameOf(batch.from)} to ${nameOf(batch.to)}`,
      component: 'move',
      onFailure: 'retry',
      facts: { slots: countSlots(batch.slots), from: nameOf(batch.from), to: nameOf(batch.to) },
      move: batch,
    })),
    {
      id: 'verify',
      title: 'Verify that every node agrees',
      component: 'verify',
      onFailure: 'retry',
      facts: {},
      move: null,
    },
  ];
}

/** How many slots go into one step. */
export function batchSize(moves: readonly Pick<SlotMove, 'slots' | 'driver'>[]): number {
  const sizes = moves.map((move) => countSlots(move.slots));
  const slots = sizes.reduce((sum, each) => sum + each, 0);
  // A server's own job is a process that it forks, and a moment in which it holds all writes.
  const isAtomic = moves.some(({ driver }) => driver === 'atomic');
  let size = isAtomic ? SLOTS_PER_STEP.most : SLOTS_PER_STEP.least;
  while (size < SLOTS_PER_STEP.most && slots > size * STEPS_OF_SMALL_MOVE) size *= 2;
  const steps = (): number => sizes.reduce((sum, each) => sum + Math.ceil(each / size), 0);
  while (size < 16_384 && steps() > MOST_MOVE_STEPS) size *= 2;
  return size;
}

function isClassic({ driver }: SlotMove): boolean {
  return driver !== 'atomic';
}

function splitMove({ from, to, slots, driver }: SlotMove, size: number): NonNullable<PlannedStep['move']>[] {
  const batches: NonNullable<PlannedStep['move']>[] = [];
  let rest = slots;
  while (rest.length > 0) {
    const part = takeSlots(rest, size);
    batches.push({ from, to, slots: part, ...(driver === undefined ? {} : { driver }) });
    rest = minusSlots(rest, part);
  }
  return batches;
}
