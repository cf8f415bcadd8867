import { channelKey, type Channel, type ServerMessage } from '@slotdeck/contract/stream';
import type { MessageSocket } from './message-socket.ts';

/**
 * One connection's outgoing side. A reader that is slow has its deltas dropped, not piled up; once it has caught up it gets
 * the present snapshot of each channel that it missed something of. One that does not catch up for long is sent away.
 */
export interface Viewer {
  watches(key: string): boolean;
  watch(channel: Channel): void;
  unwatch(key: string): void;
  readonly watched: readonly Channel[];
  /** For one channel, in order. `text` is the whole message. */
  deliver(key: string, text: string): void;
  /** A message outside of any channel. */
  tell(message: ServerMessage): void;
  /** Called a few times a second: sends what was missed when there is room. */
  catchUp(snapshotOf: (key: string) => string | null): 'keeping-up' | 'behind' | 'too-slow';
  goodbye(reason: Extract<ServerMessage, { type: 'goodbye' }>['reason'], detail: string): void;
}

/** A large cluster's snapshot is about 300 kB; several of them fit, an endless queue does not. */
const MOST_BUFFERED = 1_000_000;
const ROOM_AGAIN = 100_000;
const PATIENCE_MS = 30_000;

export function makeViewer(socket: MessageSocket, monotonic: () => number): Viewer {
  const watched = new Map<string, Channel>();
  const missed = new Set<string>();
  let behindSince: number | null = null;

  return {
    watches: (key) => watched.has(key),
    watch: (channel) => void watched.set(channelKey(channel), channel),
    unwatch(key) {
      watched.delete(key);
      missed.delete(key);
    },
    get watched() {
      return [...watched.values()];
    },
    deliver(key, text) {
      if (!watched.has(key) || missed.has(key)) return;
      if (socket.bufferedAmount > MOST_BUFFERED) {
        missed.add(key);
        behindSince ??= monotonic();
        return;
      }
      socket.send(text);
    },
    tell: (message) => socket.send(JSON.stringify(message)),
    catchUp(snapshotOf) {
      if (behindSince === null) return 'keeping-up';
      if (socket.bufferedAmount > ROOM_AGAIN) {
        return monotonic() - behindSince > PATIENCE_MS ? 'too-slow' : 'behind';
      }
      const keys = [...missed];
      missed.clear();
      behindSince = null;
      for (const key of keys) {
        const text = snapshotOf(key);
        if (text !== null) socket.send(text);
      }
      return 'keeping-up';
    },
    goodbye(reason, detail) {
      socket.send(JSON.stringify({ type: 'goodbye', reason, detail } satisfies ServerMessage));
      // 4000 and up are free for applications.
      socket.close(4000, reason);
    },
  };
}
