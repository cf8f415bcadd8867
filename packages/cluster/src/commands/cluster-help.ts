import type { Command } from '../connection/node-calls.ts';
import { broken, read, readText, type Read } from './reply-reading.ts';

export const clusterHelpCommand: Command = ['CLUSTER', 'HELP'];

/** Names of the sub-commands that this server has, upper case. What it lists it can do, whatever version it calls itself. */
export function readClusterHelp(reply: unknown): Read<ReadonlySet<string>> {
  if (!Array.isArray(reply)) return broken(reply);
  const names = new Set<string>();
  for (const part of reply) {
    const line = readText(part);
    if (line === null) return broken(part);
    // Explanations are indented; a sub-command begins its line.
    const name = /^([A-Z][A-Z-]+)\b/.exec(line)?.[1];
    if (name !== undefined && name !== 'CLUSTER') names.add(name);
  }
  return read(names);
}
