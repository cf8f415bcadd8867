import { parseAddress } from '@slotdeck/cluster/connection/node-address';
import { lookAtCandidate, type Candidate } from '@slotdeck/cluster/observe/candidate';
import { planAddNode } from '@slotdeck/cluster/plan/add-node';
import { planCreate } from '@slotdeck/cluster/plan/create';
import { planDetach } from '@slotdeck/cluster/plan/detach';
import { planRemoveNode } from '@slotdeck/cluster/plan/remove-node';
import type { Plan, PlanAsked } from '@slotdeck/model/plan';
import { NO_SLOTS } from '@slotdeck/model/slot-ranges';
import { findNode } from '@slotdeck/model/topology';
import { inputOf } from './moves-input.ts';
import type { PlanOrder, PlanSight, PlanSite } from './plan-site.ts';

type MembershipAsked = Extract<PlanAsked, { kind: 'create' | 'add-node' | 'remove-node' | 'detach' }>;

/** Looks at the cluster, and at what is to join it, and makes the plan. Throws as the site's look does. */
export async function makeMembershipPlan(site: PlanSite, asked: MembershipAsked, order: PlanOrder): Promise<Plan> {
  const sight = await site.look();
  const { topology } = sight;
  switch (asked.kind) {
    case 'create': {
      const candidates = await Promise.all(asked.params.nodes.map((node) => candidateAt(node, sight, order.now)));
      return planCreate({ ...(await inputOf(sight, NO_SLOTS, order)), params: asked.params, candidates });
    }
    case 'add-node': {
      const candidate = await candidateAt(asked.params.address, sight, order.now);
      return planAddNode({ ...(await inputOf(sight, NO_SLOTS, order)), params: asked.params, candidate });
    }
    case 'remove-node': {
      const moving = asked.params.drain ? (findNode(topology, asked.params.node)?.slots ?? NO_SLOTS) : NO_SLOTS;
      return planRemoveNode({ ...(await inputOf(sight, moving, order)), params: asked.params });
    }
    case 'detach':
      return planDetach({ ...(await inputOf(sight, NO_SLOTS, order)), params: asked.params });
  }
}

/** The form was checked when the request was read; a port beyond 65535 passes that and is told here. */
export async function candidateAt(text: string, { calls }: Pick<PlanSight, 'calls'>, now: number): Promise<Candidate> {
  const address = parseAddress(text);
  if (address === null) {
    const problem = { code: 'other-error', seen: `"${text}" is no address` } as const;
    return { state: 'silent', address: { host: text, port: 0 }, problem };
  }
  return lookAtCandidate(calls, { now: () => now, monotonic: () => performance.now() }, address);
}
