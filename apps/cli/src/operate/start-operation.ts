import { OperationId, PlanId } from '@slotdeck/model/ids';
import { isEnded } from '@slotdeck/model/operation';
import { isBlocked, type Plan } from '@slotdeck/model/plan';
import { makePlan } from '@slotdeck/operations/planning/make-plan';
import { printAddress } from '@slotdeck/cluster/connection/node-address';
import { reportCheck } from '../check.ts';
import type { NodeAddress } from '@slotdeck/cluster/connection/node-calls';
import { lookAtCluster, type Connections, type Seen } from '../open-cluster.ts';
import type { OperationWork } from '../read-arguments.ts';
import { followOperation, type Followed } from './follow-operation.ts';
import { clock, openLocalRunner } from './local-runner.ts';
import { paceOf, requestOf, type Ask } from './operation-request.ts';
import { planLines } from './plan-lines.ts';
import { randomId, rememberCluster, stateFolder } from './state-folder.ts';

export interface OperateParts extends Followed {
  readonly ask: Ask;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Connections with the login of a server whose keys are imported; nothing is dialled before it is asked. */
  readonly source: Connections;
}

/** Looks, plans, shows the plan, asks, and carries it out. @throws UsageError · ClusterNotSeen */
export async function startOperation(asked: OperationWork, calls: Connections, parts: OperateParts): Promise<0 | 1> {
  const { out, json, env, ask, source } = parts;
  const pace = paceOf(asked.words);
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
  if (json && (isBlocked(plan) || asked.simulate)) {
    out(`${JSON.stringify({ ok: !isBlocked(plan), plan })}\n`);
    return isBlocked(plan) ? 1 : 0;
  }
  if (!json) out(`${planLines(plan).join('\n')}\n`);
  if (isBlocked(plan)) return refuse('The plan cannot be carried out; nothing was sent.', parts);
  if (asked.simulate) return 0;
  if (plan.steps.length === 0 || (plan.moves.length === 0 && isNothing(plan))) {
    if (json) out(`${JSON.stringify({ ok: true, plan })}\n`);
    return endsWithCheck.has(plan.kind) ? sayCheck(first, asked, parts) : 0;
  }
  if (!(await isWanted(plan, asked, ask))) return refuse('Nothing was sent.', parts);
  const seeds = first.topology.nodes.flatMap(({ host, port }) => (host === '' ? [] : [{ host, port }]));
  const { runner, store } = openLocalRunner(folder, calls, seeds, asked.access, source);
  const held = store.leases.current(clusterId)?.operationId ?? null;
  const holder = held === null ? null : runner.state(held);
  if (held !== null && holder !== null && !isEnded(holder.view.status)) {
    return refuse(
      `Operation ${held} (${holder.view.kind}) on this cluster is not finished: resume or cancel it.`,
      parts,
    );
  }
  const id = OperationId.parse(`op-${randomId()}`);
  const started = runner.start({ id, plan, by: 'terminal', pace });
  if (!started.ok) return refuse(`The operation was not started (${started.code}).`, parts);
  if (!json) out(`>>> Operation ${id}\n`);
  const status = await followOperation(runner, id, parts);
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

/** What the last change still shows for a moment is waited out; a plan made from it would only be refused. */
async function lookSettled(calls: Connections, address: NodeAddress): Promise<Seen> {
  const seen = await lookAtCluster(calls, address, { again: false });
  const { disputes, disagreements } = seen.topology;
  return disputes.length + disagreements.length === 0 ? seen : lookAtCluster(calls, address, { again: true });
}

function isNothing(plan: Plan): boolean {
  return plan.steps.every(({ component }) => component === 'check' || component === 'verify');
}

/** A phrase is never given by `--yes`: it stands for what can be lost. */
async function isWanted(plan: Plan, asked: OperationWork, ask: Ask): Promise<boolean> {
  const consent = plan.consent ?? null;
  // Given by its own option, in so many words.
  if (plan.kind === 'fix' && plan.params.acceptLoss && asked.yes) return true;
  if (consent !== null) {
    const phrase = asked.words.value('confirm') ?? (await ask(`Type "${consent.phrase}" to go on: `)).trim();
    return phrase === consent.phrase;
  }
  if (asked.yes) return true;
  const question =
    plan.kind === 'create'
      ? "Can I set the above configuration? (type 'yes' to accept): "
      : `Do you want to proceed with the proposed ${plan.kind} plan (yes/no)? `;
  const answer = await ask(question);
  return answer.trim() === 'yes';
}

function refuse(message: string, { out, json }: OperateParts): 1 {
  if (json) out(`${JSON.stringify({ ok: false, error: { code: 'refused', message } })}\n`);
  else out(`[ERR] ${message}\n`);
  return 1;
}
