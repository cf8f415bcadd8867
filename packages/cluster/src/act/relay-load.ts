import { createHash } from 'node:crypto';
import { dumpCommand, readDump } from '../commands/dump.ts';
import { readInteger } from '../commands/reply-reading.ts';
import type { Command } from '../connection/node-calls.ts';
import type { Carrier } from './carrier.ts';
import { failureOf, readOutcome, type CommandSender } from './command-sender.ts';
import { sendInDatabase } from './databases.ts';
import type { KeyLoad } from './list-keys.ts';
import type { ActFailure } from './move-problems.ts';

export interface Relayed {
  readonly taken: number;
  /** Keys that the target had. */
  readonly busy: readonly Buffer[];
  /** Keys that were written to at the source while their copy was on its way; they stay there. */
  readonly changed: readonly Buffer[];
  /** Why some may not have come, to be tried again. */
  readonly failure: ActFailure | null;
}

/** Deletes keys whose value is still the one that was copied. Answers 1 for each that is gone. */
const DROP_IF_SAME = `local gone = {}
for i, key in ipairs(KEYS) do
  local now = redis.call('DUMP', key)
  if not now then gone[i] = 1
  elseif redis.sha1hex(now) == ARGV[i] then redis.call('DEL', key) gone[i] = 1
  else gone[i] = 0 end
end
return gone`;

interface Copy {
  readonly key: Buffer;
  readonly dump: Buffer;
  /** Milliseconds; 0 never. */
  readonly ttl: number;
}

/**
 * Carries keys over by reading them here and writing them there, for a source that cannot reach the target or may not migrate. What is
 * taken away from the source is only what is unchanged since it was read. @throws ActFailure where trying again is no use
 */
export async function relayLoad(
  load: KeyLoad,
  { copy, replace }: { readonly copy: boolean; readonly replace: boolean },
  { sender, source, target }: Carrier,
  toCluster: CommandSender,
): Promise<Relayed> {
  const commands = load.keys.flatMap((key): Command[] => [dumpCommand(key), ['PTTL', key]]);
  const replies = await sendInDatabase(sender, source, load.database, commands, { binary: true, timeoutMs: 30_000 });
  const copies = load.keys.flatMap((key, at): Copy[] => {
    const [dumped, ttl] = [replies[at * 2], replies[at * 2 + 1]];
    if (dumped === undefined || ttl === undefined) throw new Error('fewer replies than commands');
    const dump = readOutcome(source, dumpCommand(key), dumped, readDump);
    if (dump === null) return [];
    const left = ttl.ok ? (readInteger(ttl.reply) ?? -1) : -1;
    return [{ key, dump, ttl: Math.max(0, left) }];
  });
  const restores = copies.map(({ key, dump, ttl }): Command => [
    'RESTORE',
    key,
    ttl,
    dump,
    ...(replace ? ['REPLACE'] : []),
  ]);
  const outcomes = await sendInDatabase(toCluster, target, load.database, restores, { timeoutMs: 30_000 });
  const here: Copy[] = [];
  const busy: Buffer[] = [];
  let failure: ActFailure | null = null;
  for (const [at, each] of copies.entries()) {
    const outcome = outcomes[at];
    if (outcome === undefined || outcome.ok) here.push(each);
    else if (outcome.error.failure.kind === 'error-reply' && outcome.error.failure.prefix === 'BUSYKEY')
      busy.push(each.key);
    else {
      const found = failureOf(target, ['RESTORE'], outcome.error);
      if (!found.mayRetry) throw found;
      failure = found;
    }
  }
  const changed = copy || here.length === 0 ? [] : await dropUnchanged(here, load.database, sender, source);
  return { taken: here.length - changed.length, busy, changed, failure };
}

async function dropUnchanged(
  copies: readonly Copy[],
  database: number,
  sender: CommandSender,
  source: Carrier['source'],
): Promise<Buffer[]> {
  const digests = copies.map(({ dump }) => createHash('sha1').update(dump).digest('hex'));
  const command: Command = ['EVAL', DROP_IF_SAME, copies.length, ...copies.map(({ key }) => key), ...digests];
  const [outcome] = await sendInDatabase(sender, source, database, [command], { timeoutMs: 30_000 });
  if (outcome === undefined) throw new Error('a pipeline of one command came back empty');
  if (!outcome.ok) throw failureOf(source, ['EVAL'], outcome.error);
  const gone: readonly unknown[] = Array.isArray(outcome.reply) ? outcome.reply : [];
  return copies.flatMap(({ key }, at) => (readInteger(gone[at]) === 1 ? [] : [key]));
}
