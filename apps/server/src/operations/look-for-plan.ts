import { ApiError } from '@slotdeck/contract/errors';
import type { Plan } from '@slotdeck/model/plan';
import type { Topology } from '@slotdeck/model/topology';
import { topologyOf } from '../clusters/cluster-observer.ts';
import type { KnownCluster } from '../clusters/cluster-registry.ts';
import type { ObservedState } from '../clusters/observed-state.ts';

/** What a plan is asked for with, beside its request. */
export interface PlanOrder {
  createdBy: string;
  parent: Plan['parent'];
}

/** Asks all nodes now. @throws ApiError `cluster-not-seen` */
export async function lookForPlan(cluster: KnownCluster): Promise<{ topology: Topology; state: ObservedState }> {
  const state = await cluster.lookNow();
  const topology = topologyOf(state);
  if (topology === null) throw clusterNotSeen(state);
  return { topology, state };
}

export function clusterNotSeen(state: ObservedState): ApiError {
  const seen = state.problem === null ? null : `${state.problem.code}: ${state.problem.seen}`;
  return new ApiError(
    'cluster-not-seen',
    `No node of this cluster answers now${seen === null ? '' : ` (${seen})`}. A plan is made only from what the nodes say at that moment.`,
    { problem: state.problem },
  );
}
