import { migrateCommand, readMigrateOutcome, type MigrateRequest, type MigrateResult } from '../commands/migrate.ts';
import { pingCommand } from '../commands/ping.ts';
import type { NodeAddress } from '../connection/node-calls.ts';
import type { ActContext } from './act-context.ts';
import type { Addressee, CommandSender } from './command-sender.ts';
import { sendInDatabase } from './databases.ts';
import { weighKeys, type KeyLoad } from './list-keys.ts';
import { ActFailure } from './move-problems.ts';
import { limitsOf } from './pace-limits.ts';

/** One source, one target, and what carries keys from one to the other. */
export interface Carrier {
  readonly sender: CommandSender;
  readonly source: Addressee;
  readonly target: Addressee;
  /** The target as the source reaches it. */
  readonly targetSeenFromSource: NodeAddress;
  /** With what the target is asked; absent: as the source is. */
  readonly targetSender?: CommandSender;
  /** Who serves clients the keys; the source unless keys go back, which is when it only has the slot marked as importing. */
  readonly servedBy?: 'source' | 'target';
  readonly context: Pick<
    ActContext,
    'clock' | 'signal' | 'migrateAuth' | 'migrateTimeoutMs' | 'conflicts' | 'note' | 'pace'
  >;
}

/**
 * How long the source waits for the target in silence, all MIGRATEs that it has before it taken together: it carries them out one
 * after the other without looking up. It stands still meanwhile, so this stays below any sane node timeout: the 60 seconds of the
 * servers' own tools let a hanging target take the source down with it.
 */
const SILENCE_MS = 5_000;
/** For keys so large that the target is known to need longer. */
const LONGEST_TIMEOUT_MS = 60_000;
/** Where sizes are not told. */
const UNKNOWN_SIZE_MS = 20_000;
/** Slower than servers write and read keys, also keys of many small parts. */
const BYTES_PER_MS = 5_000;

/** For keys of which nothing speaks for being large. */
export function usualTimeoutMs({ context }: Pick<Carrier, 'context'>): number {
  return context.migrateTimeoutMs ?? Math.ceil(SILENCE_MS / limitsOf(context.pace()).queued);
}

/**
 * For keys as large as the source says they are. Only their size is a reason to wait longer: a target that cannot be reached from
 * the source answers us all the same. Where sizes are not told, a target that does answer is given some time.
 */
export async function timeoutBySizeMs(load: Pick<KeyLoad, 'keys' | 'database'>, carrier: Carrier): Promise<number> {
  const bytes = await weighKeys(carrier.sender, carrier.source, load);
  const usual = usualTimeoutMs(carrier);
  if (bytes !== null) return Math.min(LONGEST_TIMEOUT_MS, Math.max(usual, Math.ceil(bytes / BYTES_PER_MS)));
  const [pong] = await (carrier.targetSender ?? carrier.sender).send(carrier.target, [pingCommand]);
  return pong?.ok === true ? Math.max(usual, UNKNOWN_SIZE_MS) : usual;
}

/** Sends one MIGRATE and reads what it came to. */
export async function migrate(
  load: KeyLoad,
  { timeoutMs, replace, copy = false }: { timeoutMs: number; replace: boolean; copy?: boolean },
  { sender, source, targetSeenFromSource, context }: Carrier,
): Promise<MigrateResult> {
  const request: MigrateRequest = {
    target: targetSeenFromSource,
    keys: load.keys,
    db: load.database,
    timeoutMs,
    replace,
    copy,
    ...(context.migrateAuth === null ? {} : { auth: context.migrateAuth }),
  };
  // Twice for the server's own second try, and more for writing the keys down before the clock starts.
  const outcomes = await sendInDatabase(sender, source, load.database, [migrateCommand(request)], {
    timeoutMs: timeoutMs * 3 + 10_000,
  });
  const outcome = outcomes[0];
  if (outcome === undefined) throw new Error('a pipeline of one command came back empty');
  return readMigrateOutcome(outcome);
}

export function failureOfMigrate(
  result: Extract<MigrateResult, { kind: 'target-error' | 'refused' | 'no-reply' | 'broken-reply' }>,
  { source, target }: Pick<Carrier, 'source' | 'target'>,
): ActFailure {
  const atSource = { node: source.id, name: source.name, command: 'MIGRATE' };
  const atTarget = { node: target.id, name: target.name, command: 'RESTORE', target: target.name };
  switch (result.kind) {
    case 'broken-reply':
      return new ActFailure('unexpected-reply', { ...atSource, seen: result.seen });
    case 'no-reply':
      return new ActFailure('node-did-not-answer', {
        ...atSource,
        seen: `${result.problem.code}: ${result.problem.seen}`,
      });
    case 'refused':
      return (
        failureOfLine(atSource, result.prefix, result.line) ??
        new ActFailure('unexpected-reply', { ...atSource, seen: result.line })
      );
    case 'target-error':
      return (
        failureOfLine(atTarget, result.prefix, result.line) ??
        new ActFailure('target-refused', { ...atTarget, seen: result.line })
      );
  }
}

function failureOfLine(
  who: { node: string; name: string; command: string },
  prefix: string,
  line: string,
): ActFailure | null {
  const facts = { ...who, seen: line };
  switch (prefix) {
    case 'OOM':
      return new ActFailure('target-out-of-memory', facts);
    case 'NOPERM':
      return new ActFailure('no-permission', facts);
    case 'NOAUTH':
    case 'WRONGPASS':
      return new ActFailure('wrong-credentials', facts);
    case 'MOVED':
    case 'ASK':
    case 'READONLY':
      return new ActFailure('views-changed', facts);
    case 'LOADING':
    case 'BUSY':
    case 'CLUSTERDOWN':
    case 'TRYAGAIN':
    case 'MISCONF':
    case 'NOREPLICAS':
      return new ActFailure('node-busy', facts);
    default:
      return null;
  }
}
