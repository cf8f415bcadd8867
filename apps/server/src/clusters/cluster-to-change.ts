import type { ClusterToChange } from '@slotdeck/operations/catalog/cluster-to-change';
import type { ImportSources } from './import-sources.ts';
import type { KnownCluster } from './cluster-registry.ts';

/** A known cluster as operations use it; null when it is not known or its login cannot be opened. */
export function clusterToChange(cluster: KnownCluster | null, imports: ImportSources): ClusterToChange | null {
  if (cluster === null || cluster.access === null) return null;
  const { calls, login } = cluster.access;
  return {
    calls,
    migrateAuth:
      login.password === null
        ? null
        : { ...(login.username === null ? {} : { username: login.username }), password: login.password },
    importSource: (params) => imports.calls(cluster.row.id, params),
    look: async () => (await cluster.lookNow()).views,
  };
}
