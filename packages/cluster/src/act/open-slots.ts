import type { NodeId } from '@slotdeck/model/ids';
import { eachSlot, intersectSlots, minusSlots, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { clusterSetSlotCommand } from '../commands/cluster-set-slot.ts';
import type { ClusterMember } from './act-context.ts';
import type { BatchState } from './reconcile-batch.ts';
import { requireAllOk, type CommandSender } from './command-sender.ts';

export interface SlotEnds {
  readonly source: ClusterMember;
  readonly target: ClusterMember;
}

/** What of the slots is as it should be already; see `BatchState`. */
export type SlotMarks = Pick<BatchState, 'importingAtTarget' | 'migratingAtSource' | 'misattributedByTarget'>;

/**
 * Opens the slots, target first: from the moment the source sends clients on, the target must serve them. Marks that are there
 * already are left alone.
 *
 * Redis does not let gossip change the owner of a slot that is marked as importing. When the source has failed over, the target
 * still gives such slots to the dead node, finds them uncovered and refuses all service: it is told the new owner first.
 */
export async function openSlots(
  slots: SlotRanges,
  marked: SlotMarks,
  { source, target }: SlotEnds,
  sender: CommandSender,
): Promise<void> {
  const misattributed = nodeCommands(intersectSlots(slots, marked.misattributedByTarget), source.id);
  if (misattributed.length > 0)
    requireAllOk(target, misattributed, await sender.send(target, misattributed, SETSLOT_OPTIONS));
  const importing = [...eachSlot(minusSlots(slots, marked.importingAtTarget))].map((slot) =>
    clusterSetSlotCommand({ kind: 'importing', slot, from: source.id }),
  );
  if (importing.length > 0) requireAllOk(target, importing, await sender.send(target, importing, SETSLOT_OPTIONS));
  const migrating = [...eachSlot(minusSlots(slots, marked.migratingAtSource))].map((slot) =>
    clusterSetSlotCommand({ kind: 'migrating', slot, to: target.id }),
  );
  if (migrating.length > 0) requireAllOk(source, migrating, await sender.send(source, migrating, SETSLOT_OPTIONS));
}

export function nodeCommands(slots: SlotRanges, owner: NodeId): ReturnType<typeof clusterSetSlotCommand>[] {
  return [...eachSlot(slots)].map((slot) => clusterSetSlotCommand({ kind: 'node', slot, owner }));
}

/** Valkey sends each SETSLOT to the replicas first and waits up to two seconds for them; commands of one write wait in turn. */
export const SETSLOT_OPTIONS = { timeoutMs: 15_000 };
