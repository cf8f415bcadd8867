import { clusterNodesCommand, readClusterNodes } from '../commands/cluster-nodes.ts';
import type { ActContext } from './act-context.ts';
import { createSender, failureOf, type CommandSender } from './command-sender.ts';
import type { NewMember } from './found-cluster.ts';
import type { AnsweredView } from './look.ts';

/** How long nodes are watched that may give each other back what they were just made to forget. */
const ALONE_MS = 15_000;

/**
 * The way back: resets every node that answers, hard, so that each is empty, alone and without an epoch again. Nodes that know somebody
 * beyond these, or hold keys, are left alone. @returns the names of those that were left. @throws ActFailure
 */
export async function dissolveMembers(
  members: readonly NewMember[],
  context: ActContext,
): Promise<{ readonly reset: number; readonly left: readonly string[] }> {
  const sender = createSender(context);
  const end = context.clock.monotonic() + ALONE_MS;
  const left = new Map<string, string>();
  let reset = 0;
  // Two looks at rest: a node that was not reset yet may have introduced itself to one that was.
  for (let calm = 0; calm < 2;) {
    const tables = await Promise.all(members.map((member) => tableAt(member, sender)));
    const ours = new Set<string>(
      tables.flatMap((table) => (table === null ? [] : table.filter(({ isMyself }) => isMyself).map(({ id }) => id))),
    );
    for (const { id } of members) ours.add(id);
    const acts = members.map(async (member, at) => {
      const table = tables[at] ?? null;
      // Judged anew at each look: one that was silent may answer by now.
      left.delete(member.name);
      if (table === null) left.set(member.name, 'no answer');
      else if (table.some(({ id, flags }) => !ours.has(id) && !isFaint(flags))) left.set(member.name, 'knows others');
      else if (table.length > 1 || table.some(({ slots, configEpoch }) => slots.length > 0 || configEpoch > 0)) {
        const refusal = await resetHard(member, sender);
        if (refusal === null) return true;
        left.set(member.name, refusal);
      }
      return false;
    });
    const done = (await Promise.all(acts)).filter(Boolean).length;
    reset += done;
    calm = done === 0 ? calm + 1 : 0;
    if (context.clock.monotonic() >= end) break;
    if (calm < 2) await context.clock.sleep(500, context.signal);
  }
  return { reset, left: [...left].map(([name, why]) => `${name} (${why})`) };
}

const isFaint = (flags: readonly string[]): boolean => flags.includes('handshake') || flags.includes('noaddr');

/** Whatever id it has by now: a hard reset gives it another. Null: no answer. */
async function tableAt(member: NewMember, sender: CommandSender): Promise<AnsweredView['lines'] | null> {
  const [outcome] = await sender.send(member, [clusterNodesCommand]);
  if (outcome?.ok !== true) return null;
  const table = readClusterNodes(outcome.reply);
  return table.ok ? table.value : null;
}

/** Null: it is reset. */
async function resetHard(member: NewMember, sender: CommandSender): Promise<string | null> {
  const command = ['CLUSTER', 'RESET', 'HARD'];
  const [outcome] = await sender.send(member, [command]);
  if (outcome === undefined || outcome.ok) return null;
  const { failure } = outcome.error;
  if (failure.kind === 'error-reply') return failure.line;
  throw failureOf(member, command, outcome.error);
}
