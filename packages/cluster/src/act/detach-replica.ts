import type { NodeId } from '@slotdeck/model/ids';
import { clusterBumpEpochCommand, readEpochBump } from '../commands/cluster-bump-epoch.ts';
import type { ActContext, ClusterMember } from './act-context.ts';
import { awaitSight } from './await-sight.ts';
import { createSender, type CommandSender } from './command-sender.ts';
import { joinNode } from './join-node.ts';
import { answeredView, answeredViews, lineOf, lookAt, type Sight } from './look.ts';
import { ActFailure } from './move-problems.ts';
import { memberOf } from './promote-replica.ts';

export interface Detached {
  readonly sent: boolean;
  readonly agreeing: number;
}

const HEARD_MS = 20_000;

/**
 * Makes a replica an empty primary that stays in the cluster: CLUSTER REPLICATE NO ONE where the server has it (Valkey 9.0), else a soft
 * reset, which keeps its id, and a new introduction. Ends when every node that answers shows it so. Safe to repeat.
 * @throws ActFailure
 */
export async function detachReplica(
  { node, byCommand }: { readonly node: NodeId; readonly byCommand: boolean },
  context: ActContext,
): Promise<Detached> {
  const sender = createSender(context);
  const members = context.members();
  const member = memberOf(members, node);
  const before = await lookAt(sender, members);
  const own = answeredView(before, node);
  if (own === null) {
    throw new ActFailure('node-did-not-answer', {
      node,
      name: member.name,
      command: 'CLUSTER NODES',
      seen: 'no answer',
    });
  }
  if (own.self.role === 'primary' && own.self.slots.length > 0) {
    throw new ActFailure('leaving-node-has-slots', { node, name: member.name });
  }
  const isReplica = own.self.role === 'replica';
  if (isReplica) {
    const command = byCommand ? ['CLUSTER', 'REPLICATE', 'NO', 'ONE'] : ['CLUSTER', 'RESET', 'SOFT'];
    await sender.ask(member, command, () => ({ ok: true, value: null }));
  }
  // After a reset, also one of an earlier attempt, it knows nobody.
  if (!byCommand) {
    await joinNode(member, context, { wasForgotten: false });
    await settleEpoch(member, { ...context, sender });
  }
  const sight = await awaitSight(members, (seen) => notDetached(seen, member), { ...context, sender }, HEARD_MS);
  return { sent: isReplica, agreeing: answeredViews(sight).length };
}

/**
 * A replica announces its primary's config epoch, and nobody believes a smaller one afterwards: the others would for ever say another
 * epoch of the node than it says itself, the same as its former primary's. A new one of its own ends that.
 */
async function settleEpoch(
  member: ClusterMember,
  context: Pick<ActContext, 'members' | 'clock' | 'signal'> & { sender: CommandSender },
): Promise<void> {
  const { sender } = context;
  const members = context.members();
  if (notSettled(await lookAt(sender, members), member) === null) return;
  await sender.ask(member, clusterBumpEpochCommand, readEpochBump);
  await awaitSight(members, (seen) => notSettled(seen, member), context, HEARD_MS);
}

function notSettled(sight: Sight, member: ClusterMember): ActFailure | null {
  const own = answeredView(sight, member.id)?.self.configEpoch;
  const behind = answeredViews(sight).filter((view) => lineOf(view, member.id)?.configEpoch !== own);
  if (behind.length === 0) return null;
  const names = behind.map((view) => view.member.name);
  return new ActFailure('not-seen-as-primary', { node: member.id, name: member.name, names });
}

function notDetached(sight: Sight, member: ClusterMember): ActFailure | null {
  const behind = answeredViews(sight).filter((view) => lineOf(view, member.id)?.role !== 'primary');
  if (behind.length === 0) return null;
  const names = behind.map((view) => view.member.name);
  return new ActFailure('not-seen-as-primary', { node: member.id, name: member.name, names });
}
