import type { NodeId } from '@slotdeck/model/ids';
import type { ActContext } from './act-context.ts';
import { createSender } from './command-sender.ts';
import { followPrimary } from './follow-primary.ts';
import { answeredView, answeredViews, lookAt, votingViews, type Sight } from './look.ts';
import { ActFailure } from './move-problems.ts';

export type Reparented =
  { readonly outcome: 'done'; readonly followed: readonly string[] } | { readonly outcome: 'stopped' };

/**
 * Gives every replica of a node that leaves to another primary, all at once, and waits until each has its data. `planned` says whom
 * each was to follow; one that the plan did not know of, or whose planned primary is no primary any more, gets the one with the fewest.
 * @throws ActFailure
 */
export async function reparentReplicas(
  node: NodeId,
  planned: ReadonlyMap<NodeId, NodeId>,
  context: ActContext,
): Promise<Reparented> {
  const sight = await lookAt(createSender(context), context.members());
  const followers = answeredViews(sight).filter((view) => view.self.role === 'replica' && view.self.primaryId === node);
  const taken = new Map<NodeId, number>();
  const orders = followers.map((view) => {
    const primary = heirFor(view.member.id, node, planned, taken, sight);
    taken.set(primary, (taken.get(primary) ?? 0) + 1);
    return { node: view.member.id, name: view.member.name, primary };
  });
  const results = await Promise.all(orders.map((order) => followPrimary(order, context)));
  if (results.some(({ outcome }) => outcome === 'stopped')) return { outcome: 'stopped' };
  return { outcome: 'done', followed: orders.map(({ name }) => name) };
}

function heirFor(
  replica: NodeId,
  leaving: NodeId,
  planned: ReadonlyMap<NodeId, NodeId>,
  taken: ReadonlyMap<NodeId, number>,
  sight: Sight,
): NodeId {
  const wanted = planned.get(replica);
  const own = wanted === undefined ? null : answeredView(sight, wanted);
  if (wanted !== undefined && own?.self.role === 'primary' && own.self.slots.length > 0) return wanted;
  const count = (id: NodeId): number =>
    answeredViews(sight).filter((view) => view.self.primaryId === id).length + (taken.get(id) ?? 0);
  const [best] = votingViews(sight)
    .map((view) => view.member.id)
    .filter((id) => id !== leaving)
    .toSorted((a, b) => count(a) - count(b) || (a < b ? -1 : 1));
  if (best === undefined) throw new ActFailure('node-unknown', { node: leaving });
  return best;
}
