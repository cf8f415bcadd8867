import type { NodeId } from '@slotdeck/model/ids';
import { countSlots, hasSlot, printSlotRanges, slotsOf } from '@slotdeck/model/slot-ranges';
import { findNode, type OpenSlot, type Topology } from '@slotdeck/model/topology';
import { nameOf, NEWS_TRAVELS, type DiagnoseContext, type FindingDraft } from './finding-draft.ts';

/** How a slot is open between two nodes. The words of the codes of the three findings. */
export type OpenKind = 'slot-open-both-sides' | 'slot-migrating-only' | 'slot-importing-only';

interface OpenBetween {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly kind: OpenKind;
  readonly says: readonly OpenSlot[];
  readonly slots: readonly number[];
}

/** Open slots by source, target and kind; those a running operation of ours has open are no trouble. */
export function draftOpenSlots(
  topology: Topology,
  { ownOpenSlots }: DiagnoseContext,
  wanted: OpenKind,
): FindingDraft[] {
  return pairUp(topology.open.filter(({ slot }) => !hasSlot(ownOpenSlots, slot)))
    .filter(({ kind }) => kind === wanted)
    .map(({ from, to, kind, says, slots }) => {
      const ranges = slotsOf(slots);
      const otherSide = findNode(topology, kind === 'slot-migrating-only' ? to : from);
      const ownSide = findNode(topology, kind === 'slot-importing-only' ? to : from);
      return {
        code: kind,
        subject: `${from}>${to}`,
        severity: ownSide?.role === 'replica' ? 'notice' : 'warning',
        nodes: [from, to],
        slots: ranges,
        facts: {
          from: nameOf(topology, from),
          to: nameOf(topology, to),
          count: countSlots(ranges),
          slots: printSlotRanges(ranges),
          otherSideAnswers: otherSide?.view.state === 'answered',
          /** A leftover on a replica that its primary does not have. */
          onReplica: ownSide?.role === 'replica',
        },
        evidence: says.slice(0, MOST_EVIDENCE).map((open) => ({ node: open.node, says: printOpen(open) })),
        // One side opens before the other.
        ...(kind === 'slot-open-both-sides' ? {} : { settling: NEWS_TRAVELS }),
      };
    });
}

/** A cut-off reshard may leave thousands; the slots stand in the finding anyway. */
const MOST_EVIDENCE = 20;

function pairUp(open: readonly OpenSlot[]): OpenBetween[] {
  const sides = new Map<string, { slot: number; from: NodeId; to: NodeId; says: OpenSlot[] }>();
  for (const each of open) {
    const [from, to] = each.direction === 'migrating' ? [each.node, each.peer] : [each.peer, each.node];
    const key = `${each.slot} ${from} ${to}`;
    const known = sides.get(key);
    if (known === undefined) sides.set(key, { slot: each.slot, from, to, says: [each] });
    else known.says.push(each);
  }
  const groups = new Map<string, { from: NodeId; to: NodeId; kind: OpenKind; says: OpenSlot[]; slots: number[] }>();
  for (const { slot, from, to, says } of sides.values()) {
    const kind = kindOf(says);
    const key = `${kind} ${from} ${to}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { from, to, kind, says: [...says], slots: [slot] });
    else {
      known.says.push(...says);
      known.slots.push(slot);
    }
  }
  return [...groups.values()];
}

function kindOf(says: readonly OpenSlot[]): OpenKind {
  const directions = new Set(says.map(({ direction }) => direction));
  if (directions.size === 2) return 'slot-open-both-sides';
  return directions.has('migrating') ? 'slot-migrating-only' : 'slot-importing-only';
}

function printOpen({ slot, direction, peer }: OpenSlot): string {
  return `[${slot}-${direction === 'migrating' ? '>' : '<'}-${peer}]`;
}
