import type { CallOutcome, Command, CommandWord, NodeAddress } from '../connection/node-calls.ts';
import type { ViewProblem } from '@slotdeck/model/topology';
import { broken, readText } from './reply-reading.ts';

export interface MigrateRequest {
  /** As the source node reaches it, which need not be as we do. */
  readonly target: NodeAddress;
  readonly keys: readonly Buffer[];
  readonly db: number;
  /** How long the source waits for each write and each reply: silence, not the whole transfer. Milliseconds. */
  readonly timeoutMs: number;
  /** Overwrites what the target holds under the key. */
  readonly replace?: boolean;
  /** Leaves the keys on the source. */
  readonly copy?: boolean;
  /** What the source authenticates with at the target. */
  readonly auth?: { readonly username?: string; readonly password: string };
}

export function migrateCommand(request: MigrateRequest): Command {
  const { target, keys, db, timeoutMs, auth } = request;
  const words: CommandWord[] = ['MIGRATE', target.host, target.port, '', db, timeoutMs];
  if (request.copy === true) words.push('COPY');
  if (request.replace === true) words.push('REPLACE');
  // AUTH2 came with Redis 6.0; plain AUTH means the default user.
  if (auth?.username !== undefined) words.push('AUTH2', auth.username, auth.password);
  else if (auth !== undefined) words.push('AUTH', auth.password);
  words.push('KEYS');
  for (const key of keys) words.push(wordOf(key));
  return words;
}

/** Plain names travel as text: a client writes a thousand texts in one go, and a thousand buffers one by one. */
function wordOf(key: Buffer): CommandWord {
  const text = key.toString('latin1');
  return PLAIN.test(text) ? text : key;
}

const PLAIN = /^[\x20-\x7e]*$/;

/**
 * What MIGRATE came to.
 * - `no-key`: none of the keys exists on the source (any more)
 * - `busy-key`: at least one key exists on the target; keys before it have moved
 * - `io-error`: the source lost the target while `during`; after `read` a key may be on both nodes
 * - `target-error`: the target refused with this line; keys before the refused one have moved
 * - `refused`: the source itself refused; nothing was sent to the target
 * - `no-reply`: not known; when `sent` the source may still be at work
 */
export type MigrateResult =
  | { readonly kind: 'moved' }
  | { readonly kind: 'no-key' }
  | { readonly kind: 'busy-key'; readonly line: string }
  | { readonly kind: 'io-error'; readonly during: 'connect' | 'write' | 'read' | 'unknown'; readonly line: string }
  | { readonly kind: 'target-error'; readonly prefix: string; readonly line: string }
  | { readonly kind: 'refused'; readonly prefix: string; readonly line: string }
  | { readonly kind: 'broken-reply'; readonly seen: string }
  | { readonly kind: 'no-reply'; readonly problem: ViewProblem; readonly sent: boolean };

export function readMigrateOutcome(outcome: CallOutcome): MigrateResult {
  if (outcome.ok) {
    const text = readText(outcome.reply);
    if (text === 'OK') return { kind: 'moved' };
    if (text === 'NOKEY') return { kind: 'no-key' };
    return { kind: 'broken-reply', seen: broken(outcome.reply).seen };
  }
  const { failure } = outcome.error;
  if (failure.kind === 'no-reply') return failure;
  return readMigrateError(failure.line);
}

const TARGET_SAYS = /Target instance replied with error: (.*)$/s;

export function readMigrateError(line: string): MigrateResult {
  const said = TARGET_SAYS.exec(line)?.[1];
  if (said !== undefined) {
    const prefix = firstWord(said);
    return prefix === 'BUSYKEY' ? { kind: 'busy-key', line: said } : { kind: 'target-error', prefix, line: said };
  }
  const prefix = firstWord(line);
  if (prefix === 'BUSYKEY') return { kind: 'busy-key', line };
  if (prefix === 'IOERR') return { kind: 'io-error', during: whileDoing(line), line };
  return { kind: 'refused', prefix, line };
}

function whileDoing(line: string): 'connect' | 'write' | 'read' | 'unknown' {
  if (line.includes('connecting')) return 'connect';
  if (line.includes('writing')) return 'write';
  return line.includes('reading') ? 'read' : 'unknown';
}

function firstWord(line: string): string {
  return line.trimStart().split(/[\s:]/, 1)[0] ?? '';
}
