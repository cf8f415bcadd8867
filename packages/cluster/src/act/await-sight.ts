import type { ActContext, ClusterMember } from './act-context.ts';
import type { CommandSender } from './command-sender.ts';
import { lookAt, type Sight } from './look.ts';
import type { ActFailure } from './move-problems.ts';
import { FIRST_REST_MS, nextRest } from './resting.ts';

/**
 * Looks at all members again and again until `missing` finds nothing missing any more. A `+OK` says that a node took an order, never
 * that the others know; only their own tables say that.
 * @returns what was seen last. @throws ActFailure the one that `missing` gave last, when the time is over
 */
export async function awaitSight(
  members: readonly ClusterMember[],
  missing: (sight: Sight) => ActFailure | null,
  { sender, clock, signal }: Pick<ActContext, 'clock' | 'signal'> & { sender: Pick<CommandSender, 'send'> },
  withinMs: number,
): Promise<Sight> {
  const end = clock.monotonic() + withinMs;
  for (let rest = FIRST_REST_MS; ; rest = nextRest(rest)) {
    const sight = await lookAt(sender, members);
    const lack = missing(sight);
    if (lack === null) return sight;
    if (clock.monotonic() >= end) throw lack;
    await clock.sleep(rest, signal);
  }
}
