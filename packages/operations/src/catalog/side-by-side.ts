import type { PlannedStep } from '@slotdeck/model/plan';
import { isMoveStep } from './move-journal.ts';

/** Each pair holds up its own two nodes and no other, but all of them share the network and us. */
const MOST_AT_ONCE = 8;

/**
 * The step that may begin while others are at work: a move between two nodes that no move at work, and no earlier one that waits, has
 * to do with. Moves of one pair keep their order, and nothing overtakes a step that is no move. Servers that move slots by themselves
 * do it one job at a time.
 */
export function moveBeside(waiting: readonly PlannedStep[], atWork: readonly PlannedStep[]): PlannedStep | null {
  if (atWork.length >= MOST_AT_ONCE) return null;
  const taken = new Set<string>();
  for (const step of atWork) {
    if (!isMoveStep(step) || step.move.driver === 'atomic') return null;
    taken.add(step.move.from).add(step.move.to);
  }
  for (const step of waiting) {
    if (!isMoveStep(step) || step.move.driver === 'atomic') return null;
    const { from, to } = step.move;
    if (!taken.has(from) && !taken.has(to)) return step;
    taken.add(from).add(to);
  }
  return null;
}
