import type { NodeId } from '@slotdeck/model/ids';
import { eachSlot, intersectSlots, minusSlots, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { clusterSetSlotCommand } from '../commands/cluster-set-slot.ts';
import type { Command } from '../connection/node-calls.ts';
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
  { source, target, targetReplicatesSetSlot }: SlotEnds & { readonly targetReplicatesSetSlot?: boolean },
  sender: CommandSender,
): Promise<void> {
  const isAbreast = targetReplicatesSetSlot === true;
  await setSlots(
    target,
    nodeCommands(intersectSlots(slots, marked.misattributedByTarget), source.id),
    sender,
    isAbreast,
  );
  const importing = [...eachSlot(minusSlots(slots, marked.importingAtTarget))].map((slot) =>
    clusterSetSlotCommand({ kind: 'importing', slot, from: source.id }),
  );
  await setSlots(target, importing, sender, isAbreast);
  const migrating = [...eachSlot(minusSlots(slots, marked.migratingAtSource))].map((slot) =>
    clusterSetSlotCommand({ kind: 'migrating', slot, to: target.id }),
  );
  await setSlots(source, migrating, sender, isAbreast);
}

/** Connections that one node is given for commands that block; a batch on such a server has at most as many slots. */
export const LANES = 64;

/**
 * Sends SETSLOTs to one node. `isAbreast`: each on a connection of its own, for servers that hold each one back until their
 * replicas have it; one after the other they would take a millisecond or two each.
 */
export async function setSlots(
  node: ClusterMember,
  commands: readonly Command[],
  sender: CommandSender,
  isAbreast = false,
): Promise<void> {
  if (commands.length === 0) return;
  if (!isAbreast) return requireAllOk(node, commands, await sender.send(node, commands, SETSLOT_OPTIONS));
  for (let from = 0; from < commands.length; from += LANES) {
    const some = commands.slice(from, from + LANES);
    requireAllOk(node, some, await sender.sendAbreast(node, some, SETSLOT_OPTIONS));
  }
}

export function nodeCommands(slots: SlotRanges, owner: NodeId): Command[] {
  return [...eachSlot(slots)].map((slot) => clusterSetSlotCommand({ kind: 'node', slot, owner }));
}

/** Valkey sends each SETSLOT to the replicas first and waits up to two seconds for them; commands of one write wait in turn. */
export const SETSLOT_OPTIONS = { timeoutMs: 15_000 };
