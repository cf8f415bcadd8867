import type { OperationSummary } from '@slotdeck/contract/operations';
import type { PlanId } from '@slotdeck/model/ids';
import type { Plan } from '@slotdeck/model/plan';
import type { OperationState } from '@slotdeck/operations/engine/operations-runner';

/** An operation as lists show it. Pure. */
export function summariseOperation({ record, view }: OperationState, reversePlanId: PlanId | null): OperationSummary {
  return {
    id: record.id,
    clusterId: record.clusterId,
    planId: record.plan.id,
    kind: record.plan.kind,
    title: titleOf(record.plan),
    status: view.status,
    createdAt: view.createdAt,
    createdBy: view.createdBy,
    startedAt: view.startedAt,
    endedAt: view.endedAt,
    progress: view.progress,
    error: view.problem,
    reversePlanId,
  };
}

function titleOf(plan: Plan): string {
  const slots = `${plan.slots.toLocaleString('en-US')} ${plan.slots === 1 ? 'slot' : 'slots'}`;
  const step = plan.steps.find(({ component }) => component !== 'check');
  if (plan.moves.length === 0 && step !== undefined) return step.title;
  if (plan.kind === 'rebalance') return `Rebalance: move ${slots}`;
  if (plan.kind === 'drain') return `Drain ${nameIn(plan, plan.params.node)}: move ${slots}`;
  const names = new Map(plan.before.map((share) => [share.node, share.name]));
  const targets = [...new Set(plan.moves.map((move) => names.get(move.to) ?? move.to))];
  const verb = plan.parent?.relation === 'reverses' ? 'Bring back' : 'Move';
  const to = targets.length > 3 ? `${targets.length} nodes` : targets.join(', ');
  return `${verb} ${slots} to ${to}`;
}

function nameIn({ before }: Plan, node: string): string {
  return before.find((share) => share.node === node)?.name ?? node;
}
