import type { ClusterSummary } from '@slotdeck/contract/clusters';
import type { ChannelSource } from './channel-source.ts';

/** All summaries: what changed is found by comparing them in print, which also keeps what is equal from being told. */
export function clustersSource(summaries: () => readonly ClusterSummary[]): ChannelSource {
  const told = new Map<string, string>();
  let clusters: readonly ClusterSummary[] = [];

  const compare = (): { changed: ClusterSummary[]; removed: ClusterSummary['id'][] } => {
    const before = clusters;
    clusters = summaries();
    const changed = clusters.filter((cluster) => {
      const text = JSON.stringify(cluster);
      if (told.get(cluster.id) === text) return false;
      told.set(cluster.id, text);
      return true;
    });
    const removed = before.map(({ id }) => id).filter((id) => !clusters.some((cluster) => cluster.id === id));
    for (const id of removed) told.delete(id);
    return { changed, removed };
  };
  compare();

  return {
    collect() {
      const { changed, removed } = compare();
      return changed.length + removed.length === 0 ? null : { type: 'clusters-delta', changed, removed };
    },
    snapshot: () => ({ type: 'clusters-snapshot', clusters: [...clusters] }),
    end: () => undefined,
  };
}
