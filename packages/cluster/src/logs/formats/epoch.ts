import type { FormatRow } from '../log-format.ts';

export const epochFormats: readonly FormatRow[] = [
  [
    'epoch-collision',
    'WARNING: configEpoch collision with node {node:node} ({nodeName}). configEpoch set to {epoch:int}',
  ],
  ['epoch-collision', 'WARNING: configEpoch collision with node {node:node}. configEpoch set to {epoch:int}'],
  ['epoch-collision', 'configEpoch collision with node {node:node} ({nodeName}). configEpoch set to {epoch:int}'],
  ['epoch-raised', 'New configEpoch set to {epoch:int}'],
  ['epoch-raised-by-import', 'ConfigEpoch updated after importing slot {slot:int}'],
  ['epoch-raised-by-import', 'configEpoch updated after importing slot {slot:int}'],
  ['epoch-reset', 'configEpoch set to 0 via CLUSTER RESET HARD'],
  ['epoch-set', 'configEpoch set to {epoch:int} via CLUSTER SET-CONFIG-EPOCH'],
  [
    'update-received',
    'Processing UPDATE message received from {from:node} ({fromName}) in shard {fromShard:node} about node {about:node} ({aboutName}) in shard {aboutShard:node}. old configEpoch {oldEpoch:int}, new configEpoch {epoch:int}',
  ],
];
