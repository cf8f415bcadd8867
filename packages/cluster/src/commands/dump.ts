import type { Command } from '../connection/node-calls.ts';
import { broken, read, type Read } from './reply-reading.ts';

/** Ask with `binary: true`. Two nodes of one version dump equal values of most types to equal bytes, but need not: sets may differ in order. */
export function dumpCommand(key: Buffer): Command {
  return ['DUMP', key];
}

/** Null when there is no such key. */
export function readDump(reply: unknown): Read<Buffer | null> {
  return reply === null || Buffer.isBuffer(reply) ? read(reply) : broken(reply);
}
