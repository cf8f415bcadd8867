import type { NodeId } from '@slotdeck/model/ids';
import { eachSlot, hasSlot, minusSlots, slotsOf, unionSlots, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { findNode, type Dispute, type Topology, type TopologyNode } from '@slotdeck/model/topology';
import type { SlotEvidence } from '../observe/slot-evidence.ts';
import type { SlotCase } from './judge-slot.ts';

/** Primaries that answer: who can own slots, and whose word counts. */
export function ablePrimaries({ nodes }: Topology): TopologyNode[] {
  return nodes.filter(({ role, view }) => role === 'primary' && view.state === 'answered');
}

/** Primaries with slots that give no answer. */
export function silentOwners({ nodes }: Topology): TopologyNode[] {
  return nodes.filter(({ role, view, slots }) => role !== 'replica' && slots.length > 0 && view.state !== 'answered');
}

/** Slots of which something is wrong, or of which somebody holds keys who does not own them. */
export function brokenSlots(topology: Topology, evidence: Pick<SlotEvidence, 'keys'>): SlotRanges {
  const open = slotsOf(topology.open.map(({ slot }) => slot));
  const disputed = topology.disputes.filter((dispute) => !isIgnorance(dispute, topology)).map(({ slots }) => slots);
  const strayed = topology.nodes.map(({ id, slots }) =>
    minusSlots(slotsOf(evidence.keys.get(id)?.keys() ?? []), slots),
  );
  return [open, ...disputed, topology.unassigned, ...strayed].reduce<SlotRanges>(
    (sum, each) => unionSlots(sum, each),
    [],
  );
}

/** Whoever does not know the owner at all cannot give it its slots; what is wrong there is the membership. */
function isIgnorance({ opinions }: Dispute, topology: Topology): boolean {
  const claims = opinions.filter(({ owner, observers }) => owner !== null && observers.includes(owner));
  const [claim] = claims;
  if (claim?.owner === undefined || claim.owner === null || claims.length > 1) return false;
  const strangers = new Set(findNode(topology, claim.owner)?.unknownTo ?? []);
  return opinions.every((opinion) => opinion === claim || opinion.observers.every((node) => strangers.has(node)));
}

/** What is known of each of these slots. `chosen`: what a person decided. */
export function slotCases(
  topology: Topology,
  slots: SlotRanges,
  evidence: SlotEvidence,
  chosen: ReadonlyMap<number, NodeId>,
): Map<number, SlotCase> {
  const primaries = ablePrimaries(topology);
  const able = new Set(primaries.map(({ id }) => id));
  const epochs = new Map(primaries.map(({ id, configEpoch }) => [id, configEpoch ?? 0]));
  const marks = new Map<number, Topology['open']>();
  for (const open of topology.open) marks.set(open.slot, [...(marks.get(open.slot) ?? []), open]);
  const cases = new Map<number, SlotCase>();
  for (const slot of eachSlot(slots)) {
    const open = marks.get(slot) ?? [];
    const { claimers, named } = opinionsOn(slot, topology, able);
    cases.set(slot, {
      claimers: claimers.toSorted((a, b) => (epochs.get(b) ?? 0) - (epochs.get(a) ?? 0) || (a < b ? -1 : 1)),
      migrating: open.flatMap(({ direction, node, peer }) => (direction === 'migrating' ? [{ node, to: peer }] : [])),
      importing: open.flatMap(({ direction, node, peer }) => (direction === 'importing' ? [{ node, from: peer }] : [])),
      holders: new Map(
        primaries.flatMap(({ id }): [NodeId, number][] => {
          const keys = evidence.keys.get(id)?.get(slot) ?? 0;
          return keys > 0 ? [[id, keys]] : [];
        }),
      ),
      uncounted: primaries.flatMap(({ id }) => (hasSlot(evidence.unknown.get(id) ?? [], slot) ? [id] : [])),
      named,
      able,
      chosen: chosen.get(slot) ?? null,
    });
  }
  return cases;
}

/** A node that claims a slot names itself; where all agree there is no dispute, and the merged map is everybody's. */
function opinionsOn(
  slot: number,
  topology: Topology,
  able: ReadonlySet<NodeId>,
): { claimers: NodeId[]; named: Map<NodeId, number> } {
  const claimers: NodeId[] = [];
  const named = new Map<NodeId, number>();
  const dispute = topology.disputes.find(({ slots }) => hasSlot(slots, slot));
  if (dispute === undefined) {
    const owner = topology.nodes.find(({ slots }) => hasSlot(slots, slot));
    if (owner === undefined) return { claimers, named };
    if (able.has(owner.id)) claimers.push(owner.id);
    else named.set(owner.id, topology.answered);
    return { claimers, named };
  }
  for (const { owner, observers } of dispute.opinions) {
    if (owner === null) continue;
    if (observers.includes(owner) && able.has(owner)) claimers.push(owner);
    else named.set(owner, observers.length);
  }
  return { claimers, named };
}
