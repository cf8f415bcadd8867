import { ServerMessage, type Channel } from '@slotdeck/contract/stream';
import { createSocketPair } from '@slotdeck/testkit/socket-pair';
import { waitUntil } from '@slotdeck/testkit/wait-until';
import type { ConsoleLab } from './console-lab.ts';

/** A page that watches one channel of a server in this process. */
export interface WatchingPage {
  /** Takes what was sent; every message is checked against the protocol. */
  flush(): void;
  /** All messages taken so far. */
  received(): readonly ServerMessage[];
  /** Takes messages until one answers something. */
  until<T>(description: string, find: (message: ServerMessage) => T | null | undefined | false): Promise<T>;
  close(): void;
}

export function watchInMemory(lab: Pick<ConsoleLab, 'console'>, channel: Channel): WatchingPage {
  const pair = createSocketPair();
  const received: ServerMessage[] = [];
  pair.client.onMessage((text) => received.push(ServerMessage.parse(JSON.parse(text))));
  lab.console.hub.connect(pair.server, () => true);
  pair.client.send(JSON.stringify({ type: 'hello', protocol: 1, watch: [{ channel, lastSeen: null }] }));
  pair.flush();
  return {
    flush: () => void pair.flush(),
    received: () => received,
    until(description, find) {
      let at = 0;
      return waitUntil(
        description,
        () => {
          pair.flush();
          for (; at < received.length; at += 1) {
            const message = received[at];
            const found = message === undefined ? null : find(message);
            if (found !== null && found !== undefined && found !== false) return found;
          }
          return null;
        },
        { timeoutMs: 60_000 },
      );
    },
    close: () => pair.client.close(),
  };
}
