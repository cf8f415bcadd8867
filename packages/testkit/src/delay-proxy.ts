import { connect, createServer, type Server, type Socket } from 'node:net';
import { releasePort, reservePort } from './free-ports.ts';

export type DelayProxy = {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** Bytes passed on so far. */
  readonly bytes: { readonly toTarget: number; readonly toClient: number };
  readonly connectionCount: number;
  setDelay(oneWayMs: number): void;
  /** Drops every connection, in both directions at once. New connections are served. */
  cut(): void;
  /** From now on nothing passes and nothing is closed: connections are accepted, what they say is swallowed. */
  blackhole(): void;
  /** From now on connections are refused by closing them at once, and those that exist are dropped. */
  refuse(): void;
  /** Back to passing on. Connections that were in the black hole have lost bytes, so they are dropped. */
  heal(): void;
  close(): Promise<void>;
};

export type DelayProxyOptions = {
  readonly target: { readonly host: string; readonly port: number };
  /** Milliseconds each way: a round trip takes twice as long. 0 passes on at once. */
  readonly delayMs?: number;
};

type Mode = 'pass' | 'blackhole' | 'refuse';
type Parcel = { readonly due: number; readonly deliver: () => void };

/**
 * A TCP proxy on a free port of 127.0.0.1 that keeps everything for a while. Order is kept. Timers of the event loop tick about every
 * millisecond; a parcel leaves at the tick nearest to its time, so it is off by up to about half a millisecond each way (seen on a quiet
 * machine: 1 ms each way gives round trips of 2.3 ms, 2.5 ms gives 4.4, 5 ms gives 10.7). Whoever compares two clients puts both behind it.
 */
export async function startDelayProxy({ target, delayMs = 0 }: DelayProxyOptions): Promise<DelayProxy> {
  const bytes = { toTarget: 0, toClient: 0 };
  const sockets = new Set<Socket>();
  const clients = new Set<Socket>();
  const post = createPost();
  let delay = delayMs;
  let mode: Mode = 'pass';

  function keep(socket: Socket): void {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.once('close', () => sockets.delete(socket));
  }

  function dropAll(): void {
    for (const socket of sockets) socket.destroy();
  }

  /** Everything one side says, its end included, reaches the other `delay` later. */
  function carry(from: Socket, to: Socket, count: (length: number) => void): void {
    from.on('data', (chunk: Buffer) => {
      if (mode === 'blackhole') return;
      post.send(delay, () => {
        if (to.destroyed || mode === 'blackhole') return;
        count(chunk.length);
        // A reader that does not keep up slows the writer, as a real wire does.
        if (!to.write(chunk)) {
          from.pause();
          to.once('drain', () => from.resume());
        }
      });
    });
    from.on('end', () => post.send(delay, () => mode !== 'blackhole' && to.end()));
    // A reset on one side is a reset on the other; there is nothing else to do with it.
    from.on('error', () => to.destroy());
    from.on('close', () => {
      if (mode !== 'blackhole') post.send(delay, () => to.destroy());
    });
  }

  const server = createServer({ allowHalfOpen: true }, (client) => {
    if (mode === 'refuse') {
      client.destroy();
      return;
    }
    keep(client);
    clients.add(client);
    client.once('close', () => clients.delete(client));
    if (mode === 'blackhole') {
      client.on('error', () => client.destroy());
      client.resume();
      return;
    }
    const upstream = connect({ ...target, allowHalfOpen: true });
    keep(upstream);
    carry(client, upstream, (length) => (bytes.toTarget += length));
    carry(upstream, client, (length) => (bytes.toClient += length));
  });
  const port = await listenOnReserved(server);

  return {
    host: '127.0.0.1',
    port,
    bytes,
    get connectionCount() {
      return clients.size;
    },
    setDelay(oneWayMs) {
      delay = oneWayMs;
    },
    cut: dropAll,
    blackhole() {
      mode = 'blackhole';
    },
    refuse() {
      mode = 'refuse';
      dropAll();
    },
    heal() {
      if (mode === 'blackhole') dropAll();
      mode = 'pass';
    },
    close() {
      post.stop();
      dropAll();
      return new Promise((resolve) =>
        server.close(() => {
          releasePort(port);
          resolve();
        }),
      );
    },
  };
}

/** Delivers parcels in the order of sending, none earlier than half a tick before it is due. */
function createPost(): { send(ms: number, deliver: () => void): void; stop(): void } {
  const halfTickMs = 0.5;
  const parcels: Parcel[] = [];
  let first = 0;
  let timer: NodeJS.Timeout | null = null;

  function deliverDue(): void {
    timer = null;
    const now = performance.now();
    for (let parcel = parcels[first]; parcel !== undefined && parcel.due <= now + halfTickMs; parcel = parcels[first]) {
      first += 1;
      parcel.deliver();
    }
    if (first > 1_000) {
      parcels.splice(0, first);
      first = 0;
    }
    arm();
  }

  function arm(): void {
    const next = parcels[first];
    if (timer !== null || next === undefined) return;
    timer = setTimeout(deliverDue, Math.max(1, Math.floor(next.due - performance.now())));
  }

  return {
    send(ms, deliver) {
      const isIdle = parcels.length === first;
      if (ms === 0 && isIdle) {
        deliver();
        return;
      }
      // A shorter delay set meanwhile must not overtake what is already under way.
      const last = parcels.at(-1);
      const due = Math.max(performance.now() + ms, isIdle ? 0 : (last?.due ?? 0));
      parcels.push({ due, deliver });
      arm();
    },
    stop() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      parcels.length = 0;
      first = 0;
    },
  };
}

/** The port stays the proxy's also while a test lets it refuse: a cluster node may announce it. */
async function listenOnReserved(server: Server): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await reservePort();
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', () => {
          server.off('error', reject);
          resolve();
        });
      });
      return port;
    } catch (error) {
      releasePort(port);
      if (attempt >= 10) throw error;
    }
  }
}
