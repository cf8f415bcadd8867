import type { Command } from '../connection/node-calls.ts';
import { broken, read, readPairs, readText, type Read } from './reply-reading.ts';

/** One name or one pattern per call: several at once exist only since Redis 7.0. */
export function configGetCommand(pattern: string): Command {
  return ['CONFIG', 'GET', pattern];
}

export function readConfig(reply: unknown): Read<ReadonlyMap<string, string>> {
  const pairs = readPairs(reply);
  if (pairs === null) return broken(reply);
  const config = new Map<string, string>();
  for (const [name, value] of pairs) {
    const text = readText(value);
    if (text === null) return broken(value);
    config.set(name, text);
  }
  return read(config);
}
