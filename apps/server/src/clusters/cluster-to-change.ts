import type { ClusterToChange } from '@slotdeck/operations/catalog/cluster-to-change';
import type { KnownCluster } from './cluster-registry.ts';

/** A known cluster as operations use it; null when it is not known or its login cannot be opened. */
export function clusterToChange(cluster: KnownCluster | null): ClusterToChange | null {
  if (cluster === null || cluster.access === null) return null;
  const { calls, login } = cluster.access;
  return {
    calls,
    migrateAuth:
      login.password === null
        ? null
        : { ...(login.username === null ? {} : { username: login.username }), password: login.password },
    look: async () => (await cluster.lookNow()).views,
  };
}
