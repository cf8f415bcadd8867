import { createHash } from 'node:crypto';
import type { Facts } from '@slotdeck/model/finding';
import { dumpCommand, readDump } from '../commands/dump.ts';
import { printCommand } from '../commands/mask-secrets.ts';
import { memoryUsageCommand } from '../commands/memory-usage.ts';
import { readInteger, readText } from '../commands/reply-reading.ts';
import type { CallOutcome, Command } from '../connection/node-calls.ts';
import { failureOfMigrate, migrate, timeoutBySizeMs, type Carrier } from './carrier.ts';
import { failureOf, readOutcome, requireAllOk, type Addressee, type CommandSender } from './command-sender.ts';
import { askingInDatabase } from './databases.ts';
import { sameContents } from './key-contents.ts';
import type { KeyLoad } from './list-keys.ts';

import { ActFailure } from './move-problems.ts';

/** A DUMP ends with two bytes of format version and eight of checksum, which differ between server versions. */
const FOOTER_BYTES = 10;
/** Two copies of one key expire this close to each other; the way between the nodes takes time. Milliseconds. */
const SAME_EXPIRY_MS = 60_000;
/** Larger values are not fetched to be compared; bytes of memory. */
const LARGEST_DUMP = 64 * 1024 * 1024;
const NAMES_SHOWN = 20;

/** One key that exists on both sides, as both sides tell it. */
export interface Conflict {
  readonly key: Buffer;
  readonly atSource: Copy;
  readonly atTarget: Copy;
}

interface Copy {
  /** SHA-1 of the dump without its footer, or of the server's own making for a large value. */
  readonly digest: string;
  /** As PTTL says: -1 never. */
  readonly expiresInMs: number;
}

/**
 * Some key of the load was there already. A copy that equals ours is left from an attempt whose end nobody heard: the source's is
 * moved over it. A different one is somebody's data: neither is touched until a person has decided. Keys without a twin just move.
 */
export async function resolveConflicts(load: KeyLoad, carrier: Carrier): Promise<void> {
  const { source, target, context } = carrier;
  const { twins, different } = await compareCopies(load, carrier);
  const conflicts = [...twins, ...different.map(({ key }) => key)];
  const others = load.keys.filter((key) => !conflicts.some((conflict) => conflict.equals(key)));
  await move(others, false, load, carrier);
  if (twins.length > 0) {
    context.note('equal-key-on-both-sides', {
      source: source.name,
      target: target.name,
      slot: load.slot,
      keys: namesOf(twins),
    });
    await keepServed(twins, load, carrier);
  }
  if (different.length > 0 && context.conflicts === 'served') {
    context.note('key-replaced', factsOf(different, load, carrier));
    await keepServed(
      different.map(({ key }) => key),
      load,
      carrier,
    );
  } else if (different.length > 0) {
    throw new ActFailure('key-on-both-sides', factsOf(different, load, carrier));
  }
}

/** Which keys of the load are on both sides: with the same value (and time to live), and with different ones. */
export async function compareCopies(
  load: KeyLoad,
  carrier: Carrier,
): Promise<{ readonly twins: readonly Buffer[]; readonly different: readonly Conflict[] }> {
  const twins: Buffer[] = [];
  const different: Conflict[] = [];
  for (const conflict of await findConflicts(load, carrier)) {
    if (await isSame(conflict, load.database, carrier)) twins.push(conflict.key);
    else different.push(conflict);
  }
  return { twins, different };
}

/** The copy that clients are served stays, and with it what they write this moment. */
async function keepServed(keys: readonly Buffer[], load: KeyLoad, carrier: Carrier): Promise<void> {
  const { sender, source } = carrier;
  if (!isGoingBack(carrier)) return move(keys, true, load, carrier);
  const commands = keys.map((key): Command => ['DEL', key]);
  requireAllOk(source, commands, await askingInDatabase(commands, source, load.database, sender));
}

function isGoingBack({ servedBy }: Carrier): boolean {
  return servedBy === 'target';
}

/** Named as in the batch, also when keys go back: the source is who serves. */
function factsOf(conflicts: readonly Conflict[], load: KeyLoad, carrier: Carrier): Facts {
  const different = isGoingBack(carrier)
    ? conflicts.map(({ key, atSource, atTarget }) => ({ key, atSource: atTarget, atTarget: atSource }))
    : conflicts;
  const [source, target] = isGoingBack(carrier) ? [carrier.target, carrier.source] : [carrier.source, carrier.target];
  return {
    source: source.name,
    target: target.name,
    slot: load.slot,
    database: load.database,
    count: different.length,
    keys: namesOf(different.map(({ key }) => key)),
    digestsAtSource: different.slice(0, NAMES_SHOWN).map(({ atSource }) => atSource.digest),
    digestsAtTarget: different.slice(0, NAMES_SHOWN).map(({ atTarget }) => atTarget.digest),
  };
}

async function move(keys: readonly Buffer[], replace: boolean, load: KeyLoad, carrier: Carrier): Promise<void> {
  if (keys.length === 0) return;
  const timeoutMs = await timeoutBySizeMs({ ...load, keys }, carrier);
  const result = await migrate({ ...load, keys }, { replace, timeoutMs }, carrier);
  switch (result.kind) {
    case 'moved':
    case 'no-key':
      return;
    case 'busy-key':
      throw new ActFailure('views-changed', {
        seen: `a key of slot ${load.slot} appeared on ${carrier.target.name} while it was moved`,
      });
    case 'io-error':
      throw new ActFailure('target-not-reachable-from-source', {
        source: carrier.source.name,
        target: carrier.target.name,
        seen: result.line,
      });
    case 'target-error':
    case 'refused':
    case 'no-reply':
    case 'broken-reply':
      throw failureOfMigrate(result, carrier);
  }
}

async function findConflicts(load: KeyLoad, carrier: Carrier): Promise<Conflict[]> {
  const conflicts: Conflict[] = [];
  const exists = (key: Buffer): Command => ['EXISTS', key];
  const here = await askingInDatabase(load.keys.map(exists), carrier.source, load.database, carrier.sender);
  const there = await askingInDatabase(
    load.keys.map(exists),
    carrier.target,
    load.database,
    senderTo('target', carrier),
  );
  for (const [at, key] of load.keys.entries()) {
    if (!isThere(here[at], carrier.source) || !isThere(there[at], carrier.target)) continue;
    const atSource = await copyOf(key, 'source', load.database, carrier);
    const atTarget = await copyOf(key, 'target', load.database, carrier);
    if (atSource !== null && atTarget !== null) conflicts.push({ key, atSource, atTarget });
  }
  return conflicts;
}

function senderTo(side: 'source' | 'target', { sender, targetSender }: Carrier): CommandSender {
  return side === 'target' ? (targetSender ?? sender) : sender;
}

function isThere(outcome: CallOutcome | undefined, node: Addressee): boolean {
  if (outcome === undefined) return false;
  if (outcome.ok) return readInteger(outcome.reply) === 1;
  // The source redirects for a key that it has no more while the slot is migrating.
  if (outcome.error.failure.kind === 'error-reply' && outcome.error.failure.prefix === 'ASK') return false;
  throw failureOf(node, ['EXISTS'], outcome.error);
}

async function copyOf(
  key: Buffer,
  side: 'source' | 'target',
  database: number,
  carrier: Carrier,
): Promise<Copy | null> {
  const node = carrier[side];
  const ask = (commands: readonly Command[]): Promise<CallOutcome[]> =>
    askingInDatabase(commands, node, database, senderTo(side, carrier));
  const [ttl, usage] = await ask([['PTTL', key], memoryUsageCommand(key)]);
  const expiresInMs = ttl?.ok === true ? (readInteger(ttl.reply) ?? -1) : -1;
  const size = usage?.ok === true ? (readInteger(usage.reply) ?? 0) : 0;
  if (size > LARGEST_DUMP) return { digest: await digestByServer(key, node, ask), expiresInMs };
  const [dump] = await ask([dumpCommand(key)]);
  if (dump === undefined) throw new Error('a pipeline of one command came back empty');
  if (!dump.ok && dump.error.failure.kind === 'error-reply' && dump.error.failure.prefix === 'ASK') return null;
  const bytes = readOutcome(node, ['DUMP'], dump, readDump);
  if (bytes === null) return null;
  const body = bytes.subarray(0, Math.max(0, bytes.length - FOOTER_BYTES));
  return { digest: createHash('sha1').update(body).digest('hex'), expiresInMs };
}

/** Where DEBUG is not enabled a large value has no digest; two values without one are never equal. */
async function digestByServer(
  key: Buffer,
  node: Addressee,
  ask: (commands: readonly Command[]) => Promise<CallOutcome[]>,
): Promise<string> {
  const [outcome] = await ask([['DEBUG', 'DIGEST-VALUE', key]]);
  const digests: readonly unknown[] = outcome?.ok === true && Array.isArray(outcome.reply) ? outcome.reply : [];
  return readText(digests[0]) ?? `unknown at ${node.id}`;
}

async function isSame({ key, atSource, atTarget }: Conflict, database: number, carrier: Carrier): Promise<boolean> {
  const neverExpire = atSource.expiresInMs === -1 && atTarget.expiresInMs === -1;
  const expireTogether =
    atSource.expiresInMs >= 0 &&
    atTarget.expiresInMs >= 0 &&
    Math.abs(atSource.expiresInMs - atTarget.expiresInMs) <= SAME_EXPIRY_MS;
  if (!neverExpire && !expireTogether) return false;
  if (atSource.digest === atTarget.digest) return true;
  return sameContents(key, database, carrier);
}

function namesOf(keys: readonly Buffer[]): string[] {
  return printCommand(['', ...keys.slice(0, NAMES_SHOWN)]).slice(1);
}
