import {
  channelKey,
  ClientMessage,
  PROTOCOL_VERSION,
  type Channel,
  type ServerMessage,
} from '@slotdeck/contract/stream';
import type { Clock } from '@slotdeck/model/clock';
import type { ChannelSource } from './channel-source.ts';
import type { MessageSocket } from './message-socket.ts';
import { openChannel, type OpenChannel } from './open-channel.ts';
import { makeViewer, type Viewer } from './viewer.ts';

export type SourceFound =
  { ok: true; source: ChannelSource } | { ok: false; reason: 'not-found' | 'not-allowed' | 'removed' };

export interface StreamHub {
  /** Takes a connection over. `isAllowed` is asked again from time to time: sessions end while pages stay open. */
  connect(socket: MessageSocket, isAllowed: () => boolean): void;
  /** Something in this channel changed: `now` tells it at once, `soon` with the next beat. Costs nothing when nobody watches. */
  touch(channel: Channel, when: 'now' | 'soon'): void;
  /** The subject of the channel is gone. */
  closeChannel(channel: Channel, reason: 'not-found' | 'removed'): void;
  /** Ends the connections for which `isAllowed` has become false. */
  recheck(): void;
  readonly viewers: number;
  end(): void;
}

/** Beat of everything that need not be told at once, and of looking after slow readers. */
const BEAT_MS = 200;
/** How long an abandoned channel waits for a page that reloads. */
const LINGER_MS = 60_000;
const RECHECK_MS = 30_000;

interface Watched {
  channel: OpenChannel;
  abandonedAt: number | null;
}

export function makeStreamHub(
  findSource: (channel: Channel) => SourceFound,
  { clock, life, onFault }: { clock: Clock; life: string; onFault: (error: unknown) => void },
): StreamHub {
  const channels = new Map<string, Watched>();
  const viewers = new Map<Viewer, () => boolean>();
  const due = new Set<string>();
  // Across all channels, so that a channel which is opened anew never repeats a version.
  let lastVersion = 0;
  let checkedAt = clock.monotonic();
  const beat = setInterval(() => guard(onBeat), BEAT_MS);
  beat.unref();

  function guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      // One viewer's or one cluster's trouble must not stop the beat for all others; the owner of the process logs it.
      onFault(error);
    }
  }

  function advance(key: string): void {
    const open = channels.get(key);
    if (open === undefined) return;
    const text = open.channel.advance();
    lastVersion = Math.max(lastVersion, open.channel.version);
    if (text === null) return;
    for (const viewer of viewers.keys()) viewer.deliver(key, text);
  }

  function snapshotOf(key: string): string | null {
    const open = channels.get(key);
    if (open === undefined) return null;
    advance(key);
    return open.channel.snapshotText();
  }

  function onBeat(): void {
    const keys = [...due];
    due.clear();
    for (const key of keys) guard(() => advance(key));
    for (const viewer of viewers.keys()) {
      if (viewer.catchUp(snapshotOf) === 'too-slow') {
        viewer.goodbye('too-slow', 'The connection did not take what was sent for 30 seconds.');
        leave(viewer);
      }
    }
    const now = clock.monotonic();
    for (const [key, open] of channels) {
      const isWatched = [...viewers.keys()].some((viewer) => viewer.watches(key));
      open.abandonedAt = isWatched ? null : (open.abandonedAt ?? now);
      if (open.abandonedAt !== null && now - open.abandonedAt > LINGER_MS) drop(key, open);
    }
    if (now - checkedAt > RECHECK_MS) recheck();
  }

  function drop(key: string, open: Watched): void {
    channels.delete(key);
    due.delete(key);
    open.channel.end();
  }

  function leave(viewer: Viewer): void {
    viewers.delete(viewer);
  }

  function recheck(): void {
    checkedAt = clock.monotonic();
    for (const [viewer, isAllowed] of viewers) {
      if (isAllowed()) continue;
      viewer.goodbye('signed-out', 'The session has ended.');
      leave(viewer);
    }
  }

  function openFor(channel: Channel): OpenChannel | SourceFound {
    const key = channelKey(channel);
    const known = channels.get(key);
    if (known !== undefined) return known.channel;
    const found = findSource(channel);
    if (!found.ok) return found;
    lastVersion += 1;
    const opened = openChannel(channel, found.source, lastVersion);
    channels.set(key, { channel: opened, abandonedAt: null });
    return opened;
  }

  function watch(
    viewer: Viewer,
    wanted: { channel: Channel; lastSeen: { life: string; version: number } | null },
  ): void {
    const { channel, lastSeen } = wanted;
    const opened = openFor(channel);
    if ('ok' in opened) {
      if (!opened.ok) viewer.tell({ type: 'channel-closed', channel, reason: opened.reason });
      return;
    }
    const key = channelKey(channel);
    // Before this viewer joins: what is pending goes to the others, and what it gets below includes it.
    advance(key);
    viewer.watch(channel);
    const missed = lastSeen?.life === life ? opened.deltasSince(lastSeen.version) : null;
    if (missed === null) viewer.deliver(key, opened.snapshotText());
    else for (const text of missed) viewer.deliver(key, text);
  }

  function receive(viewer: Viewer, text: string, hasGreeted: boolean): boolean {
    const message = readMessage(text);
    if (message === null) {
      viewer.goodbye('bad-message', 'A message was not one of this protocol.');
      leave(viewer);
      return hasGreeted;
    }
    if (!hasGreeted && message.type !== 'hello') {
      viewer.goodbye('protocol', 'The first message must be a hello.');
      leave(viewer);
      return false;
    }
    switch (message.type) {
      case 'hello':
        if (message.protocol !== PROTOCOL_VERSION) {
          viewer.goodbye('protocol', `This server speaks protocol ${PROTOCOL_VERSION}; reload the page.`);
          leave(viewer);
          return false;
        }
        viewer.tell({ type: 'welcome', protocol: PROTOCOL_VERSION, life, now: clock.now() });
        for (const wanted of message.watch) watch(viewer, wanted);
        return true;
      case 'watch':
        for (const wanted of message.watch) watch(viewer, wanted);
        return true;
      case 'unwatch':
        for (const channel of message.channels) viewer.unwatch(channelKey(channel));
        return true;
      case 'ping':
        viewer.tell({ type: 'pong', id: message.id, now: clock.now() });
        return true;
    }
  }

  return {
    connect(socket, isAllowed) {
      const viewer = makeViewer(socket, () => clock.monotonic());
      viewers.set(viewer, isAllowed);
      let hasGreeted = false;
      socket.onMessage((text) =>
        guard(() => {
          if (viewers.has(viewer)) hasGreeted = receive(viewer, text, hasGreeted);
        }),
      );
      socket.onClose(() => leave(viewer));
    },
    touch(channel, when) {
      const key = channelKey(channel);
      if (!channels.has(key)) return;
      if (when === 'now') {
        due.delete(key);
        guard(() => advance(key));
      } else due.add(key);
    },
    closeChannel(channel, reason) {
      const key = channelKey(channel);
      const open = channels.get(key);
      const message: ServerMessage = { type: 'channel-closed', channel, reason };
      for (const viewer of viewers.keys()) {
        if (!viewer.watches(key)) continue;
        viewer.tell(message);
        viewer.unwatch(key);
      }
      if (open !== undefined) drop(key, open);
    },
    recheck,
    get viewers() {
      return viewers.size;
    },
    end() {
      clearInterval(beat);
      for (const viewer of viewers.keys()) viewer.goodbye('shutting-down', 'The server is shutting down.');
      viewers.clear();
      for (const [key, open] of channels) drop(key, open);
    },
  };
}

function readMessage(text: string): ClientMessage | null {
  try {
    const read = ClientMessage.safeParse(JSON.parse(text));
    return read.success ? read.data : null;
  } catch (error) {
    // Not JSON: the answer is the same as for JSON of the wrong shape.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
