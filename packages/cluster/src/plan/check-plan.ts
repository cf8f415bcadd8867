import type { Plan, PlanProblem, SlotMove } from '@slotdeck/model/plan';
import {
  intersectSlots,
  minusSlots,
  NO_SLOTS,
  printSlotRanges,
  unionSlots,
  type SlotRanges,
} from '@slotdeck/model/slot-ranges';
import { findNode, type Topology, type TopologyNode } from '@slotdeck/model/topology';
import { judgeReadiness } from './cluster-readiness.ts';
import { planProblem } from './plan-problems.ts';
import { factsOf } from './reshard-request.ts';

/**
 * Judges a plan, whoever made it, against a topology: every move takes slots that its source owns, no slot moves twice, both ends
 * are primaries in good order. Used before a plan is stored and again before it is carried out.
 */
export function checkPlan(plan: Pick<Plan, 'moves'>, topology: Topology): PlanProblem[] {
  const { problems, sources, targets, moving } = judgeMoves(plan.moves, topology);
  return [...problems, ...judgeReadiness(topology, sources, targets, moving)];
}

export interface JudgedMoves {
  readonly problems: readonly PlanProblem[];
  readonly sources: readonly TopologyNode[];
  readonly targets: readonly TopologyNode[];
  readonly moving: SlotRanges;
}

/** Whether moves make sense by themselves: who gives, who gets, what. */
export function judgeMoves(moves: readonly Pick<SlotMove, 'from' | 'to' | 'slots'>[], topology: Topology): JudgedMoves {
  const problems: PlanProblem[] = [];
  const sources = new Set<TopologyNode>();
  const targets = new Set<TopologyNode>();
  let moving = NO_SLOTS;
  if (moves.length === 0) problems.push(planProblem('nothing-to-move'));
  for (const move of moves) {
    const source = findNode(topology, move.from);
    const target = findNode(topology, move.to);
    if (source === undefined) problems.push(planProblem('unknown-node', { node: move.from }));
    else {
      sources.add(source);
      problems.push(...judgeSource(source, move.slots));
    }
    if (target === undefined) problems.push(planProblem('unknown-node', { node: move.to }));
    else {
      targets.add(target);
      if (target.role !== 'primary') {
        problems.push(planProblem('target-not-a-primary', { ...factsOf(target), role: target.role }));
      }
    }
    if (source !== undefined && source === target) problems.push(planProblem('source-is-target', factsOf(source)));
    const twice = intersectSlots(moving, move.slots);
    if (twice.length > 0) problems.push(planProblem('slot-moved-twice', { slots: printSlotRanges(twice) }));
    moving = unionSlots(moving, move.slots);
  }
  return { problems, sources: [...sources], targets: [...targets], moving };
}

function judgeSource(source: TopologyNode, slots: SlotRanges): PlanProblem[] {
  const facts = factsOf(source);
  if (source.role !== 'primary') return [planProblem('source-not-a-primary', { ...facts, role: source.role })];
  const foreign = minusSlots(slots, source.slots);
  return foreign.length === 0
    ? []
    : [planProblem('slot-not-at-planned-source', { ...facts, slots: printSlotRanges(foreign) })];
}
