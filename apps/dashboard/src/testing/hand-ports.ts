import { ClientMessage, PROTOCOL_VERSION, type ServerMessage } from '@slotdeck/contract/stream';
import type { Socket, StreamPorts } from '../stream/stream-client.ts';

/** A websocket, clock and dice moved by hand: what is opened, sent and due is looked at, nothing happens by itself. */
export interface HandPorts extends StreamPorts {
  readonly sockets: HandSocket[];
  /** The socket in use. */
  last(): HandSocket;
  /** Lets time pass and calls back what has become due. */
  pass(ms: number): void;
}

export class HandSocket implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  closed = false;
  readonly sent: ClientMessage[] = [];

  send(text: string): void {
    this.sent.push(ClientMessage.parse(JSON.parse(text)));
  }
  close(): void {
    this.closed = true;
  }
  say(message: ServerMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  /** Opens and is greeted by run `life` of the server. */
  welcome(now: number, life = 'life-1'): void {
    this.onopen?.();
    this.say({ type: 'welcome', protocol: PROTOCOL_VERSION, life, now });
  }
}

export function makeHandPorts(start: number): HandPorts {
  let now = start;
  let timers: { at: number; call: () => void }[] = [];
  const sockets: HandSocket[] = [];
  return {
    sockets,
    open: () => {
      const socket = new HandSocket();
      sockets.push(socket);
      return socket;
    },
    after: (ms, then) => {
      const timer = { at: now + ms, call: then };
      timers.push(timer);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
    now: () => now,
    random: () => 1,
    last: () => {
      const socket = sockets.at(-1);
      if (socket === undefined) throw new Error('no socket was opened');
      return socket;
    },
    pass: (ms) => {
      const until = now + ms;
      for (;;) {
        const due = timers.filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        timers = timers.filter((each) => each !== due);
        now = due.at;
        due.call();
      }
      now = until;
    },
  };
}
