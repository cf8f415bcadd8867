import type { NodeId } from '@slotdeck/model/ids';
import type { Topology } from '@slotdeck/model/topology';
import { configGetCommand, readConfig } from '../commands/config-get.ts';
import { readInteger } from '../commands/reply-reading.ts';
import type { NodeCalls } from '../connection/node-calls.ts';

const NAME = 'cluster-node-timeout';

/** What each node has as `cluster-node-timeout`, in milliseconds; null where it gives no answer or may not be asked. */
export async function readNodeTimeouts(
  calls: NodeCalls,
  { nodes }: Pick<Topology, 'nodes'>,
): Promise<Map<NodeId, number | null>> {
  const answers = await Promise.all(
    nodes.map(async (node): Promise<[NodeId, number | null]> => {
      if (node.host === '' || node.port === 0) return [node.id, null];
      const [outcome] = await calls.pipeline(node, [configGetCommand(NAME)], { timeoutMs: 3000 });
      const config = outcome?.ok === true ? readConfig(outcome.reply) : null;
      return [node.id, config?.ok === true ? readInteger(config.value.get(NAME)) : null];
    }),
  );
  return new Map(answers);
}
