import { useMatches, useParams } from '@tanstack/react-router';
import type { ClusterSummary } from '@slotdeck/contract/clusters';
import { ClusterId, OperationId } from '@slotdeck/model/ids';
import { useClusters, useOperation } from '../stream/use-live.tsx';

/** The cluster that the frame is about: named by the address, or by the operation that the address names. */
export function useShellCluster(): { id: ClusterId | null; summary: ClusterSummary | null } {
  const params = useParams({ strict: false });
  const operationId = OperationId.safeParse(params.operationId);
  const operation = useOperation(operationId.success ? operationId.data : null);
  const clusters = useClusters();
  const named = ClusterId.safeParse(params.clusterId);
  const id = named.success ? named.data : operation.state === 'held' ? operation.value.operation.clusterId : null;
  const summary = clusters.state === 'held' ? (clusters.value.find((each) => each.id === id) ?? null) : null;
  return { id, summary };
}

export const PLACES = ['overview', 'slots', 'nodes', 'timeline', 'operations', 'doctor'] as const;
export type Place = (typeof PLACES)[number];

const PATHS = {
  overview: '/clusters/$clusterId',
  slots: '/clusters/$clusterId/slots',
  nodes: '/clusters/$clusterId/nodes',
  timeline: '/clusters/$clusterId/timeline',
  operations: '/clusters/$clusterId/operations',
  doctor: '/clusters/$clusterId/doctor',
} as const satisfies Record<Place, string>;

export function pathOf<P extends Place>(place: P): (typeof PATHS)[P] {
  return PATHS[place];
}

/** Which page of a cluster is open, for the navigation and the crumb. */
export function usePlace(): Place | 'clusters' | 'reshard' | null {
  const last = useMatches({ select: (matches) => matches.at(-1)?.fullPath ?? '' });
  const path = last.replace(/\/$/, '');
  if (path === '/clusters') return 'clusters';
  // Both are wizards: the crumb says that a change is planned.
  if (path === '/clusters/$clusterId/reshard' || path === '/clusters/$clusterId/change') return 'reshard';
  if (path.startsWith('/operations')) return 'operations';
  return PLACES.find((place) => PATHS[place] === path) ?? null;
}
