import type { Command } from '../connection/node-calls.ts';
import { broken, read, readText, type Read } from './reply-reading.ts';

/** Ask with `binary: true`. The cursor is a text: it may be larger than a number can hold. */
export function scanCommand(cursor: string, count: number): Command {
  return ['SCAN', cursor, 'COUNT', count];
}

export interface ScanPage {
  /** `0`: this was the last page. */
  readonly cursor: string;
  readonly keys: readonly Buffer[];
}

export function readScan(reply: unknown): Read<ScanPage> {
  if (!Array.isArray(reply) || reply.length !== 2) return broken(reply);
  const parts: readonly unknown[] = reply;
  const [next, listed] = parts;
  const cursor = readText(next);
  if (cursor === null || !/^\d+$/.test(cursor) || !Array.isArray(listed)) return broken(reply);
  const keys: readonly unknown[] = listed;
  return keys.every((key) => Buffer.isBuffer(key)) ? read({ cursor, keys }) : broken(reply);
}
