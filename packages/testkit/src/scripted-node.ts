import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { encodeValue, reply, type ProtocolVersion, type Reply } from './resp-reply.ts';
import { createRespReader, listOf, RespError, textOf, type RespValue } from './resp.ts';

export { reply } from './resp-reply.ts';

/** Given the whole command; `null` leaves it to the less specific answers. */
export type ReplyFunction = (args: readonly string[]) => Reply | RespValue | null;
type Answer = Reply | RespValue | ReplyFunction;

export type ScriptedNode = {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** Every command received, in order, on whatever connection. */
  readonly received: readonly (readonly string[])[];
  readonly connectionCount: number;
  /**
   * Answers commands that begin with these words (case does not matter; more words win over fewer). Several answers are given one after the
   * other and the last one for ever. A later script for the same words replaces the earlier one.
   */
  on(words: readonly string[], ...answers: readonly [Answer, ...Answer[]]): void;
  /** Cuts all connections; new ones are accepted. */
  disconnectAll(): void;
  close(): Promise<void>;
};

export type ScriptedNodeOptions = {
  /** 'accept' answers HELLO as a Redis 7 does; 'refuse' does not know the command, as before Redis 6. Default 'accept'. */
  readonly hello?: 'accept' | 'refuse';
  /** Sent on connect, before any command: what a server of another protocol does. */
  readonly greeting?: string;
  /** Default: a free port. */
  readonly port?: number;
};

type Script = { readonly words: readonly string[]; readonly answers: readonly Answer[]; used: number };

/** A server that says what the test tells it to say, right or wrong. */
export async function startScriptedNode(options: ScriptedNodeOptions = {}): Promise<ScriptedNode> {
  const scripts: Script[] = [];
  const received: string[][] = [];
  const sockets = new Set<Socket>();

  function scriptedAnswer(args: readonly string[]): Reply | null {
    const fitting = scripts
      .filter((script) => script.words.every((word, index) => word === args[index]?.toUpperCase()))
      .toSorted((a, b) => b.words.length - a.words.length);
    for (const script of fitting) {
      const answer = script.answers[Math.min(script.used, script.answers.length - 1)] ?? null;
      const value = typeof answer === 'function' ? answer(args) : answer;
      // Only a function can decline; a scripted null is the null reply.
      if (value === null && typeof answer === 'function') continue;
      script.used += 1;
      return isReply(value) ? value : reply.value(value);
    }
    return null;
  }

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // A client that resets the connection is what some tests want to see; the node goes on.
    socket.on('error', () => socket.destroy());
    if (options.greeting !== undefined) socket.write(options.greeting);
    serveConnection(socket, { hello: options.hello ?? 'accept', received, scriptedAnswer });
  });
  const port = await listen(server, options.port ?? 0);
  return {
    host: '127.0.0.1',
    port,
    received,
    get connectionCount() {
      return sockets.size;
    },
    on(words, ...answers) {
      const upper = words.map((word) => word.toUpperCase());
      const same = scripts.findIndex((each) => each.words.join(' ') === upper.join(' '));
      if (same !== -1) scripts.splice(same, 1);
      scripts.push({ words: upper, answers, used: 0 });
    },
    disconnectAll: () => sockets.forEach((socket) => socket.destroy()),
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

type ConnectionRules = {
  readonly hello: 'accept' | 'refuse';
  readonly received: string[][];
  /** Null when no script fits. */
  readonly scriptedAnswer: (args: readonly string[]) => Reply | null;
};

function serveConnection(socket: Socket, { hello, received, scriptedAnswer }: ConnectionRules): void {
  const reader = createRespReader();
  let version: ProtocolVersion = 2;
  // Replies keep the order of the commands, also when one of them is delayed.
  let turn = Promise.resolve();
  let isHanging = false;
  let timer: NodeJS.Timeout | undefined;
  socket.once('close', () => clearTimeout(timer));

  async function send(answer: Reply): Promise<void> {
    if (isHanging || socket.destroyed) return;
    switch (answer.kind) {
      case 'hang':
        isHanging = true;
        return;
      case 'close':
        socket.destroy();
        return;
      case 'delayed':
        await new Promise<void>((resolve) => {
          timer = setTimeout(resolve, answer.ms);
        });
        return send(answer.reply);
      case 'cut':
        socket.end(encodeReply(answer.reply, version).subarray(0, answer.bytes));
        isHanging = true;
        return;
      default:
        socket.write(encodeReply(answer, version));
    }
  }

  socket.on('data', (chunk: Buffer) => {
    for (const command of reader.push(chunk)) {
      const args = listOf(command).map(textOf);
      received.push(args);
      const scripted = scriptedAnswer(args);
      turn = turn.then(() => {
        const isHello = args[0]?.toUpperCase() === 'HELLO';
        if (scripted === null && isHello && hello === 'accept') {
          version = args[1] === '3' ? 3 : 2;
          return send(helloReply(version));
        }
        return send(scripted ?? everydayAnswer(args));
      });
    }
  });
}

/** What every client asks on connecting, so that a script needs only what it is about. */
function everydayAnswer(args: readonly string[]): Reply {
  switch (args[0]?.toUpperCase()) {
    case 'PING':
      return reply.status('PONG');
    case 'AUTH':
    case 'CLIENT':
    case 'SELECT':
    case 'READONLY':
    case 'ASKING':
      return reply.ok;
    default:
      return unknownCommand(args);
  }
}

function helloReply(version: ProtocolVersion): Reply {
  return reply.value(
    new Map<string, RespValue>([
      ['server', 'redis'],
      ['version', '7.0.15'],
      ['proto', version],
      ['id', 1],
      ['mode', 'cluster'],
      ['role', 'master'],
      ['modules', []],
    ]),
  );
}

function unknownCommand(args: readonly string[]): Reply {
  return reply.error(
    `ERR unknown command '${args[0] ?? ''}', with args beginning with: ${args
      .slice(1)
      .map((each) => `'${each}' `)
      .join('')}`,
  );
}

function encodeReply(answer: Reply, version: ProtocolVersion): Buffer {
  switch (answer.kind) {
    case 'value':
      return Buffer.from(encodeValue(answer.value, version));
    case 'status':
      return Buffer.from(`+${answer.text}\r\n`);
    case 'raw':
      return Buffer.from(answer.bytes);
    default:
      throw new Error(`a reply of kind ${answer.kind} has no bytes of its own`);
  }
}

function isReply(value: Reply | RespValue): value is Reply {
  return typeof value === 'object' && value !== null && !(value instanceof RespError) && 'kind' in value;
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address: AddressInfo | string | null = server.address();
      if (address === null || typeof address === 'string') reject(new Error('a TCP server has an address and a port'));
      else resolve(address.port);
    });
  });
}
