import { type QueryClient } from '@tanstack/react-query';
import type { Channel } from '@slotdeck/contract/stream';
import { applyMessage, liveKey, type ChannelState } from './apply-message.ts';
import {
  makeStreamClient,
  type Connection,
  type Socket,
  type StreamClient,
  type StreamPorts,
} from './stream-client.ts';

/** What the screen needs to know of the connection itself. */
export interface ConnectionNews {
  readonly connection: Connection;
  /** A try has failed or an open connection broke, and none is open since. */
  readonly lost: boolean;
  /** When it was resumed after a loss, for a short word about it. */
  readonly resumedAt: number | null;
  /** Server clock minus this clock, ms. */
  readonly clockAhead: number;
}

/** Joins the stream to the query cache. The only writer of keys that begin with `live`. */
export interface Live {
  readonly stream: StreamClient;
  readonly news: () => ConnectionNews;
  readonly onNews: (listener: () => void) => () => void;
  /** Now, by the server's clock: ages are counted from what the server says. */
  readonly now: () => number;
}

export function heldState(cache: QueryClient, channel: Channel): ChannelState | undefined {
  return cache.getQueryData<ChannelState>(liveKey(channel));
}

export function makeLive(cache: QueryClient, ports: StreamPorts = browserPorts): Live {
  const listeners = new Set<() => void>();
  let news: ConnectionNews = {
    connection: { state: 'ended', reason: 'stopped' },
    lost: false,
    resumedAt: null,
    clockAhead: 0,
  };
  const tell = (change: Partial<ConnectionNews>): void => {
    news = { ...news, ...change };
    for (const listener of listeners) listener();
  };
  const stream = makeStreamClient({
    ports,
    lastSeen: (channel) => {
      const held = heldState(cache, channel);
      return held?.state === 'held' ? { life: held.life, version: held.version } : null;
    },
    onMessage: (message, life) => {
      const applied = applyMessage(heldState(cache, message.channel), message, { life, now: ports.now() });
      if (applied.outcome === 'changed') cache.setQueryData(liveKey(message.channel), applied.state);
      return applied.outcome === 'gap' ? 'gap' : 'applied';
    },
    onConnection: (connection) =>
      tell({
        connection,
        lost: connection.state === 'waiting' || (connection.state === 'connecting' && news.lost),
        resumedAt: connection.state === 'open' && news.lost ? ports.now() : news.resumedAt,
      }),
    onClock: (clockAhead) => tell({ clockAhead }),
  });
  return {
    stream,
    news: () => news,
    onNews: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    now: () => ports.now() + news.clockAhead,
  };
}

const browserPorts: StreamPorts = {
  open: () => {
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/stream`);
    const port: Socket = {
      send: (text) => socket.send(text),
      close: () => socket.close(),
      onopen: null,
      onmessage: null,
      onclose: null,
    };
    socket.addEventListener('open', () => port.onopen?.());
    socket.addEventListener('message', (event) => port.onmessage?.(event));
    socket.addEventListener('close', () => port.onclose?.());
    return port;
  },
  after: (ms, then) => {
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
  now: () => Date.now(),
  random: () => Math.random(),
};
