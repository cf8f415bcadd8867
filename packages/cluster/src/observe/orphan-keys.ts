import { eachSlot } from '@slotdeck/model/slot-ranges';
import type { TopologyNode } from '@slotdeck/model/topology';
import { clusterCountKeysInSlotCommand, readKeyCount } from '../commands/cluster-count-keys-in-slot.ts';
import { readInteger } from '../commands/reply-reading.ts';
import { NodeCallError, type CallOutcome, type NodeCalls } from '../connection/node-calls.ts';

/**
 * How many keys of database 0 a primary holds in slots that it does not own; null: it does not say. DBSIZE counts them also where the
 * server hides them (Redis from 8.4 on answers 0 to COUNTKEYSINSLOT of such a slot), so what is left over after the slots of its own
 * is them. All in one transaction: no write comes between.
 */
export async function countOrphanKeys(calls: NodeCalls, { host, port, slots }: TopologyNode): Promise<number | null> {
  const commands = [['DBSIZE'], ...[...eachSlot(slots)].map((slot) => clusterCountKeysInSlotCommand(slot))];
  let outcomes: readonly CallOutcome[];
  try {
    outcomes = await calls.transaction({ host, port }, commands);
  } catch (error) {
    if (!(error instanceof NodeCallError)) throw error;
    return null;
  }
  const [size, ...counts] = outcomes;
  const all = size?.ok === true ? readInteger(size.reply) : null;
  if (all === null) return null;
  let owned = 0;
  for (const outcome of counts) {
    const count = outcome.ok ? readKeyCount(outcome.reply) : null;
    if (count?.ok !== true) return null;
    owned += count.value;
  }
  return Math.max(0, all - owned);
}
