import type { Plan, PlanProblem } from '@slotdeck/model/plan';
import { intersectSlots, minusSlots, NO_SLOTS, printSlotRanges, unionSlots } from '@slotdeck/model/slot-ranges';
import { findNode, type Topology, type TopologyNode } from '@slotdeck/model/topology';
import { judgeReadiness } from './cluster-readiness.ts';
import { planProblem } from './plan-problems.ts';
import { factsOf } from './reshard-request.ts';

/**
 * Judges a plan, whoever made it, against a topology: every move takes slots that its source owns, no slot moves twice, both ends
 * are primaries in good order. Used before a plan is stored and again before it is carried out.
 */
export function checkPlan(plan: Pick<Plan, 'moves'>, topology: Topology): PlanProblem[] {
  const problems: PlanProblem[] = [];
  const sources: TopologyNode[] = [];
  const targets: TopologyNode[] = [];
  let moving = NO_SLOTS;
  if (plan.moves.length === 0) problems.push(planProblem('nothing-to-move'));
  for (const move of plan.moves) {
    const source = findNode(topology, move.from);
    const target = findNode(topology, move.to);
    if (source === undefined) problems.push(planProblem('unknown-node', { node: move.from }));
    else {
      sources.push(source);
      if (source.role !== 'primary') {
        problems.push(planProblem('source-not-a-primary', { ...factsOf(source), role: source.role }));
      }
      const foreign = minusSlots(move.slots, source.slots);
      if (foreign.length > 0) {
        problems.push(
          planProblem('slot-not-at-planned-source', { ...factsOf(source), slots: printSlotRanges(foreign) }),
        );
      }
    }
    if (target === undefined) problems.push(planProblem('unknown-node', { node: move.to }));
    else {
      targets.push(target);
      if (target.role !== 'primary') {
        problems.push(planProblem('target-not-a-primary', { ...factsOf(target), role: target.role }));
      }
    }
    if (source !== undefined && source === target) problems.push(planProblem('source-is-target', factsOf(source)));
    const twice = intersectSlots(moving, move.slots);
    if (twice.length > 0) problems.push(planProblem('slot-moved-twice', { slots: printSlotRanges(twice) }));
    moving = unionSlots(moving, move.slots);
  }
  return [...problems, ...judgeReadiness(topology, sources, targets, moving)];
}
