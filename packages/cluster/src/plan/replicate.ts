import type { Plan, PlanProblem } from '@slotdeck/model/plan';
import type { ReplicateParams } from '@slotdeck/model/plan-params';
import { findNode, type Topology, type TopologyNode } from '@slotdeck/model/topology';
import { judgeNode } from './cluster-readiness.ts';
import { planOfSteps, type DecidedSteps, type StepsInput } from './plan-of-steps.ts';
import { planProblem } from './plan-problems.ts';
import { factsOf } from './reshard-request.ts';

export interface ReplicateInput extends StepsInput {
  readonly params: ReplicateParams;
}

/** Makes the plan that lets a node follow a primary. Its own data gives way to the primary's. */
export function planReplicate(input: ReplicateInput): Plan {
  const { params, topology } = input;
  const node = findNode(topology, params.node);
  const primary = findNode(topology, params.primary);
  const isSo = node !== undefined && node.role === 'replica' && node.primaryId === primary?.id;
  const isKnown = node !== undefined && primary !== undefined;
  return planOfSteps(input, {
    asked: { kind: 'replicate', params },
    nodes: [node, primary].filter((each) => each !== undefined),
    steps: isKnown && !isSo ? [followStep(node, primary)] : [],
    commands:
      isKnown && !isSo
        ? [{ node: node.id, command: ['CLUSTER', 'REPLICATE', primary.id], repeat: 1, phase: 'replicate' }]
        : [],
    problems: judge(params, node, primary, input),
  });
}

/** The step that `follow` carries out. */
export function followStep(node: TopologyNode, primary: TopologyNode): DecidedSteps['steps'][number] {
  return {
    id: `follow-${node.id.slice(0, 8)}`,
    title: `${node.name} follows ${primary.name}`,
    component: 'follow',
    onFailure: 'retry',
    facts: { node: node.id, name: node.name, primary: primary.id, primaryName: primary.name },
  };
}

function judge(
  params: ReplicateParams,
  node: TopologyNode | undefined,
  primary: TopologyNode | undefined,
  { topology, stats }: ReplicateInput,
): PlanProblem[] {
  const problems: PlanProblem[] = [];
  if (node === undefined) problems.push(planProblem('unknown-node', { node: params.node }));
  if (primary === undefined) problems.push(planProblem('unknown-node', { node: params.primary }));
  if (node === undefined || primary === undefined) return problems;
  if (node === primary) return [planProblem('replicate-itself', factsOf(node))];
  const facts = { ...factsOf(node), primary: primary.name };
  problems.push(...judgeNode(node), ...judgeNode(primary));
  if (primary.role !== 'primary') problems.push(planProblem('replicate-not-a-primary', facts));
  if (node.slots.length > 0) problems.push(planProblem('replicate-has-slots', facts));
  if (node.role === 'primary' && node.slots.length === 0) {
    const keys = stats.find((each) => each.id === node.id)?.keys ?? null;
    if (keys !== null && keys > 0) problems.push(planProblem('replicate-has-keys', { ...facts, keys }));
  }
  const followers = topology.nodes.filter((each) => each.primaryId === node.id);
  if (followers.length > 0) {
    problems.push(planProblem('replicate-has-replicas', { ...facts, names: followers.map((each) => each.name) }));
  }
  if (node.primaryId === primary.id) problems.push(planProblem('replicates-already', facts));
  else problems.push(...judgeLeaving(topology, node));
  if (node.host !== '' && node.host === primary.host) problems.push(planProblem('replica-on-same-host', facts));
  return problems;
}

/** Whether the primary that a replica leaves has another one. */
export function judgeLeaving(topology: Topology, node: TopologyNode): PlanProblem[] {
  const old = node.primaryId === null ? undefined : findNode(topology, node.primaryId);
  if (old === undefined || old.slots.length === 0) return [];
  const others = topology.nodes.filter(
    (each) => each.primaryId === old.id && each.id !== node.id && each.health === 'healthy',
  );
  return others.length > 0 ? [] : [planProblem('leaves-primary-alone', { ...factsOf(node), primary: old.name })];
}
