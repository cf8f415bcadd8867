import type { Plan, PlanProblem } from '@slotdeck/model/plan';
import type { DetachParams } from '@slotdeck/model/plan-params';
import { findNode, type Topology, type TopologyNode } from '@slotdeck/model/topology';
import { judgeNode, judgeOthers, judgeQuorum } from './cluster-readiness.ts';
import { leavesPrimaryByCommand } from './leave-primary.ts';
import { planOfSteps, type StepsInput } from './plan-of-steps.ts';
import { planProblem } from './plan-problems.ts';
import { judgeLeaving } from './replicate.ts';
import { factsOf } from './reshard-request.ts';

export interface DetachInput extends StepsInput {
  readonly params: DetachParams;
}

/** Makes the plan that turns a replica into an empty primary of its own. What it copied from its primary is dropped. */
export function planDetach(input: DetachInput): Plan {
  const { params, topology } = input;
  const node = findNode(topology, params.node);
  const isSo = node !== undefined && node.role === 'primary' && node.slots.length === 0;
  return planOfSteps(input, {
    asked: { kind: 'detach', params },
    nodes: node === undefined ? [] : [node],
    steps:
      node === undefined || isSo
        ? []
        : [
            {
              id: 'detach',
              title: `${node.name} leaves its primary`,
              component: 'detach',
              onFailure: 'retry',
              facts: { node: node.id, name: node.name, byCommand: leavesPrimaryByCommand(node.server) },
            },
          ],
    commands: node === undefined || isSo ? [] : commandsFor(node, topology),
    problems: judge(params, node, topology),
  });
}

function judge(params: DetachParams, node: TopologyNode | undefined, topology: Topology): PlanProblem[] {
  if (node === undefined) return [planProblem('unknown-node', { node: params.node })];
  const problems = [...judgeNode(node), ...judgeQuorum(topology)];
  if (node.role === 'primary' && node.slots.length === 0) {
    problems.push(planProblem('detached-already', factsOf(node)));
  } else if (node.role !== 'replica') problems.push(planProblem('detach-not-a-replica', factsOf(node)));
  else {
    problems.push(...judgeLeaving(topology, node));
    if (!leavesPrimaryByCommand(node.server)) problems.push(planProblem('detach-by-reset', factsOf(node)));
  }
  return [...problems, ...judgeOthers(topology, [node])];
}

function commandsFor(node: TopologyNode, topology: Topology): Plan['commands'] {
  if (leavesPrimaryByCommand(node.server)) {
    return [{ node: node.id, command: ['CLUSTER', 'REPLICATE', 'NO', 'ONE'], repeat: 1, phase: 'replicate' }];
  }
  const through = topology.nodes.find((each) => each.id !== node.id && each.view.state === 'answered');
  return [
    { node: node.id, command: ['CLUSTER', 'RESET', 'SOFT'], repeat: 1, phase: 'reset' },
    {
      node: node.id,
      command: ['CLUSTER', 'MEET', through?.host ?? '', String(through?.port ?? '')],
      repeat: 1,
      phase: 'introduce',
    },
  ];
}
