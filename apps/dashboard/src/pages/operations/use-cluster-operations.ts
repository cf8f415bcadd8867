import { useQuery } from '@tanstack/react-query';
import type { OperationSummary } from '@slotdeck/contract/operations';
import { operationsQuery } from '../../api/queries.ts';
import { useClusterPage } from '../cluster/cluster-page.tsx';

/**
 * The stream carries the operations of now; those of long ago are asked for once. Where both know one, the stream is newer.
 */
export function useClusterOperations(): readonly OperationSummary[] {
  const { id, live } = useClusterPage();
  const asked = useQuery(operationsQuery(id));
  return joinOperations(live.operations, asked.data?.operations ?? []);
}

export function joinOperations(
  live: readonly OperationSummary[],
  asked: readonly OperationSummary[],
): readonly OperationSummary[] {
  const known = new Map(asked.map((operation) => [operation.id, operation]));
  for (const operation of live) known.set(operation.id, operation);
  return [...known.values()].sort((a, b) => b.createdAt - a.createdAt);
}
