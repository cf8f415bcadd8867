import { createContext, useContext, useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from 'react';
import { skipToken, useQuery } from '@tanstack/react-query';
import type { ClusterSummary } from '@slotdeck/contract/clusters';
import type { Channel } from '@slotdeck/contract/stream';
import type { ClusterId, OperationId } from '@slotdeck/model/ids';
import { liveKey, type ChannelState, type ClusterChannelValue, type OperationChannelValue } from './apply-message.ts';
import type { ConnectionNews, Live } from './live.ts';

const LiveContext = createContext<Live | null>(null);

export function LiveProvider({ live, children }: { live: Live; children: ReactNode }) {
  return <LiveContext value={live}>{children}</LiveContext>;
}

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (live === null) throw new Error('useLive is used outside LiveProvider');
  return live;
}

/** What is held of a channel: nothing yet, something, or that it is closed. */
export type Watched<Value> =
  | { readonly state: 'waiting' }
  | { readonly state: 'held'; readonly value: Value; readonly receivedAt: number }
  | { readonly state: 'closed'; readonly reason: 'not-found' | 'not-allowed' | 'removed' };

const ALL_CLUSTERS: Channel = { name: 'clusters' };

/** `channel` must be the same object from render to render, or it is left and watched anew each time. */
function useChannel(channel: Channel | null): ChannelState | undefined {
  const { stream } = useLive();
  useEffect(() => (channel === null ? undefined : stream.watch(channel)), [stream, channel]);
  // Only the stream writes here, so there is nothing to fetch and nothing goes out of date by itself.
  return useQuery<ChannelState>({
    queryKey: channel === null ? ['live', 'none'] : liveKey(channel),
    queryFn: skipToken,
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
  }).data;
}

/** All clusters, as the server sums them up. */
export function useClusters(): Watched<readonly ClusterSummary[]> {
  const held = useChannel(ALL_CLUSTERS);
  if (held === undefined) return { state: 'waiting' };
  if (held.state === 'closed') return held;
  return held.name === 'clusters' ? held : { state: 'waiting' };
}

/** One cluster live: `value.live` as the server sends it, `value.load` the last 15 minutes. Null watches nothing. */
export function useCluster(id: ClusterId | null): Watched<ClusterChannelValue> {
  const held = useChannel(useMemo<Channel | null>(() => (id === null ? null : { name: 'cluster', id }), [id]));
  if (held === undefined) return { state: 'waiting' };
  if (held.state === 'closed') return held;
  return held.name === 'cluster' ? held : { state: 'waiting' };
}

/** One operation live: its view, progress and newest transcript lines. Null watches nothing. */
export function useOperation(id: OperationId | null): Watched<OperationChannelValue> {
  const held = useChannel(useMemo<Channel | null>(() => (id === null ? null : { name: 'operation', id }), [id]));
  if (held === undefined) return { state: 'waiting' };
  if (held.state === 'closed') return held;
  return held.name === 'operation' ? held : { state: 'waiting' };
}

export function useConnection(): ConnectionNews {
  const live = useLive();
  return useSyncExternalStore(live.onNews, live.news);
}

/** Now by the server's clock, renewed every `everyMs`. Ages count from it. */
export function useNow(everyMs = 1000): number {
  const live = useLive();
  const [now, setNow] = useState(live.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(live.now()), everyMs);
    return () => clearInterval(timer);
  }, [live, everyMs]);
  return now;
}
