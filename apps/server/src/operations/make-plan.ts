import { checkPlan } from '@slotdeck/cluster/plan/check-plan';
import { planReshard, type PlanInput } from '@slotdeck/cluster/plan/reshard';
import { planDrain } from '@slotdeck/cluster/plan/drain';
import { planRebalance, rebalanceMoves } from '@slotdeck/cluster/plan/rebalance';
import { planReverse } from '@slotdeck/cluster/plan/reverse';
import { readReshardRequest } from '@slotdeck/cluster/plan/reshard-request';
import { chooseSlots } from '@slotdeck/cluster/plan/choose-slots';
import type { SlotWeights } from '@slotdeck/cluster/plan/slot-weights';
import { countSlotKeys } from '@slotdeck/cluster/observe/slot-counts';
import { ApiError } from '@slotdeck/contract/errors';
import type { Clock } from '@slotdeck/model/clock';
import { isBlocked, type Plan, type PlanAsked, type PlanProblem } from '@slotdeck/model/plan';
import type { DrainParams, RebalanceParams, ReshardParams } from '@slotdeck/model/plan-params';
import { ALL_SLOTS, NO_SLOTS, unionSlots, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { findNode, type Topology } from '@slotdeck/model/topology';
import { arrivedSlots, type ArrivedSlots } from '@slotdeck/operations/catalog/move-journal';
import type { OperationEvent } from '@slotdeck/model/operation-events';
import { drawPlanId } from '../access/random-ids.ts';
import type { KnownCluster } from '../clusters/cluster-registry.ts';
import type { ObservedState } from '../clusters/observed-state.ts';
import { lookForPlan, type PlanOrder } from './look-for-plan.ts';
import { makeNodePlan } from './make-node-plan.ts';

/**
 * Looks at the cluster now and makes the plan that was asked for. Nothing is changed.
 * @throws ApiError `cluster-not-seen` · `invalid-request` for a kind that this server does not plan
 */
export function makePlan(cluster: KnownCluster, asked: PlanAsked, order: PlanOrder, clock: Clock): Promise<Plan> {
  switch (asked.kind) {
    case 'reshard':
      return makeReshardPlan(cluster, asked.params, order, clock);
    case 'rebalance':
      return makeRebalancePlan(cluster, asked.params, order, clock);
    case 'drain':
      return makeDrainPlan(cluster, asked.params, order, clock);
    case 'failover':
    case 'replicate':
    case 'set-timeout':
      return makeNodePlan(cluster, asked, order, clock);
    default:
      throw new ApiError('invalid-request', `This server does not plan changes of kind ${asked.kind}.`, {
        kind: asked.kind,
      });
  }
}

async function makeReshardPlan(
  cluster: KnownCluster,
  params: ReshardParams,
  order: PlanOrder,
  clock: Clock,
): Promise<Plan> {
  const { topology, state } = await lookForPlan(cluster);
  const request = readReshardRequest(params, topology);
  const moving = unite(chooseSlots(request.givers, request.receivers));
  const input = await inputOf(cluster, topology, state, moving, order, clock);
  return judged(planReshard({ ...input, params }), topology);
}

async function makeRebalancePlan(
  cluster: KnownCluster,
  params: RebalanceParams,
  order: PlanOrder,
  clock: Clock,
): Promise<Plan> {
  const { topology, state } = await lookForPlan(cluster);
  // What is levelled by its contents must be counted whole before it is known what moves.
  const counted =
    params.by === 'slots' ? unite(rebalanceMoves({ params, topology, weights: new Map() }).moves) : ALL_SLOTS;
  const input = await inputOf(cluster, topology, state, counted, order, clock);
  return judged(planRebalance({ ...input, params }), topology);
}

async function makeDrainPlan(
  cluster: KnownCluster,
  params: DrainParams,
  order: PlanOrder,
  clock: Clock,
): Promise<Plan> {
  const { topology, state } = await lookForPlan(cluster);
  const moving = findNode(topology, params.node)?.slots ?? NO_SLOTS;
  const input = await inputOf(cluster, topology, state, moving, order, clock);
  return judged(planDrain({ ...input, params }), topology);
}

/** The plan that brings back what an operation moved; null when it moved nothing. @throws ApiError `cluster-not-seen` */
export async function makeReversePlan(
  cluster: KnownCluster,
  events: readonly OperationEvent[],
  order: PlanOrder,
  clock: Clock,
): Promise<Plan | null> {
  const arrived = arrivedSlots(events);
  if (arrived.length === 0) return null;
  const { topology, state } = await lookForPlan(cluster);
  const input = await inputOf(cluster, topology, state, unite(arrived), order, clock);
  const plan = planReverse(input, arrived);
  return plan === null ? null : judged(plan, topology);
}

async function inputOf(
  cluster: KnownCluster,
  topology: Topology,
  state: ObservedState,
  moving: SlotRanges,
  { createdBy, parent }: PlanOrder,
  clock: Clock,
): Promise<PlanInput> {
  const weights: SlotWeights =
    cluster.access === null || moving.length === 0
      ? new Map()
      : (await countSlotKeys(cluster.access.calls, topology, moving)).counts;
  return {
    planId: drawPlanId(),
    topology,
    weights,
    stats: state.stats,
    pace: 'balanced',
    now: clock.now(),
    createdBy,
    parent,
  };
}

/** A second opinion on our own planner: what `check-plan` finds beyond the plan's own problems is told with them. */
function judged(plan: Plan, topology: Topology): Plan {
  if (isBlocked(plan) || plan.moves.length === 0) return plan;
  const told = new Set(plan.problems.map(key));
  const more = checkPlan(plan, topology).filter((problem) => !told.has(key(problem)));
  return more.length === 0 ? plan : { ...plan, problems: [...more, ...plan.problems] };
}

const key = (problem: PlanProblem): string => `${problem.code} ${JSON.stringify(problem.facts)}`;

function unite(moves: readonly Pick<ArrivedSlots, 'slots'>[]): SlotRanges {
  return moves.reduce<SlotRanges>((sum, move) => unionSlots(sum, move.slots), NO_SLOTS);
}
