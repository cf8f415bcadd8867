import type { Socket } from 'node:net';
import { AbstractConnector, Command as LibraryCommand, Redis } from 'ioredis';
import type { ViewProblem } from '@slotdeck/model/topology';
import { errorReply, noReply, problemOfErrorLine, problemOfSocketError } from './call-problem.ts';
import type { Settled } from './connection-settings.ts';
import { dialSocket } from './dial-socket.ts';
import { explainFirstContact } from './first-contact.ts';
import type { CallOutcome, Command, NodeAddress } from './node-calls.ts';

export interface SendOptions {
  readonly timeoutMs: number;
  readonly binary: boolean;
  /** What a time-out is called, when `timeoutMs` is what was left of a longer time: equal troubles must read alike. */
  readonly limitMs?: number;
}

/**
 * One live connection to one node. The library parses and pairs replies; dialling, login, time-outs and the words for what
 * went wrong are ours, and it never reconnects by itself.
 */
export interface NodeLink {
  readonly isOpen: boolean;
  /** Commands without an answer yet, given-up ones included. */
  readonly unanswered: number;
  /** All in one write. Never rejects. Emits nothing after `close`. */
  send(commands: readonly Command[], options: SendOptions): Promise<CallOutcome[]>;
  close(): void;
}

export type LinkOpening =
  { readonly ok: true; readonly link: NodeLink } | { readonly ok: false; readonly problem: ViewProblem };

export interface LinkPlace {
  /** Named in errors: the address as the caller knows it. */
  readonly address: NodeAddress;
  readonly dialled: NodeAddress;
  /** True until one connection has worked: only then an odd failure is looked into. */
  readonly isFirstContact: boolean;
  readonly onClosed: (link: NodeLink) => void;
}

/** Dials and logs in. */
export async function openLink(place: LinkPlace, settings: Settled): Promise<LinkOpening> {
  const started = performance.now();
  const dialled = await dialSocket(place.dialled, settings.tls, settings.connectTimeoutMs);
  const usesTls = settings.tls !== undefined;
  const explain = (problem: ViewProblem, firstBytes: string): Promise<ViewProblem> =>
    place.isFirstContact ? explainFirstContact(place.dialled, usesTls, problem, firstBytes) : Promise.resolve(problem);
  if (!dialled.ok) return { ok: false, problem: await explain(dialled.problem, '') };
  const wire = await openWire(dialled.socket, place);
  const timeLeft = Math.max(1, settings.connectTimeoutMs - (performance.now() - started));
  const refusal = await logIn(wire.link, settings, timeLeft);
  if (refusal === null) return { ok: true, link: wire.link };
  wire.link.close();
  return { ok: false, problem: await explain(refusal, wire.firstBytes()) };
}

/** Hands a socket that is connected already to the library. */
class SocketInHand extends AbstractConnector {
  constructor(socket: Socket) {
    super(0);
    this.stream = socket;
  }
  connect(): Promise<Socket> {
    return Promise.resolve(this.stream);
  }
}

interface Wire {
  readonly link: NodeLink;
  firstBytes(): string;
}

/** A batch whose answers are awaited; the oldest one is what the node is at. */
interface Awaited {
  readonly deadline: number;
  giveUp(problem: ViewProblem): void;
}

async function openWire(socket: Socket, place: LinkPlace): Promise<Wire> {
  let firstBytes = '';
  let fault: ViewProblem | null = null;
  let isOpen = false;
  let unanswered = 0;
  const awaited: Awaited[] = [];

  const redis = new Redis({
    Connector: class extends SocketInHand {
      constructor() {
        super(socket);
      }
    },
    lazyConnect: true,
    protocol: 2,
    retryStrategy: null,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    autoResendUnfulfilledCommands: false,
    disableClientInfo: true,
    showFriendlyErrorStack: false,
  });

  function fail(problem: ViewProblem): void {
    fault ??= problem;
    isOpen = false;
    socket.destroy();
    for (const batch of awaited.splice(0)) batch.giveUp(fault);
  }

  redis.on('error', (error: unknown) => fail(problemOfLibraryError(error)));
  redis.once('connect', () => {
    socket.once('data', (chunk: Buffer) => {
      firstBytes = chunk.subarray(0, 200).toString('latin1');
    });
  });
  const opened = await redis.connect().then(
    () => true,
    // The reason arrives by the error event or is a closed socket; either way `fault` says it.
    () => false,
  );
  isOpen = opened && !socket.destroyed;

  const link: NodeLink = {
    get isOpen() {
      return isOpen;
    },
    get unanswered() {
      return unanswered;
    },
    send(commands, options) {
      return new Promise((resolve) => {
        const { address } = place;
        if (!isOpen || !socket.writable) {
          const problem = fault ?? closedByNode;
          resolve(commands.map(() => ({ ok: false, error: noReply(address, problem, false), ms: 0 })));
          return;
        }
        const started = performance.now();
        const outcomes: (CallOutcome | undefined)[] = commands.map(() => undefined);
        let missing = commands.length;
        const finish = (): void => {
          clearTimeout(timer);
          const at = awaited.indexOf(batch);
          if (at !== -1) awaited.splice(at, 1);
          // Every place is filled when this runs; the fallback is for the type.
          resolve(
            outcomes.map((outcome) => outcome ?? { ok: false, error: noReply(address, closedByNode, true), ms: 0 }),
          );
        };
        const settle = (at: number, outcome: CallOutcome): void => {
          if (outcomes[at] !== undefined) return;
          outcomes[at] = outcome;
          missing -= 1;
          if (missing === 0) finish();
        };
        const since = (): number => performance.now() - started;
        const batch: Awaited = {
          deadline: started + options.timeoutMs,
          giveUp: (problem) =>
            outcomes.forEach((_, at) => settle(at, { ok: false, error: noReply(address, problem, true), ms: since() })),
        };
        const timer = setTimeout(() => {
          const problem: ViewProblem = {
            code: 'timeout',
            seen: `no reply within ${options.limitMs ?? options.timeoutMs} ms`,
          };
          const oldest = awaited[0];
          // Behind a call that may take longer (a MIGRATE of a big key) our reply is only late, and cutting the line would cut
          // that call too. The library drops a late reply in its place, so none is ever taken for another's.
          const isBehindPatient = oldest !== undefined && oldest !== batch && oldest.deadline > performance.now();
          batch.giveUp(problem);
          if (!isBehindPatient) fail(problem);
        }, options.timeoutMs);
        awaited.push(batch);
        socket.cork();
        commands.forEach((words, at) => {
          const [name, ...args] = words;
          const command = new LibraryCommand(String(name ?? ''), args, {
            replyEncoding: options.binary ? null : 'utf8',
          });
          unanswered += 1;
          command.promise.then(
            (reply: unknown) => {
              unanswered -= 1;
              settle(at, { ok: true, reply, ms: since() });
            },
            (error: unknown) => {
              unanswered -= 1;
              const failed = isErrorReply(error)
                ? errorReply(address, error.message)
                : noReply(address, fault ?? problemOfLibraryError(error), true);
              settle(at, { ok: false, error: failed, ms: since() });
            },
          );
          redis.sendCommand(command);
        });
        socket.uncork();
        if (commands.length === 0) finish();
      });
    },
    close() {
      fail({ code: 'connection-closed', seen: 'closed by us' });
      redis.disconnect();
    },
  };
  redis.once('end', () => {
    fail(closedByNode);
    place.onClosed(link);
  });
  return { link, firstBytes: () => firstBytes };
}

const closedByNode: ViewProblem = { code: 'connection-closed', seen: 'the node closed the connection' };

/** Null when the node takes our calls from now on. */
async function logIn(link: NodeLink, settings: Settled, timeoutMs: number): Promise<ViewProblem | null> {
  const { username, password, clientName, protocol } = settings;
  const commands: Command[] = [];
  if (password !== undefined) commands.push(username === undefined ? ['AUTH', password] : ['AUTH', username, password]);
  if (protocol === 3) commands.push(['HELLO', 3]);
  // Also the sign of life: a frozen process accepts connections and answers nothing.
  commands.push(['CLIENT', 'SETNAME', clientName]);
  const outcomes = await link.send(commands, { timeoutMs, binary: false, limitMs: settings.connectTimeoutMs });
  for (const [at, outcome] of outcomes.entries()) {
    if (outcome.ok) continue;
    const { failure } = outcome.error;
    if (failure.kind === 'no-reply') return failure.problem;
    const problem = problemOfErrorLine(failure.line);
    const isLogin = commands[at]?.[0] === 'AUTH';
    // A server that wants no password is content without one.
    if (isLogin && /without any password configured|no password is set/i.test(failure.line)) continue;
    // A name or RESP3 refused to a user of few rights, or unknown to an old server, stops nobody.
    if (isLogin || problem.code === 'password-required' || failure.prefix === 'DENIED') return problem;
  }
  return null;
}

function isErrorReply(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError';
}

function problemOfLibraryError(error: unknown): ViewProblem {
  const text = error instanceof Error ? error.message : String(error);
  if (/Unknown RESP type|queue state error|Invalid|Unexpected/i.test(text))
    return { code: 'broken-reply', seen: text.slice(0, 200) };
  if (/connection is closed|stream isn't writeable|aborted due to connection close/i.test(text)) return closedByNode;
  return problemOfSocketError(error);
}
