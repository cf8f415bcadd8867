import { countSlots } from '@slotdeck/model/slot-ranges';
import {
  NodeHealth,
  shardOfNode,
  type NodeStats,
  type Shard,
  type Topology,
  type TopologyNode,
} from '@slotdeck/model/topology';
import { isPast, newestAnswer } from '../../stream/load-history.ts';

/** A node as the table shows it. */
export interface NodeRow {
  readonly node: TopologyNode;
  readonly shard: Shard | null;
  readonly slots: number;
  readonly stats: NodeStats | null;
  /** It has fallen silent: its numbers are the last it gave. */
  readonly past: boolean;
}

export type Column = 'node' | 'state' | 'shard' | 'slots' | 'keys' | 'memory' | 'commands' | 'clients' | 'roundTrip';
export interface Sort {
  readonly by: Column;
  readonly down: boolean;
}
export const FIRST_SORT: Sort = { by: 'shard', down: false };

export interface Filter {
  readonly find: string;
  readonly role: TopologyNode['role'] | null;
  readonly health: 'trouble' | 'healthy' | null;
}

export function nodeRows(topology: Topology, stats: readonly NodeStats[]): readonly NodeRow[] {
  const byId = new Map(stats.map((each) => [each.id, each]));
  const newest = newestAnswer(stats);
  return topology.nodes.map((node) => ({
    node,
    shard: shardOfNode(topology, node.id) ?? null,
    slots: countSlots(node.slots),
    ...numbersOf(node, byId.get(node.id) ?? null, newest),
  }));
}

function numbersOf(node: TopologyNode, stats: NodeStats | null, newest: number): Pick<NodeRow, 'stats' | 'past'> {
  if (stats === null) return { stats, past: false };
  if (node.view.state === 'answered' && !isPast(stats, newest)) return { stats, past: false };
  // A rate, connections or a round trip of a silent node would be read as now; what it held may well still be there.
  return { stats: { ...stats, commandsPerSecond: null, clients: null, roundTripMs: null }, past: true };
}

/** Every word that was typed must be found in the name, address, id, zone or version. */
export function matches({ node }: NodeRow, { find, role, health }: Filter): boolean {
  if (role !== null && node.role !== role) return false;
  if (health !== null && (node.health === 'healthy') !== (health === 'healthy')) return false;
  const text = [node.name, `${node.host}:${node.port}`, node.id, node.hostname, node.zone, node.server?.version]
    .join(' ')
    .toLowerCase();
  return find
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

const HEALTH_RANK: readonly string[] = NodeHealth.options;

/** What a row is compared by; null (not known) always stands last. */
function valueOf({ node, shard, slots, stats }: NodeRow, by: Column): number | string | null {
  switch (by) {
    case 'node':
      return node.name;
    case 'state':
      return HEALTH_RANK.indexOf(node.health);
    case 'shard':
      // A primary stands before its replicas.
      return shard === null ? null : shard.index * 2 + (node.role === 'primary' ? 0 : 1);
    case 'slots':
      return slots;
    case 'keys':
      return stats?.keys ?? null;
    case 'memory':
      return stats?.usedMemoryBytes ?? null;
    case 'commands':
      return stats?.commandsPerSecond ?? null;
    case 'clients':
      return stats?.clients ?? null;
    case 'roundTrip':
      return stats?.roundTripMs ?? null;
  }
}

export function sortRows(rows: readonly NodeRow[], { by, down }: Sort): readonly NodeRow[] {
  return rows.toSorted((a, b) => {
    const [left, right] = [valueOf(a, by), valueOf(b, by)];
    if (left === null || right === null) return left === right ? byName(a, b) : left === null ? 1 : -1;
    const order =
      typeof left === 'string' || typeof right === 'string'
        ? String(left).localeCompare(String(right), 'en', { numeric: true })
        : left - right;
    return (down ? -order : order) || byName(a, b);
  });
}

function byName(a: NodeRow, b: NodeRow): number {
  return a.node.name.localeCompare(b.node.name, 'en', { numeric: true });
}

/**
 * Changes exactly when the order may change: another sort, other nodes, or another state of one. A number that ticks does not
 * move a row from under the pointer.
 */
export function orderKey(rows: readonly NodeRow[], { by, down }: Sort): string {
  return [by, down, ...rows.map(({ node }) => `${node.id.slice(0, 8)}${node.health}${node.role}`)].join('|');
}
