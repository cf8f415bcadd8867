import { SLOT_COUNT, type SlotRange } from '@slotdeck/model/slot-ranges';
import type { Command } from '../connection/node-calls.ts';
import { broken, read, readInteger, readPairs, type Read } from './reply-reading.ts';

/** Valkey 8.0 and Redis 8.2 on. Answers only for slots of the asked node's shard. */
export function clusterSlotStatsCommand([from, to]: SlotRange): Command {
  return ['CLUSTER', 'SLOT-STATS', 'SLOTSRANGE', from, to];
}

/** Bytes are null where the server does not count memory per slot (Redis 8.6 on, and only when switched on). */
export interface SlotStat {
  readonly slot: number;
  readonly keys: number;
  readonly bytes: number | null;
}

export function readSlotStats(reply: unknown): Read<SlotStat[]> {
  if (!Array.isArray(reply)) return broken(reply);
  const stats: SlotStat[] = [];
  for (const entry of reply) {
    if (!Array.isArray(entry)) return broken(entry);
    const slot = readInteger(entry[0]);
    const fields = readPairs(entry[1]);
    const keys = readInteger(fields?.get('key-count'));
    if (slot === null || slot < 0 || slot >= SLOT_COUNT || keys === null) return broken(entry);
    stats.push({ slot, keys, bytes: readInteger(fields?.get('memory-bytes')) });
  }
  return read(stats);
}
