import type { Command } from '../connection/node-calls.ts';
import { broken, read, readInteger, type Read } from './reply-reading.ts';

/** With `samples` 0 every element is weighed, which for a big key takes as long as the key is big. */
export function memoryUsageCommand(key: Buffer, samples = 5): Command {
  return ['MEMORY', 'USAGE', key, 'SAMPLES', samples];
}

/** Bytes; null when there is no such key. */
export function readMemoryUsage(reply: unknown): Read<number | null> {
  if (reply === null) return read(null);
  const bytes = readInteger(reply);
  return bytes === null ? broken(reply) : read(bytes);
}
