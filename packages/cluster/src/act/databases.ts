import { broken, read, readText, type Read } from '../commands/reply-reading.ts';
import type { Command, CallOptions, CallOutcome } from '../connection/node-calls.ts';
import { requireAllOk, type Addressee, type CommandSender } from './command-sender.ts';

export const infoKeyspaceCommand: Command = ['INFO', 'keyspace'];

/** Found out before the first key moves: a refused SELECT would let the commands behind it run in database 0. */
export async function requireSelectable(sender: CommandSender, node: Addressee, database: number): Promise<void> {
  if (database === 0) return;
  const commands = [
    ['SELECT', database],
    ['SELECT', 0],
  ];
  requireAllOk(node, commands, await sender.send(node, commands));
}

/** Databases of a node that hold keys. Only Valkey from 9.0 on has more than 0 in cluster mode, and a slot spans all of them. */
export function readDatabases(reply: unknown): Read<number[]> {
  const text = readText(reply);
  if (text === null) return broken(reply);
  const numbers = [...text.matchAll(/^db(\d+):/gm)].map((match) => Number(match[1]));
  return read(numbers.length === 0 ? [0] : numbers.toSorted((a, b) => a - b));
}

/**
 * Sends commands to one database of a node. The connection is shared and stands at database 0: selecting and going back travel in
 * the same write, so nothing of others comes between.
 */
export async function sendInDatabase(
  sender: CommandSender,
  node: Addressee,
  database: number,
  commands: readonly Command[],
  options?: CallOptions,
): Promise<CallOutcome[]> {
  if (database === 0) return sender.send(node, commands, options);
  const outcomes = await sender.send(node, [['SELECT', database], ...commands, ['SELECT', 0]], options);
  const [selected, ...rest] = outcomes;
  // Not selected: what followed ran in database 0 and answers another question.
  if (selected?.ok === false) return commands.map(() => selected);
  return rest.slice(0, commands.length);
}

/** ASKING holds for one command: each gets its own. */
export async function askingInDatabase(
  commands: readonly Command[],
  node: Addressee,
  database: number,
  sender: CommandSender,
): Promise<CallOutcome[]> {
  const asked = commands.flatMap((command): Command[] => [['ASKING'], command]);
  const outcomes = await sendInDatabase(sender, node, database, asked, { binary: true, timeoutMs: 30_000 });
  return outcomes.filter((_, at) => at % 2 === 1);
}
