import { readText } from '../commands/reply-reading.ts';
import type { ActContext, ClusterMember } from './act-context.ts';
import { createSender, failureOf } from './command-sender.ts';
import { answeredViews, lookAt } from './look.ts';
import type { Newcomer } from './join-node.ts';

export type FunctionsCopied =
  | { readonly outcome: 'copied'; readonly from: string }
  /** The cluster has none, or its servers know no functions (before Redis 7.0). */
  | { readonly outcome: 'none' };

/**
 * Gives a new primary the function libraries that the cluster has (FUNCTION DUMP, FUNCTION RESTORE … REPLACE; Redis 7.0 on). Without
 * them it answers FCALL with an error as soon as it owns slots. Nothing else copies them: they are no keys.
 * @throws ActFailure
 */
export async function copyFunctions(newcomer: Newcomer, context: ActContext): Promise<FunctionsCopied> {
  const sender = createSender(context);
  const sight = await lookAt(
    sender,
    context.members().filter(({ id }) => id !== newcomer.id),
  );
  const from = answeredViews(sight).find((view) => view.self.role === 'primary' && view.self.slots.length > 0);
  if (from === undefined) return { outcome: 'none' };
  const list = ['FUNCTION', 'LIST'];
  const dumpCommand = ['FUNCTION', 'DUMP'];
  const [libraries] = await sender.send(from.member, [list]);
  if (libraries?.ok !== true || !Array.isArray(libraries.reply)) {
    if (libraries?.ok === false && !isUnknownCommand(libraries.error.message))
      throw failureOf(from.member, list, libraries.error);
    return { outcome: 'none' };
  }
  if (libraries.reply.length === 0) return { outcome: 'none' };
  const [dump] = await sender.send(from.member, [dumpCommand], { binary: true });
  if (dump === undefined) throw new Error('a pipeline of one command came back empty');
  if (!dump.ok) throw failureOf(from.member, dumpCommand, dump.error);
  await restore(newcomer, dump.reply, context);
  return { outcome: 'copied', from: from.member.name };
}

async function restore(to: ClusterMember, payload: unknown, context: ActContext): Promise<void> {
  if (!Buffer.isBuffer(payload)) throw new Error(`FUNCTION DUMP answered ${readText(payload) ?? typeof payload}`);
  const command = ['FUNCTION', 'RESTORE', payload, 'REPLACE'];
  const [outcome] = await createSender(context).send(to, [command]);
  if (outcome === undefined) throw new Error('a pipeline of one command came back empty');
  if (!outcome.ok) throw failureOf(to, ['FUNCTION', 'RESTORE'], outcome.error);
}

function isUnknownCommand(line: string): boolean {
  return /unknown command/i.test(line);
}
