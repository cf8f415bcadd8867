import { checkPlan } from '@slotdeck/cluster/plan/check-plan';
import { planReshard } from '@slotdeck/cluster/plan/reshard';
import { planDrain } from '@slotdeck/cluster/plan/drain';
import { planRebalance, rebalanceMoves } from '@slotdeck/cluster/plan/rebalance';
import { planReverse } from '@slotdeck/cluster/plan/reverse';
import { readReshardRequest } from '@slotdeck/cluster/plan/reshard-request';
import { chooseSlots } from '@slotdeck/cluster/plan/choose-slots';
import { isBlocked, type Plan, type PlanAsked, type PlanProblem } from '@slotdeck/model/plan';
import type { DrainParams, RebalanceParams, ReshardParams } from '@slotdeck/model/plan-params';
import { ALL_SLOTS, NO_SLOTS } from '@slotdeck/model/slot-ranges';
import { findNode, type Topology } from '@slotdeck/model/topology';
import type { OperationEvent } from '@slotdeck/model/operation-events';
import { arrivedSlots } from '../catalog/move-journal.ts';
import { makeFixPlan } from './make-fix-plan.ts';
import { makeImportPlan } from './make-import-plan.ts';
import { makeMembershipPlan } from './make-membership-plan.ts';
import { makeNodePlan } from './make-node-plan.ts';
import { inputOf, unite } from './moves-input.ts';
import type { PlanOrder, PlanSite } from './plan-site.ts';

/** There is no planner for this kind. */
export class UnplannedKind extends Error {
  readonly code = 'unplanned-kind';
  readonly kind: string;
  constructor(kind: string) {
    super(`Changes of kind ${kind} are not planned here.`);
    this.name = 'UnplannedKind';
    this.kind = kind;
  }
}

/**
 * Looks at the cluster now and makes the plan that was asked for. Nothing is changed.
 * @throws UnplannedKind, and whatever the site's look throws when nobody answers
 */
export function makePlan(site: PlanSite, asked: PlanAsked, order: PlanOrder): Promise<Plan> {
  switch (asked.kind) {
    case 'reshard':
      return makeReshardPlan(site, asked.params, order);
    case 'rebalance':
      return makeRebalancePlan(site, asked.params, order);
    case 'drain':
      return makeDrainPlan(site, asked.params, order);
    case 'failover':
    case 'replicate':
    case 'set-timeout':
      return makeNodePlan(site, asked, order);
    case 'import':
      return importPlan(site, asked, order);
    case 'fix':
      return makeFixPlan(site, asked, order);
    case 'create':
    case 'add-node':
    case 'remove-node':
    case 'detach':
      return makeMembershipPlan(site, asked, order);
  }
}

async function importPlan(
  site: PlanSite,
  asked: Extract<PlanAsked, { kind: 'import' }>,
  order: PlanOrder,
): Promise<Plan> {
  const plan = await makeImportPlan(site, asked, order);
  if (plan === null) throw new UnplannedKind(asked.kind);
  return plan;
}

async function makeReshardPlan(site: PlanSite, params: ReshardParams, order: PlanOrder): Promise<Plan> {
  const sight = await site.look();
  const request = readReshardRequest(params, sight.topology);
  const moving = unite(chooseSlots(request.givers, request.receivers));
  const input = await inputOf(sight, moving, order);
  return judged(planReshard({ ...input, params }), sight.topology);
}

async function makeRebalancePlan(site: PlanSite, params: RebalanceParams, order: PlanOrder): Promise<Plan> {
  const sight = await site.look();
  const { topology } = sight;
  // What is levelled by its contents must be counted whole before it is known what moves.
  const counted =
    params.by === 'slots' ? unite(rebalanceMoves({ params, topology, weights: new Map() }).moves) : ALL_SLOTS;
  const input = await inputOf(sight, counted, order);
  return judged(planRebalance({ ...input, params }), topology);
}

async function makeDrainPlan(site: PlanSite, params: DrainParams, order: PlanOrder): Promise<Plan> {
  const sight = await site.look();
  const moving = findNode(sight.topology, params.node)?.slots ?? NO_SLOTS;
  const input = await inputOf(sight, moving, order);
  return judged(planDrain({ ...input, params }), sight.topology);
}

/** The plan that brings back what an operation moved; null when it moved nothing. Throws as the site's look does. */
export async function makeReversePlan(
  site: PlanSite,
  events: readonly OperationEvent[],
  order: PlanOrder,
): Promise<Plan | null> {
  const arrived = arrivedSlots(events);
  if (arrived.length === 0) return null;
  const sight = await site.look();
  const input = await inputOf(sight, unite(arrived), order);
  const plan = planReverse(input, arrived);
  return plan === null ? null : judged(plan, sight.topology);
}

/** A second opinion on our own planner: what `check-plan` finds beyond the plan's own problems is told with them. */
function judged(plan: Plan, topology: Topology): Plan {
  if (isBlocked(plan) || plan.moves.length === 0) return plan;
  const told = new Set(plan.problems.map(key));
  const more = checkPlan(plan, topology).filter((problem) => !told.has(key(problem)));
  return more.length === 0 ? plan : { ...plan, problems: [...more, ...plan.problems] };
}

const key = (problem: PlanProblem): string => `${problem.code} ${JSON.stringify(problem.facts)}`;
