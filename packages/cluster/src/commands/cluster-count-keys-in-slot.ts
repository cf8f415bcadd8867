import type { Command } from '../connection/node-calls.ts';
import { broken, read, readInteger, type Read } from './reply-reading.ts';

/** Counts in constant time. Since Redis 8.4 a node that does not own the slot answers 0 whatever it holds. */
export function clusterCountKeysInSlotCommand(slot: number): Command {
  return ['CLUSTER', 'COUNTKEYSINSLOT', slot];
}

export function readKeyCount(reply: unknown): Read<number> {
  const count = readInteger(reply);
  return count === null || count < 0 ? broken(reply) : read(count);
}
