import { checkPlan } from '@slotdeck/cluster/plan/check-plan';
import { staleFacts } from '@slotdeck/cluster/plan/stale';
import { ApiError } from '@slotdeck/contract/errors';
import type { Clock } from '@slotdeck/model/clock';
import type { OperationId, PlanId } from '@slotdeck/model/ids';
import type { OperationStatus } from '@slotdeck/model/operation';
import { isBlocked, type Plan, type PlanAsked, type PlanProblem } from '@slotdeck/model/plan';
import { movingSlots } from '@slotdeck/operations/catalog/move-journal';
import type { ControlResult, OperationsRunner } from '@slotdeck/operations/engine/operations-runner';
import { makePlan, makeReversePlan, UnplannedKind } from '@slotdeck/operations/planning/make-plan';
import type { PlanOrder, PlanSite } from '@slotdeck/operations/planning/plan-site';
import { drawOperationId, drawPlanId } from '../access/random-ids.ts';
import { topologyOf } from '../clusters/cluster-observer.ts';
import type { ClusterRegistry, KnownCluster } from '../clusters/cluster-registry.ts';
import type { ImportSources } from '../clusters/import-sources.ts';
import type { Caller, Handlers } from '../http/handler.ts';
import { explainStale } from '@slotdeck/operations/planning/explain-stale';
import { clusterNotSeen, planSite } from '../operations/look-for-plan.ts';
import { summariseOperation } from '../operations/summarise-operation.ts';
import type { Audit } from '../store/audit.ts';
import type { OperationStore } from '../store/operation-journal.ts';
import type { Plans } from '../store/plans.ts';
import { auditEntry, nameOf } from './audit-entry.ts';
import { findCluster } from './clusters.ts';

interface Parts {
  clusters: ClusterRegistry;
  plans: Plans;
  imports: ImportSources;
  operations: OperationStore;
  runner: OperationsRunner;
  audit: Audit;
  clock: Clock;
}

type OperationHandlers = Pick<
  Handlers,
  | 'makePlan'
  | 'getPlan'
  | 'listPlans'
  | 'startOperation'
  | 'listOperations'
  | 'getOperation'
  | 'getOperationEvents'
  | 'getTranscript'
  | 'pauseOperation'
  | 'resumeOperation'
  | 'cancelOperation'
  | 'setPace'
>;

export function operationHandlers(parts: Parts): OperationHandlers {
  const { clusters, plans, imports, operations, runner, audit, clock } = parts;
  const { journal, reversePlans } = operations;

  const findPlan = (cluster: KnownCluster, id: PlanId): { plan: Plan; startedAs: OperationId | null } => {
    const found = plans.get(id);
    if (found === null || found.plan.clusterId !== cluster.row.id)
      throw new ApiError('not-found', `There is no plan ${id} for this cluster.`, { plan: id });
    return found;
  };

  const findOperation = (id: OperationId) => {
    const state = runner.state(id);
    if (state === null) throw new ApiError('not-found', `There is no operation ${id}.`, { operation: id });
    return state;
  };

  function control(
    id: OperationId,
    caller: Caller,
    verb: string,
    ask: (by: string) => ControlResult,
    facts: Readonly<Record<string, unknown>> = {},
  ): { id: OperationId; status: OperationStatus } {
    const { record } = findOperation(id);
    // Before it is done: what cannot be written down is not done. That somebody asked in vain is worth a line too.
    audit.write(auditEntry(caller, clock, `${verb}-operation`, id, { cluster: record.clusterId, ...facts }));
    const result = ask(nameOf(caller));
    if (!result.ok) throw refused(id, verb, result);
    return { id, status: result.status };
  }

  const orderOf = (createdBy: string, parent: Plan['parent']): PlanOrder => ({
    planId: drawPlanId(),
    createdBy,
    parent,
    now: clock.now(),
  });

  return {
    makePlan: async ({ params, body, caller }) => {
      const cluster = findCluster(clusters, params.clusterId);
      const createdBy = nameOf(caller);
      if (body.kind === 'reverse') {
        const { record } = findOperation(body.params.operation);
        if (record.clusterId !== cluster.row.id)
          throw new ApiError('not-found', `There is no operation ${record.id} on this cluster.`, {
            operation: record.id,
          });
        const parent = { plan: record.plan.id, operation: record.id, relation: 'reverses' } as const;
        const made = await makeReversePlan(
          planSite(cluster, imports),
          journal.events(record.id),
          orderOf(createdBy, parent),
        );
        if (made === null)
          throw new ApiError('invalid-request', 'This operation moved nothing, so there is nothing to bring back.', {
            operation: record.id,
          });
        plans.add(made);
        // Second: a plan that no operation points at does no harm, a pointer to a plan that was not kept would.
        reversePlans.set(record.id, made.id);
        return made;
      }
      const parent =
        body.replaces === undefined ? null : ({ plan: body.replaces, operation: null, relation: 'replaces' } as const);
      if (body.kind === 'import' && body.sourcePassword !== undefined) {
        const facts = { cluster: cluster.row.id, user: body.params.fromUsername ?? '' };
        audit.write(auditEntry(caller, clock, 'give-import-password', body.params.from, facts));
        imports.remember(cluster.row.id, body.params, body.sourcePassword);
      }
      const plan = await makeAsked(planSite(cluster, imports), body, orderOf(createdBy, parent));
      plans.add(plan);
      return plan;
    },
    getPlan: ({ params }) => {
      const cluster = findCluster(clusters, params.clusterId);
      const { plan, startedAs } = findPlan(cluster, params.planId);
      const { topology } = cluster.state;
      const stale = topology === null || startedAs !== null ? [] : staleFacts(plan.basis, movingSlots(plan), topology);
      return { plan, stale, startedAs };
    },
    listPlans: ({ params }) => ({ plans: plans.list(findCluster(clusters, params.clusterId).row.id) }),
    startOperation: async ({ params, body, caller }) => {
      const cluster = findCluster(clusters, params.clusterId);
      judgeBeforeStart(findPlan(cluster, body.planId), runner, cluster);
      const state = await cluster.lookNow();
      const topology = topologyOf(state);
      if (topology === null) throw clusterNotSeen(state);
      // From here on nothing waits: what is judged now is what is started.
      const { plan } = judgeBeforeStart(findPlan(cluster, body.planId), runner, cluster);
      const changes = staleFacts(plan.basis, movingSlots(plan), topology);
      if (changes.length > 0) {
        throw new ApiError(
          'plan-stale',
          `The cluster changed since the plan was made: ${explainStale(changes)}. Make the plan again.`,
          {
            plan: plan.id,
            changes,
          },
        );
      }
      // A plan without moves rests on its basis alone, which was judged just now.
      if (plan.moves.length > 0) refuseBlockers(checkPlan(plan, topology));
      requireConsent(plan, body.consent);
      const id = drawOperationId();
      audit.write(auditEntry(caller, clock, 'start-operation', id, { cluster: cluster.row.id, plan: plan.id }));
      const started = runner.start({ id, plan, by: nameOf(caller), pace: body.pace });
      if (started.ok) return { id: started.id, status: started.status };
      switch (started.code) {
        case 'cluster-busy':
          throw clusterBusy(started.heldBy);
        case 'shutting-down':
          throw new ApiError('shutting-down', 'The server is shutting down; start the operation when it is back.');
        case 'unknown-kind':
          throw new ApiError('plan-blocked', `This server cannot carry out a plan of kind ${started.kind}.`, {
            kind: started.kind,
          });
      }
    },
    listOperations: ({ params }) => {
      const { row } = findCluster(clusters, params.clusterId);
      return {
        operations: runner.list(row.id).map((state) => summariseOperation(state, reversePlans.of(state.record.id))),
      };
    },
    getOperation: ({ params }) => {
      const state = findOperation(params.operationId);
      return { ...summariseOperation(state, reversePlans.of(state.record.id)), view: state.view };
    },
    getOperationEvents: ({ params, query }) => {
      const { record, view } = findOperation(params.operationId);
      return { events: journal.events(record.id, query.after, query.limit), last: view.lastIndex };
    },
    getTranscript: ({ params, query }) => {
      const { record } = findOperation(params.operationId);
      const page = journal.transcript(record.id, query);
      return { ...page, lines: [...page.lines] };
    },
    pauseOperation: ({ params: { operationId: id }, caller }) =>
      control(id, caller, 'pause', (by) => runner.pause(id, by)),
    resumeOperation: ({ params: { operationId: id }, caller }) =>
      control(id, caller, 'resume', (by) => runner.resume(id, by)),
    cancelOperation: ({ params: { operationId: id }, caller }) =>
      control(id, caller, 'cancel', (by) => runner.cancel(id, by)),
    setPace: ({ params: { operationId: id }, body, caller }) =>
      control(id, caller, 'pace', (by) => runner.setPace(id, body.pace, by), { pace: body.pace }),
  };
}

/** What can be said without asking the cluster. @throws ApiError */
function judgeBeforeStart(
  found: { plan: Plan; startedAs: OperationId | null },
  runner: Pick<OperationsRunner, 'heldBy'>,
  cluster: KnownCluster,
): { plan: Plan } {
  const { plan, startedAs } = found;
  if (startedAs !== null)
    throw new ApiError('plan-used', 'This plan was started already.', { plan: plan.id, operationId: startedAs });
  if (isBlocked(plan)) refuseBlockers(plan.problems);
  const heldBy = runner.heldBy(cluster.row.id);
  if (heldBy !== null) throw clusterBusy(heldBy);
  return { plan };
}

function refuseBlockers(problems: readonly PlanProblem[]): void {
  const blockers = problems.filter((problem) => problem.severity === 'blocker');
  if (blockers.length === 0) return;
  throw new ApiError('plan-blocked', blockers.map((problem) => problem.message).join(' '), { problems: blockers });
}

/** @throws ApiError `consent-needed` */
function requireConsent({ id, consent }: Plan, given: string | undefined): void {
  if (consent == null || given === consent.phrase) return;
  throw new ApiError('consent-needed', `This change needs a confirmation: repeat "${consent.phrase}".`, {
    plan: id,
    phrase: consent.phrase,
    reasons: consent.reasons,
  });
}

function clusterBusy(operationId: OperationId): ApiError {
  return new ApiError('cluster-busy', 'Another operation is changing this cluster; wait for it, or cancel it.', {
    operationId,
  });
}

function refused(id: OperationId, verb: string, result: Extract<ControlResult, { ok: false }>): ApiError {
  switch (result.code) {
    case 'not-found':
      return new ApiError('not-found', `There is no operation ${id}.`, { operation: id });
    case 'shutting-down':
      return new ApiError('shutting-down', 'The server is shutting down; ask again when it is back.');
    case 'not-in-this-status':
      return new ApiError('not-in-this-status', `The operation is ${result.status}; ${verb} makes no sense then.`, {
        operation: id,
        status: result.status,
      });
  }
}

async function makeAsked(site: PlanSite, asked: PlanAsked, order: PlanOrder): Promise<Plan> {
  try {
    return await makePlan(site, asked, order);
  } catch (error) {
    if (!(error instanceof UnplannedKind)) throw error;
    throw new ApiError('invalid-request', error.message, { kind: error.kind }, null, { cause: error });
  }
}
