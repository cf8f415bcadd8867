import { countSlots, minusSlots, printSlotRanges, unionSlots, type SlotRanges } from '@slotdeck/model/slot-ranges';
import type { Dispute } from '@slotdeck/model/topology';
import { nameOf, NEWS_TRAVELS, type FindTrouble } from './finding-draft.ts';

/** Not all nodes send clients to the same owner. Critical when two nodes each claim the slots for themselves. */
export const findSlotDisputes: FindTrouble = (topology, { ownOpenSlots }) => {
  const troubles = new Map<string, { dispute: Dispute; slots: SlotRanges }>();
  for (const dispute of topology.disputes) {
    const slots = minusSlots(dispute.slots, ownOpenSlots);
    if (slots.length === 0) continue;
    // By who is named, whatever the order: camps grow and shrink while the trouble stays the same.
    const key = dispute.opinions
      .map(({ owner }) => owner ?? '-')
      .sort()
      .join(' ');
    const known = troubles.get(key);
    troubles.set(key, { dispute: known?.dispute ?? dispute, slots: unionSlots(known?.slots ?? [], slots) });
  }
  return [...troubles].map(([subject, { dispute, slots }]) => {
    const claimants = dispute.opinions.filter(({ owner, observers }) => owner !== null && observers.includes(owner));
    const owners = dispute.opinions.map(({ owner }) => owner).filter((owner) => owner !== null);
    return {
      code: 'nodes-disagree-on-slots',
      subject,
      severity: claimants.length > 1 ? 'critical' : 'warning',
      nodes: owners,
      slots,
      facts: {
        count: countSlots(slots),
        slots: printSlotRanges(slots),
        owners: dispute.opinions.map(({ owner }) => nameOf(topology, owner)),
        camps: dispute.opinions.length,
        claimants: claimants.length,
      },
      evidence: dispute.opinions.flatMap(({ owner, observers }) =>
        observers.map((node) => ({ node, says: owner === null ? 'nobody' : nameOf(topology, owner) })),
      ),
      settling: NEWS_TRAVELS,
    };
  });
};
