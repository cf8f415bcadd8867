import type { NodeId } from '@slotdeck/model/ids';
import type { NodeAddress } from '../connection/node-calls.ts';
import type { NodeView } from './node-view.ts';

export type AnsweredView = Extract<NodeView, { state: 'answered' }>;

/** A node that answers where one of ours should, and shares no member with us. */
export interface Stranger {
  readonly address: NodeAddress;
  readonly nodeId: NodeId;
  /** How many nodes it knows, itself included. */
  readonly knownNodes: number;
  /** Our node that is said to be at this address; null when it is a seed that leads elsewhere. */
  readonly inPlaceOf: NodeId | null;
}

export interface Sorted {
  readonly members: readonly AnsweredView[];
  readonly others: readonly AnsweredView[];
}

/**
 * Tells the views of our cluster from those of another one that answers at an address we know: an address is used again by a new
 * machine, a seed is wrong. Whoever is in the inventory, or lists somebody who is, belongs. Without an inventory (a cluster
 * that is seen for the first time) the first seed that answered decides.
 */
export function sortByMembership(views: readonly AnsweredView[], inventory: ReadonlySet<NodeId>): Sorted {
  const first = views[0];
  if (first === undefined) return { members: [], others: [] };
  const known = new Set<NodeId>(inventory.size > 0 ? inventory : idsIn(first));
  const members = new Set<AnsweredView>();
  // A view can belong through another one that belongs, so this goes on until nothing new is found.
  for (let found = true; found;) {
    found = false;
    for (const view of views) {
      if (members.has(view)) continue;
      const ids = idsIn(view);
      if (!ids.some((id) => known.has(id))) continue;
      members.add(view);
      for (const id of ids) known.add(id);
      found = true;
    }
  }
  const kept = dropDeparted(views.filter((view) => members.has(view)));
  return { members: kept, others: views.filter((view) => !kept.includes(view)) };
}

/** A node that knows nobody and that nobody knows has left us, though it keeps its id: so a removed node looks after its reset. */
function dropDeparted(views: readonly AnsweredView[]): AnsweredView[] {
  const others = views.filter((view) => view.lines.length > 1);
  if (others.length === 0) return [...views];
  const listed = new Set(others.flatMap((view) => view.lines.filter((line) => !line.isMyself).map((line) => line.id)));
  return views.filter((view) => view.lines.length > 1 || listed.has(view.nodeId));
}

/** Ids of a handshake are drawn at random until the other node has answered, so they tie nobody to anybody. */
function idsIn(view: AnsweredView): NodeId[] {
  return view.lines.filter((line) => !line.flags.includes('handshake')).map((line) => line.id);
}
