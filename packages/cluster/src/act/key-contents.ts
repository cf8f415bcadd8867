import { readInteger, readText } from '../commands/reply-reading.ts';
import type { CallOutcome, Command } from '../connection/node-calls.ts';
import type { Carrier } from './carrier.ts';
import { askingInDatabase } from './databases.ts';

/** Larger collections are not compared element by element: reading them would stall both nodes. They count as different. */
const MOST_ELEMENTS = 10_000;
const MOST_BYTES = 1024 * 1024;

/** How to count and read the elements of a type whose equal values may dump to different bytes. */
const unorderedTypes: Readonly<Record<string, { size: string; read: (key: Buffer) => Command; unit: number }>> = {
  // Encodings differ with the order of insertion, so equal values need not dump to equal bytes.
  set: { size: 'SCARD', read: (key) => ['SMEMBERS', key], unit: 1 },
  hash: { size: 'HLEN', read: (key) => ['HGETALL', key], unit: 2 },
  zset: { size: 'ZCARD', read: (key) => ['ZRANGE', key, 0, -1, 'WITHSCORES'], unit: 2 },
  list: { size: 'LLEN', read: (key) => ['LRANGE', key, 0, -1], unit: 0 },
  string: { size: 'STRLEN', read: (key) => ['GET', key], unit: 0 },
};

/** Whether both sides hold the same value under the key although their dumps differ. In doubt, no. */
export async function sameContents(key: Buffer, database: number, carrier: Carrier): Promise<boolean> {
  const here = (commands: readonly Command[]): Promise<CallOutcome[]> =>
    askingInDatabase(commands, carrier.source, database, carrier.sender);
  const there = (commands: readonly Command[]): Promise<CallOutcome[]> =>
    askingInDatabase(commands, carrier.target, database, carrier.targetSender ?? carrier.sender);
  const type = readText(replyOf((await here([['TYPE', key]]))[0]));
  if (type === null || type !== readText(replyOf((await there([['TYPE', key]]))[0]))) return false;
  const how = unorderedTypes[type];
  if (how === undefined) return false;
  const [mine, theirs] = [replyOf((await here([[how.size, key]]))[0]), replyOf((await there([[how.size, key]]))[0])];
  const size = readInteger(mine);
  const most = type === 'string' ? MOST_BYTES : MOST_ELEMENTS;
  if (size === null || size !== readInteger(theirs) || size > most) return false;
  const [left, right] = [replyOf((await here([how.read(key)]))[0]), replyOf((await there([how.read(key)]))[0])];
  const [a, b] = [canonical(left, how.unit), canonical(right, how.unit)];
  return a !== null && a === b;
}

function replyOf(outcome: CallOutcome | undefined): unknown {
  return outcome?.ok === true ? outcome.reply : null;
}

/** One text for one value: elements in pairs or alone are sorted where the type has no order of its own (`unit` above 0). */
function canonical(reply: unknown, unit: number): string | null {
  const flat = flatten(reply);
  if (flat === null) return null;
  if (unit === 0) return flat.join(' ');
  const units: string[] = [];
  for (let at = 0; at < flat.length; at += unit) units.push(flat.slice(at, at + unit).join('='));
  return units.toSorted().join(' ');
}

function flatten(reply: unknown): string[] | null {
  if (Buffer.isBuffer(reply)) return [reply.toString('hex')];
  if (typeof reply === 'string') return [Buffer.from(reply).toString('hex')];
  if (typeof reply === 'number') return [Buffer.from(String(reply)).toString('hex')];
  const entries: unknown[] | null = Array.isArray(reply) ? reply : reply instanceof Map ? [...reply].flat() : null;
  if (entries === null) return null;
  const parts = entries.map(flatten);
  return parts.every((part) => part !== null) ? parts.flat() : null;
}
