import type { Plan, PlannedCommand, PlannedStep, PlanProblem } from '@slotdeck/model/plan';
import type { RemoveNodeParams } from '@slotdeck/model/plan-params';
import { countSlots } from '@slotdeck/model/slot-ranges';
import { findNode, type Topology, type TopologyNode } from '@slotdeck/model/topology';
import { choosePrimary, primariesForReplicas } from './choose-primary.ts';
import { judgeOthers, judgeQuorum } from './cluster-readiness.ts';
import { planDrain } from './drain.ts';
import { planOfSteps, type DecidedSteps } from './plan-of-steps.ts';
import { planProblem, sortProblems } from './plan-problems.ts';
import { judgeLeaving } from './replicate.ts';
import type { PlanInput } from './reshard.ts';
import { factsOf } from './reshard-request.ts';

export interface RemoveNodeInput extends PlanInput {
  readonly params: RemoveNodeParams;
}

/** Longer than the minute for which a node refuses to learn anew of one that it was told to forget (`cluster-blacklist-ttl`). */
const WATCH_SECONDS = 70;

/**
 * Makes the plan that takes a node out of the cluster: slots drained where that was asked for, its replicas given to other primaries,
 * the node itself reset while it answers, so that it does not ask to be let in again (Valkey 8.1 on does within a minute), and only
 * then forgotten by every node at once.
 */
export function planRemoveNode(input: RemoveNodeInput): Plan {
  const { params, topology } = input;
  const node = findNode(topology, params.node);
  if (node === undefined) {
    return planOfSteps(input, {
      asked: { kind: 'remove-node', params },
      nodes: [],
      steps: [],
      commands: [],
      problems: [planProblem('unknown-node', { node: params.node })],
    });
  }
  const drains = params.drain && node.slots.length > 0 && isThere(node);
  const heirs = heirsOf(node, topology);
  const problems = judge(node, heirs, drains, input);
  const leaving = planOfSteps(input, {
    asked: { kind: 'remove-node', params },
    nodes: [node],
    steps: stepsFor(node, heirs, params, topology),
    commands: commandsFor(node, heirs, params, topology),
    problems,
    consent: null,
  });
  return drains ? withDrain(leaving, input, node) : leaving;
}

/** Whom each replica of the node follows afterwards; null: nobody is there. */
type Heirs = readonly { readonly replica: TopologyNode; readonly primary: TopologyNode | null }[];

function heirsOf(node: TopologyNode, topology: Topology): Heirs {
  const candidates = primariesForReplicas(topology, new Set([node.id]));
  const planned = new Map<string, number>();
  return topology.nodes
    .filter((each) => each.primaryId === node.id && isThere(each))
    .map((replica) => {
      const primary = choosePrimary(topology, replica, candidates, planned);
      if (primary !== null) planned.set(primary.id, (planned.get(primary.id) ?? 0) + 1);
      return { replica, primary };
    });
}

function isThere(node: TopologyNode): boolean {
  return node.view.state === 'answered';
}

function judge(node: TopologyNode, heirs: Heirs, drains: boolean, input: RemoveNodeInput): PlanProblem[] {
  const { topology, stats } = input;
  const facts = factsOf(node);
  const problems: PlanProblem[] = [...judgeQuorum(topology)];
  const count = countSlots(node.slots);
  if (count > 0 && !isThere(node)) problems.push(planProblem('remove-dead-with-slots', { ...facts, count }));
  else if (count > 0 && primariesForReplicas(topology, new Set([node.id])).length === 0 && !drains)
    problems.push(planProblem('remove-last-primary', facts));
  else if (count > 0 && !drains) problems.push(planProblem('remove-has-slots', { ...facts, count }));
  const keys = stats.find((each) => each.id === node.id)?.keys ?? null;
  if (node.role === 'primary' && count === 0 && isThere(node) && keys !== null && keys > 0) {
    problems.push(planProblem('remove-has-keys', { ...facts, keys }));
  }
  if (!isThere(node)) problems.push(planProblem('remove-only-forgotten', facts));
  const silent = silentPeers(node, topology);
  if (silent.length > 0) problems.push(planProblem('remove-peers-silent', { ...facts, names: silent }));
  if (heirs.some(({ primary }) => primary === null)) {
    problems.push(
      planProblem('remove-no-heir-for-replicas', { ...facts, names: heirs.map(({ replica }) => replica.name) }),
    );
  } else if (heirs.length > 0) {
    problems.push(planProblem('remove-moves-replicas', { ...facts, names: heirs.map(({ replica }) => replica.name) }));
  }
  if (node.role === 'replica') problems.push(...judgeLeaving(topology, node));
  problems.push(...judgeOthers(topology, [node]));
  return problems;
}

function silentPeers(node: TopologyNode, topology: Topology): string[] {
  return topology.nodes.filter((each) => each.id !== node.id && !isThere(each)).map((each) => each.name);
}

function stepsFor(
  node: TopologyNode,
  heirs: Heirs,
  { then }: RemoveNodeParams,
  topology: Topology,
): DecidedSteps['steps'] {
  const facts = { node: node.id, name: node.name };
  const alive = isThere(node);
  const steps: DecidedSteps['steps'][number][] = [];
  // Also where nobody follows it now: a drain can let others follow it for a while.
  if (alive || heirs.length > 0) {
    steps.push({
      id: 'reparent',
      title: `Give the replicas of ${node.name} to other primaries`,
      component: 'reparent',
      onFailure: 'retry',
      facts: {
        ...facts,
        replicas: heirs.map(({ replica }) => replica.id),
        primaries: heirs.flatMap(({ primary }) => (primary === null ? [] : [primary.id])),
      },
    });
  }
  steps.push({
    id: 'retire',
    title: alive ? `Reset ${node.name} and let every node forget it` : `Let every node forget ${node.name}`,
    component: 'retire',
    onFailure: 'retry',
    facts: { ...facts, host: node.host, port: node.port, then: alive ? then : 'forget' },
  });
  if (!alive || silentPeers(node, topology).length > 0) {
    steps.push({
      id: 'watch',
      title: `Watch for ${WATCH_SECONDS} s that ${node.name} does not come back`,
      component: 'watch-return',
      onFailure: 'retry',
      facts: { ...facts, seconds: WATCH_SECONDS },
    });
  }
  return steps;
}

function commandsFor(
  node: TopologyNode,
  heirs: Heirs,
  { then }: RemoveNodeParams,
  topology: Topology,
): readonly PlannedCommand[] {
  const commands: PlannedCommand[] = heirs.flatMap(({ replica, primary }): PlannedCommand[] =>
    primary === null
      ? []
      : [{ node: replica.id, command: ['CLUSTER', 'REPLICATE', primary.id], repeat: 1, phase: 'replicate' }],
  );
  if (isThere(node)) {
    const how = then === 'reset' ? 'SOFT' : 'HARD';
    commands.push({ node: node.id, command: ['CLUSTER', 'RESET', how], repeat: 1, phase: 'reset' });
  }
  for (const each of topology.nodes) {
    if (each.id === node.id || !isThere(each)) continue;
    commands.push({ node: each.id, command: ['CLUSTER', 'FORGET', node.id], repeat: 1, phase: 'forget' });
  }
  if (isThere(node) && then === 'shutdown') {
    commands.push({ node: node.id, command: ['SHUTDOWN', 'NOSAVE'], repeat: 1, phase: 'reset' });
  }
  return commands;
}

/** The drain's plan with what comes after it. What speaks against the drain speaks against the whole. */
function withDrain(leaving: Plan, input: RemoveNodeInput, node: TopologyNode): Plan {
  const drain = planDrain({ ...input, params: { node: node.id, to: input.params.to } });
  const told = new Set(leaving.problems.map(key));
  const problems = sortProblems([...leaving.problems, ...drain.problems.filter((problem) => !told.has(key(problem)))]);
  const isRefused = problems.some(({ severity }) => severity === 'blocker');
  const after = leaving.steps.filter(({ id }) => id !== 'check');
  const steps: PlannedStep[] = isRefused ? [] : [...drain.steps, ...after];
  return {
    ...leaving,
    basis: drain.basis,
    moves: isRefused ? [] : drain.moves,
    before: drain.before,
    after: drain.after,
    slots: isRefused ? 0 : drain.slots,
    keys: isRefused ? 0 : drain.keys,
    bytes: isRefused ? 0 : drain.bytes,
    estimate: isRefused ? null : drain.estimate,
    problems,
    commands: isRefused ? [] : [...drain.commands, ...leaving.commands],
    steps,
  };
}

const key = (problem: PlanProblem): string => `${problem.code} ${JSON.stringify(problem.facts)}`;
