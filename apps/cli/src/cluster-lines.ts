import { countSlots, printSlotRanges } from '@slotdeck/model/slot-ranges';
import type { NodeStats, Topology, TopologyNode } from '@slotdeck/model/topology';
import type { Seen } from './open-cluster.ts';

/** The words that the flavour's own tool uses, so that scripts find what they look for. */
interface Words {
  readonly replicas: 'slaves' | 'replicas';
  readonly primaries: 'masters' | 'primaries';
}

export function wordsOf({ nodes }: Topology): Words {
  const isValkey = nodes.some((node) => node.server?.flavour === 'valkey');
  return isValkey ? { replicas: 'replicas', primaries: 'primaries' } : { replicas: 'slaves', primaries: 'masters' };
}

/** Keys over all primaries; null as soon as one of them did not say. */
export function totalKeys({ topology, stats }: Pick<Seen, 'topology' | 'stats'>): number | null {
  return primariesOf(topology)
    .map((node) => keysOf(node, stats))
    .reduce<number | null>((sum, keys) => (sum === null || keys === null ? null : sum + keys), 0);
}

export function primariesOf({ nodes }: Topology): TopologyNode[] {
  return nodes.filter((node) => node.role === 'primary');
}

export function keysOf(node: TopologyNode, stats: readonly NodeStats[]): number | null {
  return stats.find((each) => each.id === node.id)?.keys ?? null;
}

/** One line per primary and the sum, as `--cluster info` prints them. A number that nobody told is a question mark, never a zero. */
export function infoLines(seen: Seen): string[] {
  const { topology, stats } = seen;
  const words = wordsOf(topology);
  const primaries = primariesOf(topology);
  const lines = primaries.map((node) => {
    const replicas = topology.nodes.filter((each) => each.primaryId === node.id).length;
    const keys = keysOf(node, stats) ?? '?';
    return `${node.name} (${node.id.slice(0, 8)}...) -> ${keys} keys | ${countSlots(node.slots)} slots | ${replicas} ${words.replicas}.`;
  });
  const total = totalKeys(seen);
  if (total === null)
    return [...lines, `[WARNING] Not every one of ${primaries.length} ${words.primaries} told its keys.`];
  const average = (total / 16_384).toFixed(2);
  return [
    ...lines,
    `[OK] ${total} keys in ${primaries.length} ${words.primaries}.`,
    `${average} keys per slot on average.`,
  ];
}

/** The nodes with their roles and slots, as `--cluster check` prints them. */
export function nodeLines({ nodes }: Topology): string[] {
  return nodes.flatMap((node) => {
    const ranges = node.slots.length === 0 ? '' : node.slots.map((range) => `[${printSlotRanges([range])}]`).join(',');
    const role = node.role === 'replica' ? 'slave' : node.role === 'primary' ? 'master' : 'unknown';
    const letter = node.role === 'replica' ? 'S' : node.role === 'primary' ? 'M' : '?';
    const lines = [
      `${letter}: ${node.id} ${node.name}`,
      `   slots:${ranges === '' ? ' ' : `${ranges} `}(${countSlots(node.slots)} slots) ${role}`,
    ];
    const followers = nodes.filter((each) => each.primaryId === node.id).length;
    if (node.role === 'replica') lines.push(`   replicates ${node.primaryId ?? '?'}`);
    else if (followers > 0) lines.push(`   ${followers} additional replica(s)`);
    return lines;
  });
}
