import { PlanId } from '@slotdeck/model/ids';
import { isBlocked, type Plan } from '@slotdeck/model/plan';
import { makePlan } from '@slotdeck/operations/planning/make-plan';
import { printAddress } from '@slotdeck/cluster/connection/node-address';
import { reportCheck } from '../check.ts';
import { lookAtCluster, lookSettled, type Connections, type Seen } from '../open-cluster.ts';
import type { OperationWork } from '../read-arguments.ts';
import { isWanted } from './consent.ts';
import { keepPlan } from './kept-plans.ts';
import { launchPlan } from './launch-plan.ts';
import { clock } from './local-runner.ts';
import { refuse, type OperateParts } from './operate-parts.ts';
import { paceNamed, requestOf } from './operation-request.ts';
import { planLines } from './plan-lines.ts';
import { randomId, rememberCluster, stateFolder } from './state-folder.ts';

/** Looks, plans, shows the plan, asks, and carries it out. @throws UsageError · ClusterNotSeen */
export async function startOperation(asked: OperationWork, calls: Connections, parts: OperateParts): Promise<0 | 1> {
  const { out, json, env, ask, source } = parts;
  const pace = paceNamed(asked.words.value('pace'));
  const first = await lookSettled(calls, asked.address);
  const folder = stateFolder(asked.state, env);
  const clusterId = rememberCluster(folder, first.topology);
  const request = await requestOf(asked.words, first.topology, ask);
  const site = {
    look: async () => {
      const { topology, stats } = await lookSettled(calls, asked.address);
      return { topology: { ...topology, clusterId }, stats, calls, importSource: () => source };
    },
  };
  const planId = PlanId.parse(`pl-${randomId()}`);
  const plan = await makePlan(site, request, { planId, createdBy: 'terminal', parent: null, now: clock.now() });
  if (asked.keep && !isBlocked(plan)) keepPlan(folder, plan);
  if (json && (isBlocked(plan) || asked.simulate)) {
    out(`${JSON.stringify({ ok: !isBlocked(plan), plan })}\n`);
    return isBlocked(plan) ? 1 : 0;
  }
  if (!json) out(`${planLines(plan).join('\n')}\n`);
  if (isBlocked(plan)) return refuse('The plan cannot be carried out; nothing was sent.', parts);
  if (asked.keep) out(`Run it with: slotdeck run ${plan.id}\n`);
  if (asked.simulate) return 0;
  if (plan.steps.length === 0 || (plan.moves.length === 0 && isNothing(plan))) {
    if (json) out(`${JSON.stringify({ ok: true, plan })}\n`);
    return endsWithCheck.has(plan.kind) ? sayCheck(first, asked, parts) : 0;
  }
  const confirm = asked.words.value('confirm');
  if (!(await isWanted(plan, { yes: asked.yes, confirm }, ask))) return refuse('Nothing was sent.', parts);
  const { topology } = first;
  const status = await launchPlan({ plan, pace, folder, topology, access: asked.access }, calls, parts);
  if (!endsWithCheck.has(plan.kind) || status !== 0) return status;
  const changed = await lookAtCluster(calls, asked.address, { again: true });
  rememberCluster(folder, changed.topology);
  return sayCheck(changed, asked, parts);
}

/** redis-cli ends these with a check, and scripts look for its lines. */
const endsWithCheck: ReadonlySet<Plan['kind']> = new Set(['create', 'fix']);

function sayCheck(seen: Seen, asked: OperationWork, { out, json }: OperateParts): 0 {
  if (!json) out(`${reportCheck(seen, printAddress(asked.address)).lines.join('\n')}\n`);
  return 0;
}

function isNothing(plan: Plan): boolean {
  return plan.steps.every(({ component }) => component === 'check' || component === 'verify');
}
