import type { NodeId } from '@slotdeck/model/ids';
import type { NodeShare, SlotMove } from '@slotdeck/model/plan';
import { countSlots, minusSlots, unionSlots, type SlotRanges } from '@slotdeck/model/slot-ranges';
import type { NodeStats, Topology, TopologyNode } from '@slotdeck/model/topology';

/**
 * Every primary's share before and after the moves, in the order of their shards. Before: the keys and the memory that the node
 * itself tells. After: that, less what leaves, plus what arrives; null where either is not known.
 */
export function sharesBeforeAndAfter(
  topology: Topology,
  moves: readonly SlotMove[],
  stats: readonly NodeStats[],
): { before: NodeShare[]; after: NodeShare[] } {
  const shown = topology.nodes
    .filter((node) => node.role === 'primary' || node.slots.length > 0)
    .toSorted((a, b) => shardIndex(topology, a) - shardIndex(topology, b) || (a.id < b.id ? -1 : 1));
  const after = slotsAfter(topology, moves);
  return {
    before: shown.map((node) => shareOf(node, node.slots, loadBefore(node, stats))),
    after: shown.map((node) =>
      shareOf(node, after.get(node.id) ?? [], loadAfter(node, loadBefore(node, stats), moves)),
    ),
  };
}

type Load = Pick<NodeShare, 'keys' | 'bytes'>;

function loadBefore(node: TopologyNode, stats: readonly NodeStats[]): Load {
  const told = stats.find((each) => each.id === node.id);
  return { keys: told?.keys ?? null, bytes: told?.usedMemoryBytes ?? null };
}

function loadAfter(node: TopologyNode, before: Load, moves: readonly SlotMove[]): Load {
  const change = (read: (move: SlotMove) => number | null, start: number | null): number | null =>
    moves.reduce<number | null>((sum, move) => {
      const sign = (move.to === node.id ? 1 : 0) - (move.from === node.id ? 1 : 0);
      if (sign === 0 || sum === null) return sum;
      const moved = read(move);
      // Keys come and go between the two counts, so a difference may fall below nothing.
      return moved === null ? null : Math.max(0, sum + sign * moved);
    }, start);
  return { keys: change((move) => move.keys, before.keys), bytes: change((move) => move.bytes, before.bytes) };
}

export function slotsAfter(
  topology: Topology,
  moves: readonly Pick<SlotMove, 'from' | 'to' | 'slots'>[],
): Map<NodeId, SlotRanges> {
  const owned = new Map(topology.nodes.map((node) => [node.id, node.slots]));
  for (const { from, to, slots } of moves) {
    owned.set(from, minusSlots(owned.get(from) ?? [], slots));
    owned.set(to, unionSlots(owned.get(to) ?? [], slots));
  }
  return owned;
}

function shardIndex(topology: Topology, node: TopologyNode): number {
  return topology.shards.find((shard) => shard.primaryId === node.id)?.index ?? Infinity;
}

function shareOf(node: TopologyNode, slots: SlotRanges, load: Load): NodeShare {
  return {
    node: node.id,
    name: node.name,
    slots: countSlots(slots),
    slotRanges: slots,
    fragments: slots.length,
    ...load,
  };
}
