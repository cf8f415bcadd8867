import { readNodeTimeouts } from '@slotdeck/cluster/observe/node-timeouts';
import { countOrphanKeys } from '@slotdeck/cluster/observe/orphan-keys';
import { planFailover } from '@slotdeck/cluster/plan/failover';
import { planReplicate } from '@slotdeck/cluster/plan/replicate';
import { planSetTimeout } from '@slotdeck/cluster/plan/set-timeout';
import type { StepsInput } from '@slotdeck/cluster/plan/plan-of-steps';
import type { Plan, PlanAsked } from '@slotdeck/model/plan';
import { findNode } from '@slotdeck/model/topology';
import type { PlanOrder, PlanSite } from './plan-site.ts';

type NodePlanAsked = Extract<PlanAsked, { kind: 'failover' | 'replicate' | 'set-timeout' }>;

/** Looks at the cluster now and makes the plan of a change that concerns nodes and moves no slots. Throws as the site's look does. */
export async function makeNodePlan(site: PlanSite, asked: NodePlanAsked, order: PlanOrder): Promise<Plan> {
  const { topology, stats, calls } = await site.look();
  const input: StepsInput = { topology, stats, ...order };

  /** Of the primary whose place is to be taken. */
  async function orphansBefore(id: string): Promise<number | null> {
    const primary = findNode(topology, findNode(topology, id)?.primaryId ?? '');
    return primary?.view.state === 'answered' ? countOrphanKeys(calls, primary) : null;
  }

  switch (asked.kind) {
    case 'failover':
      return planFailover({ ...input, params: asked.params, orphans: await orphansBefore(asked.params.node) });
    case 'replicate':
      return planReplicate({ ...input, params: asked.params });
    case 'set-timeout':
      return planSetTimeout({ ...input, params: asked.params, current: await readNodeTimeouts(calls, topology) });
  }
}
