import {
  channelKey,
  PROTOCOL_VERSION,
  ServerMessage,
  type Channel,
  type ClientMessage,
} from '@slotdeck/contract/stream';
import { isChannelMessage, type ChannelMessage } from './apply-message.ts';

/**
 * Keeps one connection to the server's stream, and the channels that anyone watches on it.
 *
 *   connecting ──▶ open ──▶ waiting ──▶ connecting …      (lost: tried again with growing, jittered pauses)
 *        └───────────┴────▶ ended                         (signed out, or another protocol: a person must act)
 *
 * Knows neither React nor the cache: it is told how to read what is held (`lastSeen`) and hands on every channel message.
 * After `stop()` it emits nothing and holds no timer.
 */
export type Connection =
  | { readonly state: 'connecting' }
  | { readonly state: 'open' }
  | { readonly state: 'waiting'; readonly retryAt: number; readonly attempt: number }
  | { readonly state: 'ended'; readonly reason: 'signed-out' | 'protocol' | 'stopped' };

export interface Socket {
  send(text: string): void;
  close(): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
}

export interface StreamPorts {
  open: () => Socket;
  /** Calls back once after `ms`; the answer cancels that. */
  after: (ms: number, then: () => void) => () => void;
  /** Epoch ms of this browser. */
  now: () => number;
  /** 0…1, for the jitter. */
  random: () => number;
}

export interface StreamSettings {
  ports: StreamPorts;
  lastSeen: (channel: Channel) => { life: string; version: number } | null;
  /** @returns whether the message left a gap, so that the channel must be asked for anew. */
  onMessage: (message: ChannelMessage, life: string) => 'gap' | 'applied';
  onConnection: (connection: Connection) => void;
  /** How far the server's clock is ahead of this one, ms. */
  onClock: (ahead: number) => void;
}

export interface StreamClient {
  start: () => void;
  stop: () => void;
  /** Watches a channel until the answer is called. Several watchers of one channel share it. */
  watch: (channel: Channel) => () => void;
  /** Ends the pause before the next try. */
  tryNow: () => void;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/**
 * How often the other side is asked for its clock while the connection is open: a server's clock can be set while a page is open, and
 * ages on the page count from it. The answer also shows that a quiet server is there.
 */
const PING_MS = 10_000;
/** Silence, at least one unanswered ping long, after which the connection is given up. */
const SILENCE_MS = 15_000;

/** Half of the pause is certain, half is chance, so that a server that comes back is not met by everyone at once. */
export function pauseBefore(attempt: number, random: number): number {
  const full = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.max(0, attempt - 1));
  return Math.round(full / 2 + (full / 2) * random);
}

export function makeStreamClient({ ports, lastSeen, onMessage, onConnection, onClock }: StreamSettings): StreamClient {
  const watched = new Map<string, { channel: Channel; watchers: number }>();
  /** Channels asked for anew after a gap; their deltas say nothing until the snapshot comes. */
  const askedAgain = new Set<string>();
  let socket: Socket | null = null;
  let connection: Connection = { state: 'ended', reason: 'stopped' };
  let life: string | null = null;
  let attempt = 0;
  let pings = 0;
  let cancelTimer: () => void = () => undefined;
  let cancelPing: () => void = () => undefined;

  const become = (next: Connection): void => {
    connection = next;
    onConnection(next);
  };
  const send = (message: ClientMessage): void => socket?.send(JSON.stringify(message));
  const wanted = (channel: Channel, anew = false) => ({ channel, lastSeen: anew ? null : lastSeen(channel) });

  /** Lets go of the socket; nothing it still says is heard. */
  const drop = (): void => {
    cancelTimer();
    cancelPing();
    if (socket === null) return;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
    socket = null;
    life = null;
    askedAgain.clear();
  };
  const end = (reason: 'signed-out' | 'protocol' | 'stopped'): void => {
    drop();
    become({ state: 'ended', reason });
  };
  const retryLater = (): void => {
    drop();
    attempt += 1;
    const pause = pauseBefore(attempt, ports.random());
    become({ state: 'waiting', retryAt: ports.now() + pause, attempt });
    cancelTimer = ports.after(pause, connect);
  };
  const listenForSilence = (): void => {
    cancelTimer();
    cancelTimer = ports.after(SILENCE_MS, retryLater);
  };
  const keepPinging = (): void => {
    cancelPing();
    cancelPing = ports.after(PING_MS, () => {
      pings += 1;
      send({ type: 'ping', id: pings });
      keepPinging();
    });
  };

  const receive = (data: unknown): void => {
    const message = readMessage(data);
    if (message === null) return end('protocol');
    listenForSilence();
    if (message.type === 'welcome') {
      life = message.life;
      attempt = 0;
      onClock(message.now - ports.now());
      return become({ state: 'open' });
    }
    if (message.type === 'pong') return onClock(message.now - ports.now());
    if (message.type === 'goodbye') {
      if (message.reason === 'signed-out') return end('signed-out');
      if (message.reason === 'protocol') return end('protocol');
      return retryLater();
    }
    if (!isChannelMessage(message) || life === null) return undefined;
    const key = channelKey(message.channel);
    const isDelta = message.type.endsWith('-delta');
    if (isDelta && askedAgain.has(key)) return undefined;
    askedAgain.delete(key);
    if (onMessage(message, life) === 'gap' && watched.has(key)) {
      askedAgain.add(key);
      send({ type: 'watch', watch: [wanted(message.channel, true)] });
    }
    return undefined;
  };

  function connect(): void {
    drop();
    become({ state: 'connecting' });
    const opened = ports.open();
    socket = opened;
    opened.onopen = () => {
      const watch = [...watched.values()].map(({ channel }) => wanted(channel));
      send({ type: 'hello', protocol: PROTOCOL_VERSION, watch });
      listenForSilence();
      keepPinging();
    };
    opened.onmessage = ({ data }) => receive(data);
    opened.onclose = retryLater;
  }

  return {
    start: () => {
      if (connection.state === 'ended') connect();
    },
    stop: () => end('stopped'),
    tryNow: () => {
      if (connection.state === 'waiting') connect();
    },
    watch: (channel) => {
      const key = channelKey(channel);
      const entry = watched.get(key) ?? { channel, watchers: 0 };
      entry.watchers += 1;
      watched.set(key, entry);
      if (entry.watchers === 1 && connection.state === 'open') send({ type: 'watch', watch: [wanted(channel)] });
      let released = false;
      return () => {
        if (released) return;
        released = true;
        entry.watchers -= 1;
        if (entry.watchers > 0) return;
        watched.delete(key);
        if (connection.state === 'open') send({ type: 'unwatch', channels: [channel] });
      };
    },
  };
}

/** Null when it is not a message of this protocol. */
function readMessage(data: unknown): ServerMessage | null {
  if (typeof data !== 'string') return null;
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    // Half a message cannot come through a websocket: whatever sent this does not speak our protocol.
    return null;
  }
  const read = ServerMessage.safeParse(json);
  return read.success ? read.data : null;
}
