import type { ClusterSummary } from '@slotdeck/contract/clusters';
import type { ClusterHealth } from '@slotdeck/model/finding';
import type { Words } from '../../words/words.ts';

export const HEALTH_ORDER: readonly ClusterHealth[] = ['critical', 'warning', 'unknown', 'partial', 'healthy'];

export function countHealth(clusters: readonly ClusterSummary[]): Record<ClusterHealth, number> {
  const counts: Record<ClusterHealth, number> = { critical: 0, warning: 0, unknown: 0, partial: 0, healthy: 0 };
  for (const { health } of clusters) counts[health] += 1;
  return counts;
}

/** Worst first, then by name: the order changes with a health only, never with a number. */
export function inOrder(clusters: readonly ClusterSummary[]): readonly ClusterSummary[] {
  return clusters.toSorted(
    (a, b) => HEALTH_ORDER.indexOf(a.health) - HEALTH_ORDER.indexOf(b.health) || a.name.localeCompare(b.name),
  );
}

/** "8 clusters, one is critical": the head counts the worst. */
export function clustersSentence(clusters: readonly ClusterSummary[], { t }: Words): string {
  const counts = countHealth(clusters);
  const n = clusters.length;
  if (n === 0) return t('clusters.sentenceNone');
  const state = (): string => {
    if (counts.critical > 0) return t('clusters.someCritical', { n: counts.critical });
    if (counts.warning > 0) return t('clusters.someAtRisk', { n: counts.warning });
    if (counts.unknown > 0) return t('clusters.someUnknown', { n: counts.unknown });
    if (counts.partial > 0) return t('clusters.somePartial', { n: counts.partial });
    return n === 1 ? t('clusters.isHealthy') : t('clusters.allHealthy');
  };
  return t('clusters.sentenceOne', { n, state: state() });
}
