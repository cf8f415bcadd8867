import type { OperationView } from '@slotdeck/model/operation-view';
import { countSlots, intersectSlots, minusSlots, unionSlots, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { shardOfNode, type Topology } from '@slotdeck/model/topology';
import type { StripMove } from '../../components/SlotStrip.tsx';
import { movesOf } from '../slots/slot-facts.ts';

/** All slots the operation is about. */
export function subjectOf(view: Pick<OperationView, 'steps'>): SlotRanges {
  return movesOf(view).reduce<SlotRanges>((all, { slots }) => unionSlots(all, slots), []);
}

/** Per pair of source and target all slots of its steps, in the order of the plan. */
export function pairSlots(view: Pick<OperationView, 'steps'>, from: string, to: string): SlotRanges {
  return movesOf(view)
    .filter((move) => move.from === from && move.to === to)
    .reduce<SlotRanges>((all, { slots }) => unionSlots(all, slots), []);
}

/** What is not yet at its target, as rails on the strip: the cluster itself says what has arrived. */
export function remainingMoves(view: Pick<OperationView, 'steps'>, topology: Topology): StripMove[] {
  const byTarget = new Map<string, SlotRanges>();
  for (const { to, slots } of movesOf(view)) byTarget.set(to, unionSlots(byTarget.get(to) ?? [], slots));
  return [...byTarget].flatMap(([to, slots]) => {
    const target = topology.nodes.find((node) => node.id === to);
    const left = minusSlots(slots, target?.slots ?? []);
    const shard = shardOfNode(topology, to)?.index;
    return left.length === 0 || shard === undefined ? [] : [{ slots: left, to: shard }];
  });
}

/** Slots of the operation that are open now, as the nodes say it. */
export function openOf(view: Pick<OperationView, 'steps'>, topology: Topology): number[] {
  const subject = subjectOf(view);
  const open = new Set(topology.open.map(({ slot }) => slot));
  return [...open].filter((slot) => countSlots(intersectSlots(subject, [[slot, slot]])) > 0).sort((a, b) => a - b);
}
