import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { createRespReader, encodeCommand, RespError, type RespValue } from './resp.ts';

export type TlsMaterial = { readonly ca: string; readonly cert?: string; readonly key?: string };

export type ConnectionTarget = {
  readonly host: string;
  readonly port: number;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** PEM texts. */
  readonly tls?: TlsMaterial | undefined;
  /** Milliseconds until one call is given up and the connection with it. Default 10,000. */
  readonly timeoutMs?: number;
};

export class NodeCallError extends Error {
  readonly code: 'connection-lost' | 'no-answer';
  readonly facts: { readonly host: string; readonly port: number; readonly command: string };

  constructor(code: NodeCallError['code'], facts: NodeCallError['facts'], options?: ErrorOptions) {
    const cause = options?.cause instanceof Error ? `: ${options.cause.message}` : '';
    super(`${code} at ${facts.host}:${facts.port} for ${facts.command}${cause}`, options);
    this.name = 'NodeCallError';
    this.code = code;
    this.facts = facts;
  }
}

export type CommandArgs = readonly (string | number | Buffer)[];

/**
 * One RESP2 connection. It retries nothing and follows no redirect: what the server said is what the caller gets. After a loss
 * the next call connects again.
 */
export type NodeConnection = {
  /** The reply; an error reply is thrown as `RespError`, a lost connection or silence as `NodeCallError`. */
  call(...args: CommandArgs): Promise<RespValue>;
  /** All commands in one write. Error replies stand in their places. */
  pipeline(commands: readonly CommandArgs[]): Promise<RespValue[]>;
  close(): void;
};

type Waiting = {
  readonly command: string;
  readonly resolve: (value: RespValue) => void;
  readonly reject: (error: Error) => void;
};

export function openConnection(target: ConnectionTarget): NodeConnection {
  const timeoutMs = target.timeoutMs ?? 10_000;
  let live: { socket: Socket; waiting: Waiting[] } | null = null;

  function connection(): { socket: Socket; waiting: Waiting[] } {
    if (live !== null) return live;
    const { host, port, tls } = target;
    const socket = tls === undefined ? connectTcp({ host, port, noDelay: true }) : connectTls({ host, port, ...tls });
    const reader = createRespReader();
    const mine = { socket, waiting: new Array<Waiting>() };
    const lose = (code: NodeCallError['code'], cause?: Error): void => {
      if (live === mine) live = null;
      socket.destroy();
      for (const each of mine.waiting.splice(0)) {
        each.reject(
          new NodeCallError(code, { host, port, command: each.command }, cause === undefined ? {} : { cause }),
        );
      }
    };
    // The socket's own timer sees only silence; that is what a frozen server looks like.
    socket.setTimeout(timeoutMs, () => {
      if (mine.waiting.length > 0) lose('no-answer');
    });
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const value of reader.push(chunk)) mine.waiting.shift()?.resolve(value);
      } catch (error) {
        lose('connection-lost', error instanceof Error ? error : new Error(String(error)));
      }
    });
    socket.once('error', (error: Error) => lose('connection-lost', error));
    socket.once('close', () => lose('connection-lost'));
    live = mine;
    if (target.password !== undefined) {
      const auth = ['AUTH', ...(target.username === undefined ? [] : [target.username]), target.password];
      // A refused login shows as NOAUTH in the call that follows, so this reply needs no reader of its own.
      mine.waiting.push({ command: 'AUTH', resolve: () => undefined, reject: () => undefined });
      socket.write(encodeCommand(auth));
    }
    return mine;
  }

  function pipeline(commands: readonly CommandArgs[]): Promise<RespValue[]> {
    const { socket, waiting } = connection();
    const replies = commands.map(
      (args) =>
        new Promise<RespValue>((resolve, reject) => {
          waiting.push({ command: args.slice(0, 2).join(' '), resolve, reject });
        }),
    );
    socket.write(Buffer.concat(commands.map(encodeCommand)));
    return Promise.all(replies);
  }

  return {
    pipeline,
    async call(...args) {
      const [reply] = await pipeline([args]);
      if (reply instanceof RespError) throw reply;
      return reply ?? null;
    },
    close() {
      live?.socket.destroy();
    },
  };
}
