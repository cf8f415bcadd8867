/** One end of a pair: text messages both ways, as a websocket has them. */
export type PairedSocket = {
  readonly isOpen: boolean;
  /** Characters sent and not yet flushed to the other end: what a slow reader leaves behind. */
  readonly bufferedAmount: number;
  /** Ignored when closed, as websockets do. */
  send(message: string): void;
  close(code?: number, reason?: string): void;
  /** Returns how to stop listening. */
  onMessage(listener: (message: string) => void): () => void;
  onClose(listener: (code: number, reason: string) => void): () => void;
};

export type SocketPair = {
  readonly server: PairedSocket;
  readonly client: PairedSocket;
  /** Delivers what is waiting, in order, including what the receivers send meanwhile. Returns how many messages and closes were delivered. */
  flush(): number;
  /** Delivers at most `count` events towards one end; the rest stays. */
  flushTo(end: 'server' | 'client', count?: number): number;
  /** Both ends close with 1006 and what waits is lost, as when a cable is pulled. */
  cut(): void;
};

type Event =
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'close'; readonly code: number; readonly reason: string };

type End = { readonly socket: PairedSocket; readonly inbox: Event[]; receive(event: Event): void };

/** Two connected sockets in memory between which nothing moves until the test says so. */
export function createSocketPair(): SocketPair {
  const server: End = createEnd(() => client.inbox);
  const client: End = createEnd(() => server.inbox);

  function flushEnd(end: End, count: number): number {
    let delivered = 0;
    for (let event = end.inbox.shift(); event !== undefined; event = end.inbox.shift()) {
      end.receive(event);
      delivered += 1;
      if (delivered === count) break;
    }
    return delivered;
  }

  return {
    server: server.socket,
    client: client.socket,
    flush() {
      let total = 0;
      for (;;) {
        const delivered = flushEnd(server, Infinity) + flushEnd(client, Infinity);
        if (delivered === 0) return total;
        total += delivered;
      }
    },
    flushTo: (end, count = Infinity) => (count <= 0 ? 0 : flushEnd(end === 'server' ? server : client, count)),
    cut() {
      for (const end of [server, client]) {
        end.inbox.length = 0;
        end.receive({ kind: 'close', code: 1006, reason: '' });
      }
    },
  };
}

function createEnd(peerInbox: () => Event[]): End {
  const messageListeners = new Set<(message: string) => void>();
  const closeListeners = new Set<(code: number, reason: string) => void>();
  const inbox: Event[] = [];
  let isOpen = true;
  const socket: PairedSocket = {
    get isOpen() {
      return isOpen;
    },
    get bufferedAmount() {
      return peerInbox().reduce((sum, event) => sum + (event.kind === 'message' ? event.text.length : 0), 0);
    },
    send(text) {
      if (isOpen) peerInbox().push({ kind: 'message', text });
    },
    close(code = 1000, reason = '') {
      if (!isOpen) return;
      peerInbox().push({ kind: 'close', code, reason });
      closeNow(code, reason);
    },
    onMessage(listener) {
      messageListeners.add(listener);
      return () => messageListeners.delete(listener);
    },
    onClose(listener) {
      closeListeners.add(listener);
      return () => closeListeners.delete(listener);
    },
  };

  function closeNow(code: number, reason: string): void {
    if (!isOpen) return;
    isOpen = false;
    for (const listener of closeListeners) listener(code, reason);
  }

  return {
    socket,
    inbox,
    receive(event) {
      if (event.kind === 'close') closeNow(event.code, event.reason);
      else if (isOpen) for (const listener of messageListeners) listener(event.text);
    },
  };
}
