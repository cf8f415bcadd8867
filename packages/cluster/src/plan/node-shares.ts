import type { NodeId } from '@slotdeck/model/ids';
import type { NodeShare, SlotMove } from '@slotdeck/model/plan';
import { countSlots, minusSlots, unionSlots, type SlotRanges } from '@slotdeck/model/slot-ranges';
import type { Topology, TopologyNode } from '@slotdeck/model/topology';
import { weightOf, type SlotWeights } from './slot-weights.ts';

/** Every primary's share of the slots before and after the moves, in the order of their shards. */
export function sharesBeforeAndAfter(
  topology: Topology,
  moves: readonly Pick<SlotMove, 'from' | 'to' | 'slots'>[],
  weights: SlotWeights,
): { before: NodeShare[]; after: NodeShare[] } {
  const shown = topology.nodes
    .filter((node) => node.role === 'primary' || node.slots.length > 0)
    .toSorted((a, b) => shardIndex(topology, a) - shardIndex(topology, b) || (a.id < b.id ? -1 : 1));
  const after = slotsAfter(topology, moves);
  return {
    before: shown.map((node) => shareOf(node, node.slots, weights)),
    after: shown.map((node) => shareOf(node, after.get(node.id) ?? [], weights)),
  };
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

function shareOf(node: TopologyNode, slots: SlotRanges, weights: SlotWeights): NodeShare {
  return {
    node: node.id,
    name: node.name,
    slots: countSlots(slots),
    slotRanges: slots,
    fragments: slots.length,
    ...weightOf(slots, weights),
  };
}
