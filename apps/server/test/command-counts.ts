import type { RealCluster } from '@slotdeck/testkit/real-cluster';
import { textOf } from '@slotdeck/testkit/resp';

/** How often each command was called since the servers started, over all nodes that can be asked. */
export async function commandCounts(cluster: RealCluster): Promise<Map<string, number>> {
  const total = new Map<string, number>();
  const asked = cluster.nodes.filter((node) => node.isRunning && !node.isPaused);
  const replies = await Promise.all(asked.map((node) => node.call('INFO', 'commandstats')));
  for (const line of replies.flatMap((reply) => textOf(reply).split('\r\n'))) {
    const read = /^cmdstat_(?<name>[^:]+):calls=(?<calls>\d+)/.exec(line)?.groups;
    const name = read?.['name'];
    if (name !== undefined) total.set(name, (total.get(name) ?? 0) + Number(read?.['calls']));
  }
  return total;
}

/** What was called between two counts, and how often. */
export function callsBetween(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): Map<string, number> {
  const differences = [...after].map(([name, calls]): [string, number] => [name, calls - (before.get(name) ?? 0)]);
  return new Map(differences.filter(([, calls]) => calls > 0));
}
