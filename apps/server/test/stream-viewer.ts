import { WebSocket } from 'ws';
import { PROTOCOL_VERSION, ServerMessage, type Channel, type ClientMessage } from '@slotdeck/contract/stream';
import { waitUntil } from '@slotdeck/testkit/wait-until';

/** A page's end of the stream over a real websocket. */
export interface StreamViewer {
  /** Every message so far, oldest first, read through the contract. */
  readonly messages: readonly ServerMessage[];
  /** Called as each message arrives, before it is read. */
  onText(listener: (text: string) => void): void;
  send(message: ClientMessage): void;
  /** As it stands, right or wrong. */
  sendText(text: string): void;
  /** The first message of this type that fits, past or to come. */
  next<T extends ServerMessage['type']>(
    type: T,
    fits?: (message: Extract<ServerMessage, { type: T }>) => boolean,
  ): Promise<Extract<ServerMessage, { type: T }>>;
  readonly isOpen: boolean;
  close(): Promise<void>;
}

export interface ViewerOptions {
  /** `http://host:port` of the server. */
  base: string;
  cookie: string;
  watch?: readonly Channel[];
  origin?: string;
  /** What an earlier connection had; for each channel. */
  lastSeen?: { life: string; version: number };
}

/** Connects and says hello. @throws with what the server answered when it refuses the connection */
export async function openViewer({
  base,
  cookie,
  watch = [],
  origin = base,
  lastSeen,
}: ViewerOptions): Promise<StreamViewer> {
  const socket = new WebSocket(`${base.replace(/^http/, 'ws')}/api/v1/stream`, { headers: { cookie, origin } });
  const messages: ServerMessage[] = [];
  const listeners: ((text: string) => void)[] = [];
  socket.on('message', (data) => {
    const text = Buffer.isBuffer(data) ? data.toString('utf8') : '';
    for (const listener of listeners) listener(text);
    messages.push(ServerMessage.parse(JSON.parse(text)));
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  const send = (message: ClientMessage): void => socket.send(JSON.stringify(message));
  send({
    type: 'hello',
    protocol: PROTOCOL_VERSION,
    watch: watch.map((channel) => ({ channel, lastSeen: lastSeen ?? null })),
  });
  return {
    messages,
    onText: (listener) => void listeners.push(listener),
    send,
    sendText: (text) => socket.send(text),
    next: (type, fits = () => true) =>
      waitUntil(`a message of type ${type}`, () =>
        messages.find((message): message is Extract<ServerMessage, { type: typeof type }> => {
          // The comparison ties the union's member to the type that was asked for, which the compiler does not see.
          return message.type === type && fits(message as Extract<ServerMessage, { type: typeof type }>);
        }),
      ),
    get isOpen() {
      return socket.readyState === WebSocket.OPEN;
    },
    close: () =>
      new Promise((resolve) => {
        if (socket.readyState === WebSocket.CLOSED) {
          resolve();
          return;
        }
        socket.once('close', () => resolve());
        socket.close();
      }),
  };
}
