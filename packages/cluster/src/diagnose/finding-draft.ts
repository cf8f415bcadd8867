import type { Facts, FindingCode, Severity } from '@slotdeck/model/finding';
import type { NodeId } from '@slotdeck/model/ids';
import type { SlotRanges } from '@slotdeck/model/slot-ranges';
import type { Topology, TopologyNode } from '@slotdeck/model/topology';
import type { Stranger } from '../observe/membership.ts';

/** How long, and over how many looks, a trouble must stand before it is one. */
export interface Settling {
  readonly ms: number;
  readonly rounds: number;
}

/** For what every failover, hand-over or join shows for a moment while the news travels. */
export const NEWS_TRAVELS: Settling = { ms: 2_000, rounds: 3 };

/** For a single lost connection or reply. */
export const ONE_MISS: Settling = { ms: 300, rounds: 2 };

export interface FindingDraft {
  readonly code: FindingCode;
  /** With the code the identity of the trouble: the same while it lasts. */
  readonly subject: string;
  readonly severity: Severity;
  readonly nodes: readonly NodeId[];
  readonly slots?: SlotRanges;
  readonly facts: Facts;
  readonly evidence: readonly { readonly node: NodeId | null; readonly says: string }[];
  /** Absent: it counts at once. */
  readonly settling?: Settling;
}

/** What is known beyond the topology. */
export interface DiagnoseContext {
  /** Slots that a running operation of ours has open on purpose. */
  readonly ownOpenSlots: SlotRanges;
  readonly strangers: readonly Stranger[];
}

export type FindTrouble = (topology: Topology, context: DiagnoseContext) => FindingDraft[];

export function nameOf(topology: Topology, id: string | null): string {
  if (id === null) return '—';
  return topology.nodes.find((node) => node.id === id)?.name ?? id.slice(0, 8);
}

/** It does not answer, or a majority says so: what it would say of itself is not known. */
export function isGone(node: TopologyNode): boolean {
  return node.view.state !== 'answered' || node.health === 'failed';
}
