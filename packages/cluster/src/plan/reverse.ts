import type { NodeId } from '@slotdeck/model/ids';
import type { Plan, SlotMove } from '@slotdeck/model/plan';
import { minusSlots, NO_SLOTS, printSlotRanges, unionSlots, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { findNode, type TopologyNode } from '@slotdeck/model/topology';
import { planProblem } from './plan-problems.ts';
import { factsOf } from './reshard-request.ts';
import { planOfMoves, type PlanInput } from './reshard.ts';

/** Slots that arrived at a node, as a journal tells them. */
export type ArrivedSlots = Pick<SlotMove, 'from' | 'to' | 'slots'>;

/** The moves that would bring arrived slots back to where they came from, one per pair. */
export function reverseMoves(arrived: readonly ArrivedSlots[]): ArrivedSlots[] {
  const back = new Map<string, ArrivedSlots>();
  for (const { from, to, slots } of arrived) {
    const key = `${to} ${from}`;
    back.set(key, { from: to, to: from, slots: unionSlots(back.get(key)?.slots ?? NO_SLOTS, slots) });
  }
  return [...back.values()];
}

/**
 * The plan that undoes what a journal says arrived. Each old source gets exactly its own slots back, which a reshard request with
 * several sources could not say; its `params` are the nearest such request and only for reading. Null: nothing arrived.
 */
export function planReverse(input: PlanInput, arrived: readonly ArrivedSlots[]): Plan | null {
  const moves = reverseMoves(arrived);
  if (moves.length === 0) return null;
  const problems = [];
  const node = (id: NodeId): TopologyNode | undefined => findNode(input.topology, id);
  const ends = { sources: new Set<TopologyNode>(), targets: new Set<TopologyNode>() };
  for (const { from, to, slots } of moves) {
    for (const id of [from, to]) if (node(id) === undefined) problems.push(planProblem('unknown-node', { node: id }));
    const [source, target] = [node(from), node(to)];
    if (source !== undefined) ends.sources.add(source);
    if (target !== undefined) ends.targets.add(target);
    const gone = source === undefined ? NO_SLOTS : minusSlots(slots, source.slots);
    if (source !== undefined && gone.length > 0) {
      problems.push(planProblem('slot-not-at-planned-source', { ...factsOf(source), slots: printSlotRanges(gone) }));
    }
    if (source !== undefined && source.role !== 'primary') {
      problems.push(planProblem('source-not-a-primary', { ...factsOf(source), role: source.role }));
    }
    if (target !== undefined && target.role !== 'primary') {
      problems.push(planProblem('target-not-a-primary', { ...factsOf(target), role: target.role }));
    }
  }
  const all = moves.reduce<SlotRanges>((sum, move) => unionSlots(sum, move.slots), NO_SLOTS);
  return planOfMoves(input, {
    params: {
      slots: printSlotRanges(all),
      from: [...new Set(moves.map((move) => move.from))],
      to: [...new Set(moves.map((move) => move.to))],
    },
    sources: [...ends.sources],
    targets: [...ends.targets],
    moves,
    problems,
  });
}
