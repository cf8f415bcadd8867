import type { Facts } from '@slotdeck/model/finding';
import type { PlanBasis } from '@slotdeck/model/plan';
import { diffSlots, intersectSlots, printSlotRanges, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { findNode, type Topology } from '@slotdeck/model/topology';

/** One fact that a plan rests on and that no longer holds. */
export interface StaleFact {
  readonly code:
    | 'node-gone'
    | 'role-changed'
    | 'address-changed'
    | 'slots-changed'
    | 'epoch-changed'
    | 'slot-open'
    | 'slot-disputed';
  readonly facts: Facts;
}

/**
 * What has changed since the plan was made, in the facts it rests on; empty: the plan holds. `moving` are the slots it moves:
 * others may open, close or be disputed without making it stale.
 */
export function staleFacts(basis: PlanBasis, moving: SlotRanges, topology: Topology): StaleFact[] {
  const changes: StaleFact[] = [];
  for (const then of basis.nodes) {
    const now = findNode(topology, then.id);
    if (now === undefined) {
      changes.push({ code: 'node-gone', facts: { node: then.id, name: then.address } });
      continue;
    }
    const who = { node: then.id, name: now.name };
    const address = `${now.host}:${now.port}`;
    const { added, removed } = diffSlots(then.slots, now.slots);
    if (now.role !== then.role)
      changes.push({ code: 'role-changed', facts: { ...who, from: then.role, to: now.role } });
    if (address !== then.address) {
      changes.push({ code: 'address-changed', facts: { ...who, from: then.address, to: address } });
    }
    if (added.length > 0 || removed.length > 0) {
      changes.push({
        code: 'slots-changed',
        facts: { ...who, added: printSlotRanges(added), removed: printSlotRanges(removed) },
      });
    }
    // A replica prints its primary's epoch; that change is told once, at the primary.
    if (then.role === 'primary' && now.role === 'primary' && now.configEpoch !== then.configEpoch) {
      changes.push({ code: 'epoch-changed', facts: { ...who, from: then.configEpoch, to: now.configEpoch } });
    }
  }
  for (const open of topology.open) {
    if (intersectSlots(moving, [[open.slot, open.slot]]).length === 0) continue;
    changes.push({
      code: 'slot-open',
      facts: { slot: open.slot, node: open.node, direction: open.direction, peer: open.peer },
    });
  }
  for (const dispute of topology.disputes) {
    const slots = intersectSlots(dispute.slots, moving);
    if (slots.length > 0) changes.push({ code: 'slot-disputed', facts: { slots: printSlotRanges(slots) } });
  }
  return changes;
}
