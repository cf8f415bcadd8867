import type { NodeId } from '@slotdeck/model/ids';
import { slotsOf, eachSlot, type SlotRanges } from '@slotdeck/model/slot-ranges';
import type { ChosenMove } from './choose-slots.ts';

/** A primary that takes part: its slots, how heavy they are together, and how heavy they should be. */
export interface Weighed {
  readonly id: NodeId;
  readonly slots: SlotRanges;
  readonly share: number;
  /** Gives every slot, also those that weigh nothing. */
  readonly isEmptied: boolean;
}

interface Parcel {
  readonly from: NodeId;
  readonly slot: number;
  readonly weight: number;
}

/**
 * Slots to move so that each node's sum of weights (keys, bytes) comes near its share. Each slot is looked at once, so it ends and no
 * slot moves twice. A giver lets go of slots from its end, one after the other so that ranges stay whole, as long as giving the
 * next one brings it nearer to its share; receivers are filled in turn, each until the next slot would take it further off, and are not
 * gone back to. What nobody has room for stays. It is no best fit: a few slots that weigh much more than the others can leave a node
 * off its share by several of them.
 */
export function levelByWeight(nodes: readonly Weighed[], weightOf: (slot: number) => number): ChosenMove[] {
  const held = new Map(nodes.map((node) => [node.id, sumOf(node.slots, weightOf)]));
  const parcels = nodes.flatMap((node) => parcelsOf(node, held.get(node.id) ?? 0, weightOf));
  const receivers = nodes
    .filter((node) => !node.isEmptied)
    .map((node) => ({ id: node.id, room: node.share - (held.get(node.id) ?? 0) }))
    .filter(({ room }) => room > 0);
  const taken = new Map<string, { from: NodeId; to: NodeId; slots: number[] }>();
  let at = 0;
  for (const parcel of parcels) {
    const to = receiverFor(parcel, receivers, at, nodes);
    if (to === null) continue;
    at = to.at;
    const receiver = receivers[to.at];
    if (receiver !== undefined && receiver.id === to.id) receiver.room -= parcel.weight;
    const key = `${parcel.from} ${to.id}`;
    const move = taken.get(key) ?? { from: parcel.from, to: to.id, slots: [] };
    move.slots.push(parcel.slot);
    taken.set(key, move);
  }
  return [...taken.values()].map(({ from, to, slots }) => ({ from, to, slots: slotsOf(slots) }));
}

/** From its last slot backwards, those that a node gives. */
function parcelsOf(node: Weighed, held: number, weightOf: (slot: number) => number): Parcel[] {
  const parcels: Parcel[] = [];
  let surplus = held - node.share;
  for (const slot of [...eachSlot(node.slots)].toReversed()) {
    const weight = weightOf(slot);
    if (!node.isEmptied) {
      if (surplus <= 0) break;
      // An empty slot lightens nobody; one that is too heavy may be followed by one that is not.
      if (weight === 0 || weight / 2 > surplus) continue;
    }
    parcels.push({ from: node.id, slot, weight });
    surplus -= weight;
  }
  return parcels;
}

/**
 * The receiver under way, or the next with room for at least half of it. A slot of a node that is emptied always finds one: where
 * nobody has room, the one with the most.
 */
function receiverFor(
  { from, weight }: Parcel,
  receivers: readonly { readonly id: NodeId; readonly room: number }[],
  start: number,
  nodes: readonly Weighed[],
): { id: NodeId; at: number } | null {
  for (let at = start; at < receivers.length; at += 1) {
    const receiver = receivers[at];
    if (receiver !== undefined && receiver.room >= weight / 2 && receiver.room > 0) return { id: receiver.id, at };
  }
  if (nodes.find((node) => node.id === from)?.isEmptied !== true) return null;
  const roomiest = receivers.toSorted((a, b) => b.room - a.room).at(0);
  const id = roomiest?.id ?? nodes.find((node) => !node.isEmptied)?.id;
  return id === undefined ? null : { id, at: start };
}

function sumOf(slots: SlotRanges, weightOf: (slot: number) => number): number {
  let sum = 0;
  for (const slot of eachSlot(slots)) sum += weightOf(slot);
  return sum;
}
