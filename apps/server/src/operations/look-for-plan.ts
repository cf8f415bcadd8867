import { ApiError } from '@slotdeck/contract/errors';
import type { PlanSite } from '@slotdeck/operations/planning/plan-site';
import { topologyOf } from '../clusters/cluster-observer.ts';
import type { ImportSources } from '../clusters/import-sources.ts';
import type { KnownCluster } from '../clusters/cluster-registry.ts';
import type { ObservedState } from '../clusters/observed-state.ts';

/** A known cluster as plans are made from it. Its look rejects with ApiError `cluster-not-seen` when nobody answers. */
export function planSite(cluster: KnownCluster, imports: ImportSources): PlanSite {
  return {
    look: async () => {
      const state = await cluster.lookNow();
      const topology = topologyOf(state);
      if (topology === null || cluster.access === null) throw clusterNotSeen(state);
      const { calls } = cluster.access;
      return { topology, stats: state.stats, calls, importSource: (params) => imports.calls(cluster.row.id, params) };
    },
  };
}

export function clusterNotSeen(state: ObservedState): ApiError {
  const seen = state.problem === null ? null : `${state.problem.code}: ${state.problem.seen}`;
  return new ApiError(
    'cluster-not-seen',
    `No node of this cluster answers now${seen === null ? '' : ` (${seen})`}. A plan is made only from what the nodes say at that moment.`,
    { problem: state.problem },
  );
}
