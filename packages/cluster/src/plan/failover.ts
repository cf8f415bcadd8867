import type { Plan, PlanProblem } from '@slotdeck/model/plan';
import type { FailoverParams } from '@slotdeck/model/plan-params';
import { findNode, type Topology, type TopologyNode } from '@slotdeck/model/topology';
import { judgeNode, judgeQuorum } from './cluster-readiness.ts';
import { planOfSteps, type StepsInput } from './plan-of-steps.ts';
import { planProblem } from './plan-problems.ts';
import { factsOf } from './reshard-request.ts';

export interface FailoverInput extends StepsInput {
  readonly params: FailoverParams;
  /** Keys that the primary holds in slots of others; null: not counted. */
  readonly orphans?: number | null;
}

/**
 * Makes the plan that lets a replica take its primary's place. `normal`: the primary stops its clients until the replica has
 * everything, so nothing is lost. `force`: without the primary, by the votes of the others. `takeover`: without any vote, which can
 * contradict a failover that is under way elsewhere. What the last two can lose is said, and asked for by a phrase.
 */
export function planFailover(input: FailoverInput): Plan {
  const { params, topology } = input;
  const node = findNode(topology, params.node);
  const primary = node?.primaryId == null ? undefined : findNode(topology, node.primaryId);
  const problems = judge(params, node, primary, input);
  const steps =
    node === undefined || primary === undefined
      ? []
      : [
          {
            id: 'promote',
            title: `${node.name} takes the place of ${primary.name}`,
            component: 'promote',
            // Asking again does no more than asking once: whoever wanted a forced failover has said so.
            onFailure: 'retry' as const,
            facts: {
              node: node.id,
              name: node.name,
              primary: primary.id,
              primaryName: primary.name,
              mode: params.mode,
            },
          },
        ];
  const words = params.mode === 'normal' ? [] : [params.mode.toUpperCase()];
  return planOfSteps(input, {
    asked: { kind: 'failover', params },
    nodes: [node, primary].filter((each) => each !== undefined),
    steps,
    commands:
      node === undefined
        ? []
        : [{ node: node.id, command: ['CLUSTER', 'FAILOVER', ...words], repeat: 1, phase: 'promote' }],
    problems,
    consent:
      params.mode === 'normal' || node === undefined
        ? null
        : { phrase: `${params.mode} ${node.name}`, reasons: reasonsOf(params.mode, primary) },
  });
}

function judge(
  { mode }: FailoverParams,
  node: TopologyNode | undefined,
  primary: TopologyNode | undefined,
  { params, topology, stats, orphans = null }: FailoverInput,
): PlanProblem[] {
  if (node === undefined) return [planProblem('unknown-node', { node: params.node })];
  if (node.role === 'primary') return [planProblem('already-primary', factsOf(node))];
  if (node.role !== 'replica' || primary === undefined) return [planProblem('failover-not-a-replica', factsOf(node))];
  const problems = [...judgeNode(node)];
  const facts = { ...factsOf(node), primary: primary.name };
  if (primary.slots.length === 0 && mode !== 'takeover')
    problems.push(planProblem('failover-primary-without-slots', facts));
  const link = node.replication?.link ?? null;
  const isOff = link === 'down' || node.replication?.syncing === true;
  const isThere = primary.view.state === 'answered' && primary.health !== 'failed';
  if (mode === 'normal') {
    if (!isThere) problems.push(planProblem('failover-primary-gone', facts));
    else if (isOff) problems.push(planProblem('failover-not-in-step', facts));
    else if (link === null) problems.push(planProblem('failover-link-unknown', facts));
  } else {
    if (isThere) problems.push(planProblem('failover-primary-alive', facts));
    if (isThere && link !== 'up') problems.push(planProblem('failover-old-data', facts));
  }
  if (mode !== 'takeover') problems.push(...judgeQuorum(topology));
  else problems.push(planProblem('failover-without-vote', facts));
  const lag = stats.find((each) => each.id === node.id)?.replicaLagBytes ?? null;
  if (lag !== null && lag > 0 && mode !== 'normal') {
    problems.push(planProblem('failover-behind', { ...facts, bytes: lag }));
  }
  problems.push(...judgeOpen(topology, primary));
  if (orphans !== null && orphans > 0) problems.push(planProblem('orphans-at-risk', { ...facts, count: orphans }));
  return problems;
}

/** Slots that are open at the primary: before Valkey 8.0 the replica does not know of them. */
function judgeOpen(topology: Topology, primary: TopologyNode): PlanProblem[] {
  const open = topology.open.filter((slot) => slot.node === primary.id);
  if (open.length === 0) return [];
  return [
    planProblem('failover-with-open-slots', {
      ...factsOf(primary),
      count: open.length,
      slots: open.slice(0, 10).map(({ slot }) => String(slot)),
    }),
  ];
}

function reasonsOf(mode: 'force' | 'takeover', primary: TopologyNode | undefined): string[] {
  const isThere = primary?.view.state === 'answered';
  return [
    isThere ? 'loses-writes-not-yet-replicated' : 'loses-writes-never-replicated',
    ...(mode === 'takeover' ? ['decides-without-vote'] : []),
  ];
}
