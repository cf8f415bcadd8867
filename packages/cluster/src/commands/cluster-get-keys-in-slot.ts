import type { Command } from '../connection/node-calls.ts';
import { broken, read, type Read } from './reply-reading.ts';

/** Ask with `binary: true`: a key may be any bytes. */
export function clusterGetKeysInSlotCommand(slot: number, count: number): Command {
  return ['CLUSTER', 'GETKEYSINSLOT', slot, count];
}

export function readKeysInSlot(reply: unknown): Read<Buffer[]> {
  if (!Array.isArray(reply)) return broken(reply);
  const keys: Buffer[] = [];
  for (const key of reply) {
    if (Buffer.isBuffer(key)) keys.push(key);
    else if (typeof key === 'string') keys.push(Buffer.from(key, 'utf8'));
    else return broken(key);
  }
  return read(keys);
}
