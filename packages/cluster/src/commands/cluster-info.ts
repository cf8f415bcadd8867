import type { Command } from '../connection/node-calls.ts';
import { broken, fieldNumber, read, readFields, readText, type Read } from './reply-reading.ts';

export const clusterInfoCommand: Command = ['CLUSTER', 'INFO'];

/** What a node says of the cluster's state. Null: it did not say. */
export interface ClusterInfo {
  readonly state: 'ok' | 'fail' | null;
  readonly currentEpoch: number | null;
  /** The node's own config epoch; a replica prints its primary's. */
  readonly myEpoch: number | null;
  readonly knownNodes: number | null;
  /** Primaries that own slots: those who vote. */
  readonly size: number | null;
}

export function readClusterInfo(reply: unknown): Read<ClusterInfo> {
  const text = readText(reply);
  if (text === null) return broken(reply);
  const fields = readFields(text);
  if (fields.size === 0) return broken(text);
  const state = fields.get('cluster_state');
  return read({
    state: state === 'ok' || state === 'fail' ? state : null,
    currentEpoch: fieldNumber(fields, 'cluster_current_epoch'),
    myEpoch: fieldNumber(fields, 'cluster_my_epoch'),
    knownNodes: fieldNumber(fields, 'cluster_known_nodes'),
    size: fieldNumber(fields, 'cluster_size'),
  });
}
