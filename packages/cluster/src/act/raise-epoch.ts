import { clusterBumpEpochCommand, readEpochBump } from '../commands/cluster-bump-epoch.ts';
import { clusterInfoCommand, readClusterInfo } from '../commands/cluster-info.ts';
import type { ActContext, ClusterMember } from './act-context.ts';
import { readOutcome, type CommandSender } from './command-sender.ts';
import { ActFailure } from './move-problems.ts';
import { FIRST_REST_MS, nextRest } from './resting.ts';

/** Heard by nobody on purpose; the name is for whoever watches all channels. */
const CHANNEL = 'slotdeck:epoch';

/** Gossip alone needs about a second to reach every node of a small cluster. */
const HEAR_TIMEOUT_MS = 15_000;

/**
 * Makes sure that the target's next hand-over gives it a new, greater epoch. A node that has the greatest epoch already takes slots
 * without a new one, and then a replica that missed the hand-over can be elected without the slots: their only record dies with
 * the node. So another primary raises the cluster's epoch first, and we wait until the target has heard.
 *
 * A bystander does it where there is one. A greater epoch strengthens every claim of the node that takes it, also one that is over
 * and that somebody still believes in: the source has such claims, for the slots it gave just before.
 *
 * A published message carries the sender's epoch on the cluster bus at once, where gossip takes up to a second. It is sent on a
 * channel of ours and is empty; where publishing is not permitted, gossip does it.
 */
export async function raiseEpochAbove(
  target: ClusterMember,
  raiser: ClusterMember,
  { sender, clock, signal, note }: Pick<ActContext, 'clock' | 'signal' | 'note'> & { sender: CommandSender },
): Promise<void> {
  const before = await sender.ask(target, clusterInfoCommand, readClusterInfo);
  if (before.currentEpoch === null || before.myEpoch === null || before.currentEpoch > before.myEpoch) return;
  const commands = [clusterBumpEpochCommand, ['PUBLISH', CHANNEL, '']];
  const [bumped, published] = await sender.send(raiser, commands);
  if (bumped === undefined || published === undefined) throw new Error('a pipeline of two commands came back short');
  const { epoch } = readOutcome(raiser, clusterBumpEpochCommand, bumped, readEpochBump);
  if (!published.ok) note('epoch-not-published', { node: raiser.id, name: raiser.name, seen: published.error.message });
  const end = clock.monotonic() + HEAR_TIMEOUT_MS;
  for (let rest = FIRST_REST_MS; ; rest = nextRest(rest)) {
    const now = await sender.ask(target, clusterInfoCommand, readClusterInfo);
    if (now.currentEpoch === null || now.currentEpoch >= epoch) return;
    if (clock.monotonic() >= end)
      throw new ActFailure('epoch-not-heard', { node: target.id, name: target.name, epoch });
    await clock.sleep(rest, signal);
  }
}
