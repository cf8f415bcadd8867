import type { FormatRow } from '../log-format.ts';

export const otherFormats: readonly FormatRow[] = [
  ['error-converting-peer-ip-string', 'Error converting peer IP to string: {string}'],
  ['cached-response-differs', '\ngenerated_response:\n{generated_response}\n\ncached_response:\n{cached_response}'],
  ['gossip', 'GOSSIP {node:node} {host}:{port:int} {flags}'],
  ['gossip', 'GOSSIP {node:node} {host}:{port:int}@{busPort:int} {flags}'],
  ['loading-cluster-node-config', 'Loading the cluster node config from {from}: {text}'],
];
