import { configGetCommand, readConfig } from '../commands/config-get.ts';
import type { ActContext, ClusterMember } from './act-context.ts';
import { createSender } from './command-sender.ts';
import { ActFailure } from './move-problems.ts';

const NAME = 'cluster-node-timeout';

export interface TimeoutSet {
  /** Nodes that say the new value now. */
  readonly set: readonly string[];
  /** Nodes that could not keep it beyond a restart: they run without a configuration file, or it cannot be written. */
  readonly notKept: readonly string[];
}

/**
 * Sets `cluster-node-timeout` on every node at once, writes it into their configuration files, and reads it back from each. Nodes
 * with different values suspect each other at different times, so a node that did not take it fails the whole.
 * @throws ActFailure `timeout-not-set` with the nodes that still say something else
 */
export async function setNodeTimeout(ms: number, context: ActContext): Promise<TimeoutSet> {
  const sender = createSender(context);
  const results = await Promise.all(
    context.members().map(async (member): Promise<{ member: ClusterMember; seen: string; kept: boolean }> => {
      const [set, rewritten, got] = await sender.send(member, [
        ['CONFIG', 'SET', NAME, ms],
        ['CONFIG', 'REWRITE'],
        configGetCommand(NAME),
      ]);
      if (set === undefined || rewritten === undefined || got === undefined)
        throw new Error('a pipeline came back short');
      if (!set.ok) return { member, seen: set.error.message, kept: false };
      const value = got.ok ? readConfig(got.reply) : null;
      const seen = value?.ok === true ? (value.value.get(NAME) ?? 'nothing') : 'no answer';
      return { member, seen, kept: rewritten.ok };
    }),
  );
  const off = results.filter(({ seen }) => seen !== String(ms));
  if (off.length > 0) {
    const names = off.map(({ member, seen }) => `${member.name} (${seen})`);
    throw new ActFailure('timeout-not-set', { ms, names });
  }
  return {
    set: results.map(({ member }) => member.name),
    notKept: results.filter(({ kept }) => !kept).map(({ member }) => member.name),
  };
}
