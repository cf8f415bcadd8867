import { SLOT_COUNT, type SlotRange } from '@slotdeck/model/slot-ranges';
import { readClusterTable } from './cluster-table.ts';
import type { RealNode } from './real-node.ts';
import { textOf } from './resp.ts';
import { waitUntil } from './wait-until.ts';

/**
 * Makes one cluster of running empty nodes: the first `primaries` share the slots evenly, the others follow them in turn. Returns when every
 * node knows every other and has taken its role; the caller waits for agreement.
 */
export async function formCluster(nodes: readonly RealNode[], primaries: number): Promise<void> {
  await Promise.all(
    nodes.map(async (node, index) => {
      // Distinct from the start: otherwise the nodes resolve collisions one by one while the test already runs.
      await node.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
      if (index < primaries) await node.call('CLUSTER', 'ADDSLOTSRANGE', ...shareOf(index, primaries));
    }),
  );
  await introduce(nodes);
  await Promise.all(
    nodes.map(async (node) => {
      await waitUntil(`port ${node.port} to know ${nodes.length} nodes`, async () => {
        const rows = readClusterTable(textOf(await node.call('CLUSTER', 'NODES')));
        const known = rows.filter((row) => row.health === 'ok' && row.isLinked);
        return nodes.every((other) => known.some((row) => row.id === other.id));
      });
    }),
  );
  await Promise.all(
    nodes.slice(primaries).map(async (replica, index) => {
      const primary = nodes[index % primaries];
      if (primary !== undefined) await replica.call('CLUSTER', 'REPLICATE', primary.id);
    }),
  );
}

/** Everyone meets everyone while that is few messages; gossip would take a second or more. Many nodes meet the first and gossip does the rest. */
async function introduce(nodes: readonly RealNode[]): Promise<void> {
  const hosts = nodes.length <= 16 ? nodes : nodes.slice(0, 1);
  await Promise.all(
    hosts.flatMap((host, index) =>
      nodes.slice(index + 1).map((guest) => host.call('CLUSTER', 'MEET', guest.host, guest.port, guest.busPort)),
    ),
  );
}

function shareOf(index: number, primaries: number): SlotRange {
  const edge = (part: number): number => Math.floor((part * SLOT_COUNT) / primaries);
  return [edge(index), edge(index + 1) - 1];
}
