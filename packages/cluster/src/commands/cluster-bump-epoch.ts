import type { Command } from '../connection/node-calls.ts';
import { broken, read, readText, type Read } from './reply-reading.ts';

/** Accepted by replicas too, where it burns an epoch for nothing: send it to primaries only. */
export const clusterBumpEpochCommand: Command = ['CLUSTER', 'BUMPEPOCH'];

/** `still`: the node already had the greatest epoch that it knows, and nothing changed. */
export interface EpochBump {
  readonly changed: boolean;
  readonly epoch: number;
}

export function readEpochBump(reply: unknown): Read<EpochBump> {
  const match = /^(BUMPED|STILL) (\d+)$/i.exec(readText(reply) ?? '');
  if (match === null) return broken(reply);
  return read({ changed: match[1]?.toUpperCase() === 'BUMPED', epoch: Number(match[2]) });
}
