import { printCommand } from '../commands/mask-secrets.ts';
import { readSetSlotRefusal } from '../commands/cluster-set-slot.ts';
import type { Read } from '../commands/reply-reading.ts';
import {
  NodeCallError,
  type CallOptions,
  type CallOutcome,
  type Command,
  type NodeAddress,
} from '../connection/node-calls.ts';
import type { ActContext, SentLine } from './act-context.ts';
import { ActFailure } from './move-problems.ts';

/** Longest command shown whole; of longer ones the beginning, and how many words follow. */
const WORDS_SHOWN = 16;
const REPLY_SHOWN = 300;

/** Whom a command is for: a member of the cluster, or a server that is none. */
export interface Addressee {
  readonly id: string;
  readonly name: string;
  readonly address: NodeAddress;
}

/** Sends commands, writes each into the transcript, and gives failures a name. */
export interface CommandSender {
  /** @throws ActFailure */
  ask<T>(node: Addressee, command: Command, read: (reply: unknown) => Read<T>, options?: CallOptions): Promise<T>;
  /** All in one write; the first failure is thrown after all answers are in. @throws ActFailure */
  askAll<T>(
    node: Addressee,
    commands: readonly Command[],
    read: (reply: unknown) => Read<T>,
    options?: CallOptions,
  ): Promise<T[]>;
  /** All in one write; failures stay in their places. */
  send(node: Addressee, commands: readonly Command[], options?: CallOptions): Promise<CallOutcome[]>;
  /** Each on a connection of its own, all at once; for commands that block. Failures stay in their places. */
  sendAbreast(node: Addressee, commands: readonly Command[], options?: CallOptions): Promise<CallOutcome[]>;
  /**
   * In one transaction; in one plain write where the server refuses that, as Redis does while its memory is full.
   * @throws ActFailure
   */
  sendTogether(node: Addressee, commands: readonly Command[], options?: CallOptions): Promise<CallOutcome[]>;
}

export function createSender({ calls, onCommand }: Pick<ActContext, 'calls' | 'onCommand'>): CommandSender {
  function record(node: Addressee, command: Command, outcome: CallOutcome): void {
    onCommand(lineOf(node, command, outcome));
  }

  async function send(node: Addressee, commands: readonly Command[], options?: CallOptions): Promise<CallOutcome[]> {
    const outcomes = await calls.pipeline(node.address, commands, options);
    for (const [at, outcome] of outcomes.entries()) record(node, commands[at] ?? [], outcome);
    return outcomes;
  }

  async function askAll<T>(
    node: Addressee,
    commands: readonly Command[],
    read: (reply: unknown) => Read<T>,
    options?: CallOptions,
  ): Promise<T[]> {
    if (commands.length === 0) return [];
    const outcomes = await send(node, commands, options);
    return outcomes.map((outcome, at) => readOutcome(node, commands[at] ?? [], outcome, read));
  }

  return {
    send,
    askAll,
    async sendAbreast(node, commands, options) {
      const outcomes = await Promise.all(
        commands.map((command, lane) => calls.pipeline(node.address, [command], { ...options, lane: lane + 1 })),
      );
      for (const [at, [outcome]] of outcomes.entries()) {
        if (outcome !== undefined) record(node, commands[at] ?? [], outcome);
      }
      return outcomes.flat();
    },
    async ask(node, command, read, options) {
      const [outcome] = await send(node, [command], options);
      if (outcome === undefined) throw new Error('a pipeline of one command came back empty');
      return readOutcome(node, command, outcome, read);
    },
    async sendTogether(node, commands, options) {
      try {
        const outcomes = await calls.transaction(node.address, commands, options);
        record(node, ['MULTI'], { ok: true, reply: 'OK', ms: 0 });
        for (const [at, outcome] of outcomes.entries()) record(node, commands[at] ?? [], outcome);
        record(node, ['EXEC'], { ok: true, reply: `${outcomes.length} replies`, ms: outcomes[0]?.ms ?? 0 });
        return outcomes;
      } catch (error) {
        if (!(error instanceof NodeCallError)) throw error;
        record(node, ['EXEC'], { ok: false, error, ms: 0 });
        const { failure } = error;
        if (failure.kind === 'error-reply' && failure.prefix === 'OOM') return send(node, commands, options);
        throw failureOf(node, commands[0] ?? [], error);
      }
    },
  };
}

export function readOutcome<T>(
  node: Addressee,
  command: Command,
  outcome: CallOutcome,
  read: (reply: unknown) => Read<T>,
): T {
  if (!outcome.ok) throw failureOf(node, command, outcome.error);
  const value = read(outcome.reply);
  if (!value.ok) throw new ActFailure('unexpected-reply', { ...whoAndWhat(node, command), seen: value.seen });
  return value.value;
}

/** Throws for the first outcome that is a failure. */
export function requireAllOk(node: Addressee, commands: readonly Command[], outcomes: readonly CallOutcome[]): void {
  for (const [at, outcome] of outcomes.entries()) {
    if (!outcome.ok) throw failureOf(node, commands[at] ?? [], outcome.error);
  }
}

/** The name of what went wrong with a command that is not MIGRATE. */
export function failureOf(node: Addressee, command: Command, error: NodeCallError): ActFailure {
  const who = whoAndWhat(node, command);
  const { failure } = error;
  if (failure.kind === 'no-reply') {
    const { code, seen } = failure.problem;
    if (code === 'wrong-password' || code === 'password-required') {
      return new ActFailure('wrong-credentials', { ...who, seen }, { cause: error });
    }
    return new ActFailure('node-did-not-answer', { ...who, seen: `${code}: ${seen}` }, { cause: error });
  }
  const facts = { ...who, seen: failure.line };
  switch (failure.prefix) {
    case 'NOPERM':
      return new ActFailure('no-permission', facts, { cause: error });
    case 'NOAUTH':
    case 'WRONGPASS':
      return new ActFailure('wrong-credentials', facts, { cause: error });
    case 'OOM':
      return new ActFailure('target-out-of-memory', facts, { cause: error });
    case 'LOADING':
    case 'BUSY':
    case 'CLUSTERDOWN':
    case 'TRYAGAIN':
    case 'MASTERDOWN':
      return new ActFailure('node-busy', facts, { cause: error });
    case 'NOREPLICAS':
    case 'UNBLOCKED':
      return new ActFailure('replicas-too-few', facts, { cause: error });
    // Between our look and the command the node lost its role or the slot: the next look tells which.
    case 'MOVED':
    case 'ASK':
    case 'READONLY':
      return new ActFailure('views-changed', facts, { cause: error });
    default:
      return refusalOf(facts, failure.line, error);
  }
}

function refusalOf(
  facts: { node: string; name: string; command: string; seen: string },
  line: string,
  cause: Error,
): ActFailure {
  switch (readSetSlotRefusal(line)) {
    case 'not-a-primary':
    case 'not-owner':
    case 'already-owner':
    case 'target-not-a-primary':
    case 'unknown-node':
      return new ActFailure('views-changed', facts, { cause });
    case 'other-migration':
      return new ActFailure('other-migration', facts, { cause });
    case 'too-few-replicas':
      return new ActFailure('replicas-too-few', facts, { cause });
    case 'keys-left':
    case 'other':
      return new ActFailure('unexpected-reply', facts, { cause });
  }
}

function whoAndWhat(node: Addressee, command: Command): { node: string; name: string; command: string } {
  const words = printCommand(command.slice(0, 3));
  return { node: node.id, name: node.name, command: words.join(' ') };
}

function lineOf(node: Addressee, command: Command, outcome: CallOutcome): SentLine {
  const shown = printCommand(command.slice(0, WORDS_SHOWN));
  return {
    node: node.id,
    command: shown,
    more: Math.max(0, command.length - WORDS_SHOWN),
    reply: outcome.ok ? printReply(outcome.reply) : printFailure(outcome.error),
    outcome: outcome.ok ? 'ok' : 'error',
    ms: outcome.ms,
  };
}

function printFailure({ failure }: NodeCallError): string {
  return failure.kind === 'error-reply' ? failure.line : `${failure.problem.code}: ${failure.problem.seen}`;
}

function printReply(reply: unknown): string {
  if (reply === null) return '(nil)';
  if (typeof reply === 'string') return cut(reply);
  if (typeof reply === 'number' || typeof reply === 'bigint' || typeof reply === 'boolean') return String(reply);
  // What a key holds is nobody's business here.
  if (Buffer.isBuffer(reply)) return `(${reply.length} bytes)`;
  if (Array.isArray(reply)) return `${reply.length} entries`;
  return 'a map';
}

function cut(text: string): string {
  return text.length > REPLY_SHOWN ? `${text.slice(0, REPLY_SHOWN)}… (${text.length} characters)` : text;
}
