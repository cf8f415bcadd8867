import type { Facts } from '@slotdeck/model/finding';
import type { NodeId } from '@slotdeck/model/ids';
import type { Plan } from '@slotdeck/model/plan';
import { minusSlots, NO_SLOTS, unionSlots, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { findNode, type Topology, type TopologyNode } from '@slotdeck/model/topology';

/** Who holds a planned node's place now. */
export type Succession =
  /** It still is a primary, as far as anybody can say. */
  | { readonly kind: 'same' }
  | { readonly kind: 'successor'; readonly node: TopologyNode }
  /** It is gone, and who took its place cannot be told for certain. */
  | { readonly kind: 'unclear'; readonly reason: string; readonly facts: Facts };

/**
 * A successor is named only when nothing speaks against it: exactly one of the replicas the node had when the plan was made is a
 * primary now, it answers, it holds every slot of the node that was not to be moved, and no node that answers sees it otherwise.
 */
export function successionOf(id: NodeId, plan: Pick<Plan, 'basis' | 'moves'>, topology: Topology): Succession {
  const node = findNode(topology, id);
  const followers = plan.basis.nodes.filter((each) => each.primaryId === id).map((each) => each.id);
  const risen = followers
    .map((each) => findNode(topology, each))
    .filter((each): each is TopologyNode => each?.role === 'primary');
  const [heir, ...others] = risen;
  if (heir === undefined) {
    if (node === undefined) return { kind: 'unclear', reason: 'gone', facts: { node: id } };
    if (node.role === 'replica')
      return { kind: 'unclear', reason: 'became-replica', facts: { node: id, of: node.primaryId } };
    return { kind: 'same' };
  }
  const facts = { node: id, heir: heir.id };
  // A replica that was made a primary of its own by other means, while its former primary goes on, inherits nothing.
  if (node !== undefined && node.role === 'primary' && node.health !== 'failed' && node.view.state === 'answered')
    return node.slots.length > 0 || heir.slots.length === 0
      ? { kind: 'same' }
      : { kind: 'unclear', reason: 'both-answer', facts };
  if (others.length > 0)
    return { kind: 'unclear', reason: 'several-rose', facts: { ...facts, rose: risen.map((each) => each.id) } };
  if (heir.view.state !== 'answered') return { kind: 'unclear', reason: 'heir-silent', facts };
  const kept = slotsKept(id, plan);
  if (minusSlots(kept, heir.slots).length > 0) return { kind: 'unclear', reason: 'heir-lacks-slots', facts };
  const doubted = topology.disagreements.some(
    ({ about, subject }) => subject === heir.id && (about === 'role' || about === 'membership'),
  );
  if (doubted) return { kind: 'unclear', reason: 'nodes-disagree', facts };
  return { kind: 'successor', node: heir };
}

/** What the node owned and was to keep. */
function slotsKept(id: NodeId, { basis, moves }: Pick<Plan, 'basis' | 'moves'>): SlotRanges {
  const owned = basis.nodes.find((each) => each.id === id)?.slots ?? NO_SLOTS;
  const leaving = moves
    .filter((move) => move.from === id)
    .reduce<SlotRanges>((sum, move) => unionSlots(sum, move.slots), NO_SLOTS);
  return minusSlots(owned, leaving);
}
