import type { NodeId } from '@slotdeck/model/ids';
import { infoCommand, readInfo } from '../commands/info.ts';
import type { ActContext, ClusterMember } from './act-context.ts';
import { awaitSight } from './await-sight.ts';
import { createSender, type CommandSender } from './command-sender.ts';
import { answeredView, answeredViews, lineOf, lookAt, type Sight } from './look.ts';
import { ActFailure } from './move-problems.ts';
import { memberOf } from './promote-replica.ts';
import { FIRST_REST_MS, nextRest } from './resting.ts';

/** Until every node has heard who follows whom. */
const HEARD_MS = 20_000;

export type Followed =
  | { readonly outcome: 'in-step'; readonly sent: boolean; readonly agreeing: number }
  /** A person asked for rest while data was still coming over; the replica goes on by itself. */
  | { readonly outcome: 'stopped' };

/**
 * CLUSTER REPLICATE, and then the wait until every node that answers shows the node under that primary and its data is there: link
 * up, nothing loading, no synchronisation under way. `state=online` at the primary is not enough: it is printed while the replica
 * still loads. Safe to repeat. The first copy of much data takes long; `asked` is looked at while it runs.
 * @throws ActFailure
 */
export async function followPrimary(
  { node, primary }: { readonly node: NodeId; readonly primary: NodeId },
  context: ActContext,
): Promise<Followed> {
  const sender = createSender(context);
  const members = context.members();
  const member = memberOf(members, node);
  const to = memberOf(members, primary);
  const now = answeredView(await lookAt(sender, members), node);
  const isSo = now?.self.role === 'replica' && now.self.primaryId === primary;
  if (!isSo) await sender.ask(member, ['CLUSTER', 'REPLICATE', primary], () => ({ ok: true, value: null }));
  const missing = (sight: Sight): ActFailure | null => notHeard(sight, member, to);
  const sight = await awaitSight(members, missing, { ...context, sender }, HEARD_MS);
  if (!(await inStep(member, sender, context))) return { outcome: 'stopped' };
  return { outcome: 'in-step', sent: !isSo, agreeing: answeredViews(sight).length };
}

function notHeard(sight: Sight, member: ClusterMember, primary: ClusterMember): ActFailure | null {
  const deaf = answeredViews(sight).filter((view) => lineOf(view, member.id)?.primaryId !== primary.id);
  if (deaf.length === 0) return null;
  const names = deaf.map((view) => view.member.name);
  return new ActFailure('not-seen-as-replica', { node: member.id, name: member.name, primary: primary.name, names });
}

/** False: something other than going on was asked. */
async function inStep(
  member: ClusterMember,
  sender: CommandSender,
  { clock, signal, asked }: ActContext,
): Promise<boolean> {
  for (let rest = FIRST_REST_MS; ; rest = nextRest(rest)) {
    const { replication, loading } = await sender.ask(member, infoCommand, readInfo);
    if (replication.link === 'up' && !replication.syncing && !loading) return true;
    if (asked() !== 'go-on') return false;
    await clock.sleep(rest, signal);
  }
}
