import { hasSlot, printSlotRanges, slotsOf, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { findNode, type OpenSlot, type Topology } from '@slotdeck/model/topology';
import { diffTopology, type TopologyChange } from '@slotdeck/model/topology-diff';
import type { NewClusterEvent } from '../store/cluster-events.ts';

/**
 * The rows of the timeline for what changed from one topology to the next. Slots that one node opened or closed at once make
 * one row; those that a running operation of ours has open on purpose make none, since its own journal tells them.
 */
export function changeEvents(
  before: Topology,
  after: Topology,
  at: number,
  ownOpenSlots: SlotRanges,
): NewClusterEvent[] {
  const rows: NewClusterEvent[] = [];
  const opened: OpenSlot[] = [];
  const closed: OpenSlot[] = [];
  for (const change of diffTopology(before, after)) {
    if (change.kind === 'slot-opened') opened.push(change.open);
    else if (change.kind === 'slot-closed') closed.push(change.open);
    else if (!isEcho(change, after)) rows.push(rowOf(change, before, after, at));
  }
  return [
    ...rows,
    ...openRows('slots-opened', opened, after, at, ownOpenSlots),
    ...openRows('slots-closed', closed, after, at, ownOpenSlots),
  ];
}

/** A replica prints its primary's epoch: that change is told once, at the primary. */
function isEcho(change: TopologyChange, after: Topology): boolean {
  return change.kind === 'epoch-changed' && findNode(after, change.node)?.role === 'replica';
}

type Single = Exclude<TopologyChange, { kind: 'slot-opened' | 'slot-closed' }>;

function rowOf(change: Single, before: Topology, after: Topology, at: number): NewClusterEvent {
  const { kind, ...facts } = change;
  const nameOf = (id: string | null): string | null =>
    id === null ? null : ((findNode(after, id) ?? findNode(before, id))?.name ?? id);
  switch (change.kind) {
    case 'slots-moved':
      return {
        at,
        code: kind,
        node: change.to ?? change.from,
        facts: {
          slots: printSlotRanges(change.slots),
          from: change.from,
          to: change.to,
          fromName: nameOf(change.from),
          toName: nameOf(change.to),
        },
      };
    case 'dispute-began':
    case 'dispute-ended':
      return { at, code: kind, node: null, facts: { slots: printSlotRanges(change.slots) } };
    case 'state-changed':
      return { at, code: kind, node: null, facts };
    case 'primary-changed':
      return {
        at,
        code: kind,
        node: change.node,
        facts: { ...facts, fromName: nameOf(change.from), toName: nameOf(change.to) },
      };
    default:
      return { at, code: kind, node: change.node, facts };
  }
}

function openRows(
  code: 'slots-opened' | 'slots-closed',
  open: readonly OpenSlot[],
  topology: Topology,
  at: number,
  own: SlotRanges,
): NewClusterEvent[] {
  const groups = new Map<string, OpenSlot[]>();
  for (const each of open) {
    if (hasSlot(own, each.slot)) continue;
    const key = `${each.node} ${each.direction} ${each.peer}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].flatMap((group): NewClusterEvent[] => {
    const first = group[0];
    if (first === undefined) return [];
    const { node, direction, peer } = first;
    const slots = printSlotRanges(slotsOf(group.map((each) => each.slot)));
    const name = findNode(topology, node)?.name ?? node;
    return [
      { at, code, node, facts: { name, slots, direction, peer, peerName: findNode(topology, peer)?.name ?? peer } },
    ];
  });
}
