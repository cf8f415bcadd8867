import type { NodeId } from '@slotdeck/model/ids';
import type { ActContext, ClusterMember } from './act-context.ts';
import { awaitSight } from './await-sight.ts';
import { createSender, failureOf, type CommandSender } from './command-sender.ts';
import { answeredView, answeredViews, lineOf, lookAt, type Sight } from './look.ts';
import { ActFailure } from './move-problems.ts';

export interface Promotion {
  /** The replica that is to become primary. */
  readonly node: NodeId;
  /** Whose place it takes. */
  readonly primary: NodeId;
  readonly mode: 'normal' | 'force' | 'takeover';
}

export interface Promoted {
  /** False: it was primary already, nothing was sent. */
  readonly sent: boolean;
  /** Nodes that say so, itself included. */
  readonly agreeing: number;
  /** Its config epoch now. */
  readonly epoch: number;
}

/** What the server writes only into its log, as far as it can be known from outside. */
const STILL_A_REPLICA =
  'it is still a replica; voters of Redis refuse a second failover of one shard within two node timeouts, and a manual one gives up after 5 s';

/** A manual failover gives up by itself after 5 s (`cluster-manual-failover-timeout`); the news takes gossip a little longer. */
const PROMOTION_MS = 12_000;

/**
 * CLUSTER FAILOVER on a replica, and then the wait until every node that answers shows it as primary and its old primary, where that
 * answers, as no primary of slots any more. Safe to repeat: a replica that has been promoted is only verified.
 * @throws ActFailure `failover-not-completed` when the server gave up or the others do not know in time
 */
export async function promoteReplica({ node, primary, mode }: Promotion, context: ActContext): Promise<Promoted> {
  const sender = createSender(context);
  const members = context.members();
  const member = memberOf(members, node);
  const before = await lookAt(sender, members);
  const self = answeredView(before, node);
  if (self === null) {
    throw new ActFailure('node-did-not-answer', {
      node,
      name: member.name,
      command: 'CLUSTER NODES',
      seen: 'no answer',
    });
  }
  const isDone = self.self.role === 'primary';
  if (!isDone) {
    const words = mode === 'normal' ? [] : [mode === 'force' ? 'FORCE' : 'TAKEOVER'];
    await order(member, ['CLUSTER', 'FAILOVER', ...words], sender);
  }
  const sight = await awaitSight(
    members,
    (seen) => notPromoted(seen, { member, primary }),
    { ...context, sender },
    PROMOTION_MS,
  );
  return {
    sent: !isDone,
    agreeing: answeredViews(sight).length,
    epoch: answeredView(sight, node)?.self.configEpoch ?? 0,
  };
}

/** An earlier order may have been carried out since we looked: a node that is no replica any more is what was wanted. */
async function order(member: ClusterMember, command: readonly string[], sender: CommandSender): Promise<void> {
  const [outcome] = await sender.send(member, [command]);
  if (outcome === undefined) throw new Error('a pipeline of one command came back empty');
  if (outcome.ok) return;
  const { failure } = outcome.error;
  // Wordings of Redis 7.0 to 8.6 and Valkey 8.0 to 9.1.
  if (failure.kind === 'error-reply' && /CLUSTER FAILOVER to a (replica|slave)/i.test(failure.line)) return;
  throw failureOf(member, command, outcome.error);
}

function notPromoted(sight: Sight, { member, primary }: { member: ClusterMember; primary: NodeId }): ActFailure | null {
  const facts = { node: member.id, name: member.name };
  const self = answeredView(sight, member.id);
  if (self === null)
    return new ActFailure('node-did-not-answer', { ...facts, command: 'CLUSTER NODES', seen: 'no answer' });
  if (self.self.role !== 'primary')
    return new ActFailure('failover-not-completed', { ...facts, seen: STILL_A_REPLICA });
  const others = answeredViews(sight).filter((view) => {
    const line = lineOf(view, member.id);
    const old = lineOf(view, primary);
    return line?.role !== 'primary' || (old?.role === 'primary' && old.slots.length > 0);
  });
  if (others.length === 0) return null;
  const names = others.map((view) => view.member.name);
  return new ActFailure('failover-not-completed', {
    ...facts,
    seen: `${names.join(', ')} do not show it as primary yet`,
  });
}

/** @throws ActFailure `node-unknown` */
export function memberOf(members: readonly ClusterMember[], id: NodeId): ClusterMember {
  const found = members.find((each) => each.id === id);
  if (found === undefined) throw new ActFailure('node-unknown', { node: id });
  return found;
}
