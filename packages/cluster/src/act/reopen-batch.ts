import type { OperationProblem } from '@slotdeck/model/operation';
import { countSlots, NO_SLOTS, type SlotRanges } from '@slotdeck/model/slot-ranges';
import type { ActContext, MoveBatch } from './act-context.ts';
import { createSender } from './command-sender.ts';
import { lookAt } from './look.ts';
import { ActFailure } from './move-problems.ts';
import { openSlots } from './open-slots.ts';
import { judgeBatch, requireEnds } from './reconcile-batch.ts';

export type Reopening =
  | { readonly outcome: 'reopened'; readonly slots: SlotRanges }
  | { readonly outcome: 'not-reopened'; readonly problem: OperationProblem };

/**
 * Opens again what a failover closed: up to Redis 8 a replica does not carry the marks of its primary, so that once it is promoted
 * clients no longer find the keys that have moved already: the new source does not send them on, or the old one sends them to the
 * dead target. Moves no key and opens no slot that was not open before. Safe to repeat.
 */
export async function reopenBatch(batch: MoveBatch, context: ActContext): Promise<Reopening> {
  const sender = createSender(context);
  try {
    const sight = await lookAt(sender, context.members());
    const ends = requireEnds(sight, batch, context.replicasOf);
    const state = judgeBatch(ends, batch, sight);
    if (ends.source === null || countSlots(state.open) === 0) return { outcome: 'reopened', slots: NO_SLOTS };
    await openSlots(state.open, state, { source: ends.source.member, target: ends.target.member }, sender);
    return { outcome: 'reopened', slots: state.open };
  } catch (error) {
    if (!(error instanceof ActFailure)) throw error;
    return { outcome: 'not-reopened', problem: error.problem };
  }
}
