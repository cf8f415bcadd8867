import { queryOptions } from '@tanstack/react-query';
import type { ClusterId, PlanId } from '@slotdeck/model/ids';
import { call } from './client.ts';

/**
 * What is asked by HTTP. Live things (clusters, topology, operations under way) are not here: they come by the stream and
 * enter the cache through `apply-message.ts` alone.
 */
export const sessionQuery = () =>
  queryOptions({
    queryKey: ['session'],
    queryFn: ({ signal }) => call('getSession', {}, signal),
    staleTime: 60_000,
  });

export const timelineQuery = (clusterId: ClusterId, limit: number) =>
  queryOptions({
    queryKey: ['timeline', clusterId, limit],
    queryFn: ({ signal }) => call('getTimeline', { params: { clusterId }, query: { limit } }, signal),
  });

/** Counting costs the servers calls, so this never runs by itself: `enabled` is the person's wish. */
export const slotCountsQuery = (clusterId: ClusterId) =>
  queryOptions({
    queryKey: ['slot-counts', clusterId],
    queryFn: ({ signal }) => call('countSlots', { params: { clusterId } }, signal),
    enabled: false,
    staleTime: Number.POSITIVE_INFINITY,
  });

export const planQuery = (clusterId: ClusterId, planId: PlanId) =>
  queryOptions({
    queryKey: ['plan', clusterId, planId],
    queryFn: ({ signal }) => call('getPlan', { params: { clusterId, planId } }, signal),
  });

export const operationsQuery = (clusterId: ClusterId) =>
  queryOptions({
    queryKey: ['operations', clusterId],
    queryFn: ({ signal }) => call('listOperations', { params: { clusterId } }, signal),
  });
