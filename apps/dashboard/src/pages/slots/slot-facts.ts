import { eachSlot, SLOT_COUNT, type SlotRanges } from '@slotdeck/model/slot-ranges';
import type { OperationView } from '@slotdeck/model/operation-view';
import { ownerOfSlot, shardOfNode, type Topology } from '@slotdeck/model/topology';

/** What holds of a slot besides its owner; several may hold at once. */
export const SlotFlag = {
  open: 1,
  /** A running operation will move it. */
  willMove: 2,
  /** The same operation has moved it already. */
  moved: 4,
  unassigned: 8,
  /** Its owner has failed or gives no answer. */
  unreachable: 16,
  disputed: 32,
  /** Open on one side only: nobody is moving it to an end. */
  halfOpen: 64,
} as const;

export const PROBLEM_FLAGS = SlotFlag.unassigned | SlotFlag.unreachable | SlotFlag.disputed | SlotFlag.halfOpen;

/** One value per slot, so that 16,384 of them are painted and searched without an object each. */
export interface SlotFacts {
  /** Index (1…) of the owner's shard; 0 where nobody claims the slot. */
  readonly shard: Uint16Array;
  /** Index (1…) of the shard it will move to or is open to; 0 otherwise. */
  readonly target: Uint16Array;
  readonly flags: Uint8Array;
}

export interface Move {
  readonly from: string;
  readonly to: string;
  readonly slots: SlotRanges;
}

/** The moves an operation consists of, done or not. */
export function movesOf(view: Pick<OperationView, 'steps'>): Move[] {
  return view.steps.flatMap(({ step }) => (step.move === null ? [] : [step.move]));
}

export function slotFactsOf(topology: Topology, moves: readonly Move[]): SlotFacts {
  const shard = new Uint16Array(SLOT_COUNT);
  const target = new Uint16Array(SLOT_COUNT);
  const flags = new Uint8Array(SLOT_COUNT);
  const indexOf = (node: string): number => shardOfNode(topology, node)?.index ?? 0;
  const mark = (slots: SlotRanges, flag: number): void => {
    for (const slot of eachSlot(slots)) flags[slot] = (flags[slot] ?? 0) | flag;
  };

  for (const node of topology.nodes) {
    const index = indexOf(node.id);
    for (const [from, to] of node.slots) shard.fill(index, from, to + 1);
  }
  for (const move of moves) {
    const to = indexOf(move.to);
    const owned = topology.nodes.find((node) => node.id === move.to)?.slots ?? [];
    const arrived = new Uint8Array(SLOT_COUNT);
    for (const [first, last] of owned) arrived.fill(1, first, last + 1);
    for (const slot of eachSlot(move.slots)) {
      const isThere = arrived[slot] === 1;
      flags[slot] = (flags[slot] ?? 0) | (isThere ? SlotFlag.moved : SlotFlag.willMove);
      if (!isThere) target[slot] = to;
    }
  }
  mark(topology.unassigned, SlotFlag.unassigned);
  mark(topology.unreachable, SlotFlag.unreachable);
  for (const dispute of topology.disputes) mark(dispute.slots, SlotFlag.disputed);
  for (const [slot, sides] of openSides(topology)) {
    const both = sides.migrating !== null && sides.importing !== null;
    const planned = ((flags[slot] ?? 0) & (SlotFlag.willMove | SlotFlag.moved)) !== 0;
    flags[slot] = ((flags[slot] ?? 0) | SlotFlag.open | (both || planned ? 0 : SlotFlag.halfOpen)) & ~SlotFlag.willMove;
    const to = sides.migrating ?? sides.importing;
    if (to !== null) target[slot] = indexOf(to);
  }
  return { shard, target, flags };
}

/** For each open slot the node it goes to, as each side says it; null where that side has not opened it. */
export function openSides(topology: Topology): Map<number, { migrating: string | null; importing: string | null }> {
  const sides = new Map<number, { migrating: string | null; importing: string | null }>();
  for (const open of topology.open) {
    const known = sides.get(open.slot) ?? { migrating: null, importing: null };
    if (open.direction === 'migrating') known.migrating = open.peer;
    else known.importing = open.node;
    sides.set(open.slot, known);
  }
  return sides;
}

/** How many of the answering nodes name the owner that the map shows. */
export interface Agreement {
  readonly agree: number;
  readonly asked: number;
}

export function agreementOn(topology: Topology, slot: number): Agreement {
  const owner = ownerOfSlot(topology, slot)?.id ?? null;
  const dispute = topology.disputes.find((each) => each.slots.some(([from, to]) => slot >= from && slot <= to));
  if (dispute === undefined) return { agree: topology.answered, asked: topology.answered };
  const camp = dispute.opinions.find((opinion) => opinion.owner === owner) ?? dispute.opinions[0];
  return { agree: camp?.observers.length ?? 0, asked: topology.answered };
}

export function countFlag(facts: SlotFacts, flag: number): number {
  let count = 0;
  for (const each of facts.flags) if ((each & flag) !== 0) count += 1;
  return count;
}
