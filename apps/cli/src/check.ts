import type { Finding } from '@slotdeck/model/finding';
import type { SlotEvidence } from '@slotdeck/cluster/observe/slot-evidence';
import { countSlots, hasSlot, printSlotRanges, slotsOf, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { findNode, type Topology } from '@slotdeck/model/topology';
import { infoLines, nodeLines } from './cluster-lines.ts';
import { sayFinding } from './finding-sentences.ts';
import type { Seen } from './open-cluster.ts';

/** What a check says of a cluster. */
export interface CheckReport {
  /** False: the exit status is 1. */
  readonly isHealthy: boolean;
  readonly lines: readonly string[];
}

/** Said by a line of its own already. */
const toldByLines = new Set<Finding['code']>([
  'slots-unassigned',
  'slot-open-both-sides',
  'slot-migrating-only',
  'slot-importing-only',
  'nodes-disagree-on-slots',
]);

/**
 * The lines of `redis-cli --cluster check`, from the views of all nodes, replicas too; after them what that tool does not look for.
 * Unhealthy is whatever it calls an error, and every finding that we call critical.
 */
export function reportCheck(seen: Seen, askedAt: string, evidence: SlotEvidence | null = null): CheckReport {
  const { topology, findings } = seen;
  const agree = topology.disputes.length === 0;
  const uncovered = countSlots(topology.unassigned);
  const strays = evidence === null ? [] : straysIn(evidence, topology);
  const more = findings.filter(({ code }) => !toldByLines.has(code));
  return {
    isHealthy:
      agree &&
      uncovered === 0 &&
      topology.open.length === 0 &&
      strays.length === 0 &&
      findings.every(({ severity }) => severity !== 'critical'),
    lines: [
      ...infoLines(seen),
      `>>> Performing Cluster Check (using node ${askedAt})`,
      ...nodeLines(topology),
      agree
        ? '[OK] All nodes agree about slots configuration.'
        : `[ERR] Nodes don't agree about configuration! Slots ${disputed(topology)}.`,
      '>>> Check for open slots...',
      ...openLines(topology),
      '>>> Check slots coverage...',
      uncovered === 0
        ? '[OK] All 16384 slots covered.'
        : `[ERR] Not all 16384 slots are covered by nodes. Nobody has ${printSlotRanges(topology.unassigned)}.`,
      ...(evidence === null
        ? []
        : ['>>> Check for keys of slots that are another’s...', ...strayLines(strays, evidence, topology)]),
      '>>> Check what else may be wrong...',
      ...(more.length === 0 ? ['[OK] Nothing else was found.'] : more.map((finding) => findingLine(finding, topology))),
    ],
  };
}

interface Stray {
  readonly name: string;
  readonly slots: SlotRanges;
  readonly keys: number;
}

/** Keys that a node holds of slots that the merged map gives to another, or to nobody. */
function straysIn({ keys }: SlotEvidence, { nodes }: Topology): Stray[] {
  return nodes.flatMap(({ id, name, slots: own }) => {
    const held = [...(keys.get(id) ?? [])].filter(([slot]) => !hasSlot(own, slot));
    if (held.length === 0) return [];
    const sum = held.reduce((total, [, count]) => total + count, 0);
    return [{ name, slots: slotsOf(held.map(([slot]) => slot)), keys: sum }];
  });
}

function strayLines(strays: readonly Stray[], { unknown }: SlotEvidence, topology: Topology): string[] {
  const lines = strays.map(
    ({ name, slots, keys }) =>
      `[ERR] Node ${name} holds ${keys} key(s) of slots that are not its own: ${printSlotRanges(slots)}.`,
  );
  const hiding = [...unknown.keys()].map(
    (id) =>
      `[WARNING] Node ${findNode(topology, id)?.name ?? id} may hold keys of slots that are not its own; it does not show them. "fix --simulate" looks closer.`,
  );
  return lines.length + hiding.length === 0 ? ['[OK] Every key is with the owner of its slot.'] : [...lines, ...hiding];
}

function disputed({ disputes }: Topology): string {
  return disputes.map(({ slots }) => printSlotRanges(slots)).join(',');
}

function openLines(topology: Topology): string[] {
  const lines: string[] = [];
  for (const direction of ['migrating', 'importing'] as const) {
    const byNode = new Map<string, number[]>();
    for (const open of topology.open) {
      if (open.direction !== direction) continue;
      byNode.set(open.node, [...(byNode.get(open.node) ?? []), open.slot]);
    }
    for (const [node, slots] of byNode) {
      const name = findNode(topology, node)?.name ?? node;
      lines.push(`[WARNING] Node ${name} has slots in ${direction} state ${slots.join(',')}.`);
    }
  }
  const all = [...new Set(topology.open.map(({ slot }) => slot))].toSorted((a, b) => a - b);
  if (all.length > 0) lines.push(`[WARNING] The following slots are open: ${all.join(',')}.`);
  return lines;
}

function findingLine(finding: Finding, topology: Topology): string {
  const label = finding.severity === 'critical' ? '[ERR]' : finding.severity === 'warning' ? '[WARNING]' : '[NOTE]';
  return `${label} ${sayFinding(finding, (id) => findNode(topology, id)?.name ?? id)}`;
}
