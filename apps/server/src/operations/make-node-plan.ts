import { readNodeTimeouts } from '@slotdeck/cluster/observe/node-timeouts';
import { planFailover } from '@slotdeck/cluster/plan/failover';
import { planReplicate } from '@slotdeck/cluster/plan/replicate';
import { planSetTimeout } from '@slotdeck/cluster/plan/set-timeout';
import type { StepsInput } from '@slotdeck/cluster/plan/plan-of-steps';
import type { Clock } from '@slotdeck/model/clock';
import type { Plan, PlanAsked } from '@slotdeck/model/plan';
import { drawPlanId } from '../access/random-ids.ts';
import type { KnownCluster } from '../clusters/cluster-registry.ts';
import { lookForPlan, type PlanOrder } from './look-for-plan.ts';

type NodePlanAsked = Extract<PlanAsked, { kind: 'failover' | 'replicate' | 'set-timeout' }>;

/** Looks at the cluster now and makes the plan of a change that concerns nodes and moves no slots. @throws ApiError `cluster-not-seen` */
export async function makeNodePlan(
  cluster: KnownCluster,
  asked: NodePlanAsked,
  order: PlanOrder,
  clock: Clock,
): Promise<Plan> {
  const { topology, state } = await lookForPlan(cluster);
  const input: StepsInput = { planId: drawPlanId(), topology, stats: state.stats, now: clock.now(), ...order };
  switch (asked.kind) {
    case 'failover':
      return planFailover({ ...input, params: asked.params });
    case 'replicate':
      return planReplicate({ ...input, params: asked.params });
    case 'set-timeout': {
      const current = cluster.access === null ? new Map() : await readNodeTimeouts(cluster.access.calls, topology);
      return planSetTimeout({ ...input, params: asked.params, current });
    }
  }
}
