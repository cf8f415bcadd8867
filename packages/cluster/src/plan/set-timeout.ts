import type { Plan, PlanProblem } from '@slotdeck/model/plan';
import type { SetTimeoutParams } from '@slotdeck/model/plan-params';
import { judgeNode } from './cluster-readiness.ts';
import { planOfSteps, type StepsInput } from './plan-of-steps.ts';
import { planProblem } from './plan-problems.ts';

export interface SetTimeoutInput extends StepsInput {
  readonly params: SetTimeoutParams;
  /** What each node says now, in milliseconds; null or absent where it did not say. */
  readonly current: ReadonlyMap<string, number | null>;
}

/** Below this a pause of a second, as a fork or a slow command makes it, starts failovers. */
const SHORT_MS = 1000;

/** Makes the plan that gives every node the same `cluster-node-timeout`. */
export function planSetTimeout(input: SetTimeoutInput): Plan {
  const { params, topology, current } = input;
  const problems: PlanProblem[] = topology.nodes.flatMap(judgeNode);
  if (params.ms < SHORT_MS) problems.push(planProblem('timeout-short', { ms: params.ms }));
  const values = new Map<number, string[]>();
  for (const node of topology.nodes) {
    const ms = current.get(node.id) ?? null;
    if (ms !== null) values.set(ms, [...(values.get(ms) ?? []), node.name]);
  }
  if (values.size > 1) {
    const seen = [...values].map(([ms, names]) => `${ms} ms: ${names.join(', ')}`);
    problems.push(planProblem('timeouts-differ', { seen }));
  }
  const isSo = values.size === 1 && values.has(params.ms) && [...current.values()].every((ms) => ms !== null);
  if (isSo) problems.push(planProblem('timeout-already', { ms: params.ms }));
  return planOfSteps(input, {
    asked: { kind: 'set-timeout', params },
    nodes: topology.nodes,
    steps: [
      {
        id: 'set-timeout',
        title: `Set the node timeout to ${params.ms} ms on ${topology.nodes.length} nodes`,
        component: 'set-timeout',
        onFailure: 'retry',
        facts: { ms: params.ms, nodes: topology.nodes.length },
      },
    ],
    commands: topology.nodes.flatMap(({ id }) => [
      {
        node: id,
        command: ['CONFIG', 'SET', 'cluster-node-timeout', String(params.ms)],
        repeat: 1,
        phase: 'configure' as const,
      },
      { node: id, command: ['CONFIG', 'REWRITE'], repeat: 1, phase: 'configure' as const },
    ]),
    problems,
  });
}
