import type { FormatRow } from '../log-format.ts';

export const configFileFormats: readonly FormatRow[] = [
  ['cant-open-order-acquire-lock', "Can't open {file} in order to acquire a lock: {why}"],
  [
    'cluster-config-updated-even-though-writing-cluster-config-file',
    'Cluster config updated even though writing the cluster config file to disk failed.',
  ],
  ['could-not-open-temp-cluster-config-file', 'Could not open temp cluster config file: {file}'],
  ['could-not-rename-tmp-cluster-config-file', 'Could not rename tmp cluster config file: {file}'],
  ['could-not-sync-cluster-config-file-dir', 'Could not sync cluster config file dir: {dir}'],
  ['could-not-sync-tmp-cluster-config-file', 'Could not sync tmp cluster config file: {file}'],
  ['duplicate-nodeid-detected', 'Duplicate nodeid detected: {node}'],
  [
    'failed-after-writing-bytes-tmp-cluster-config-file',
    'Failed after writing ({bytes:int}) bytes to tmp cluster config file: {file}',
  ],
  ['fatal-cant-update-cluster-config-file', "Fatal: can't update cluster config file."],
  ['impossible-lock', 'Impossible to lock {file}: {why}'],
  ['saving-cluster-configuration-file-before-exiting', 'Saving the cluster configuration file before exiting.'],
  ['skipping-unknown-cluster-config-variable', "Skipping unknown cluster config variable '{variable}'"],
  [
    'sorry-cluster-configuration-file-already-used-different-cluster-node',
    'Sorry, the cluster configuration file {file} is already used by a different Cluster node. Please make sure that different nodes use different cluster configuration files.',
  ],
  [
    'sorry-cluster-configuration-file-already-used-different-redis-cluster',
    'Sorry, the cluster configuration file {file} is already used by a different Redis Cluster node. Please make sure that different nodes use different cluster configuration files.',
  ],
  ['unable-obtain-cluster-node-config-file-stat', 'Unable to obtain the cluster node config file stat {file}: {why}'],
  ['unrecoverable-error-corrupted-cluster-config-file', 'Unrecoverable error: corrupted cluster config file "{file}".'],
  ['unrecoverable-error-corrupted-cluster-config-file', 'Unrecoverable error: corrupted cluster config file.'],
];
