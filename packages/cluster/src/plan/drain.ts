import type { Plan, PlanProblem } from '@slotdeck/model/plan';
import type { DrainParams } from '@slotdeck/model/plan-params';
import { printSlotRanges } from '@slotdeck/model/slot-ranges';
import { findNode, type Topology } from '@slotdeck/model/topology';
import { chooseSlots } from './choose-slots.ts';
import { planProblem } from './plan-problems.ts';
import { planOfMoves, type PlanInput } from './reshard.ts';
import { factsOf, readReshardRequest } from './reshard-request.ts';

export interface DrainInput extends PlanInput {
  readonly params: DrainParams;
}

/** Makes the plan that takes every slot from a node. Always a plan: one that cannot be carried out has blockers and no moves. */
export function planDrain(input: DrainInput): Plan {
  const { params, topology } = input;
  const asked = { kind: 'drain', params } as const;
  const node = findNode(topology, params.node);
  const refuse = (problem: PlanProblem): Plan =>
    planOfMoves(input, {
      asked,
      sources: node === undefined ? [] : [node],
      targets: [],
      moves: [],
      problems: [problem],
    });
  if (node === undefined) return refuse(planProblem('unknown-node', { node: params.node }));
  if (node.role !== 'primary') {
    return refuse(planProblem('source-not-a-primary', { ...factsOf(node), role: node.role }));
  }
  if (node.slots.length === 0) return refuse(planProblem('nothing-to-drain', factsOf(node)));
  const to = targetsOf(params, topology);
  if (to.length === 0) return refuse(planProblem('nobody-to-drain-to', factsOf(node)));
  const request = readReshardRequest({ slots: printSlotRanges(node.slots), from: [node.id], to }, topology);
  return planOfMoves(input, { ...request, asked, moves: chooseSlots(request.givers, request.receivers) });
}

function targetsOf({ node, to }: DrainParams, topology: Topology): string[] {
  if (!to.includes('all')) return to;
  return topology.nodes
    .filter((each) => each.id !== node && each.role === 'primary' && each.slots.length > 0)
    .map((each) => each.id);
}
