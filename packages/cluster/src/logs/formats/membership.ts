import type { FormatRow } from '../log-format.ts';

export const membershipFormats: readonly FormatRow[] = [
  ['address-updated', 'Address updated for node {node:node} ({nodeName}), now {host}:{port:int}'],
  ['address-updated', 'Address updated for node {node:node}, now {host}:{port:int}'],
  ['forget-requested', "Cluster forget {node} (user request from '{by}')."],
  [
    'gossip-count-too-large',
    'Received invalid {type} packet with gossip count {count:int} that exceeds total packet length ({length:int})',
  ],
  [
    'gossip-invalid-id',
    'Received gossip about a node with invalid ID {id}. For debugging purposes, the 48 bytes including the invalid ID and 8 trailing bytes are: {bytes}',
  ],
  ['gossip-invalid-nodes', 'Node {node:node} ({nodeName}) gossiped {count:int} nodes with invalid IDs.'],
  ['gossip-invalid-nodes', 'Unknown node gossiped {count:int} nodes with invalid IDs.'],
  ['handshake-completed', 'Handshake with node {node:node} ({nodeName}) completed.'],
  ['handshake-completed', 'Handshake with node {node:node} completed.'],
  ['handshake-completed', 'Successfully completed handshake with {node:node} ({nodeName})'],
  ['handshake-known-node', 'Handshake: we already know node {node:node} ({nodeName}), updating the address if needed.'],
  ['handshake-known-node', 'Handshake: we already know node {node:node}, updating the address if needed.'],
  ['handshake-timed-out', 'Clusterbus handshake timeout {host}:{port:int}'],
  ['identity-loaded', "Node configuration loaded, I'm {self:node}"],
  ['identity-new', "No cluster configuration found, I'm {self:node}"],
  ['identity-reset', "Node hard reset, now I'm {self:node}"],
  ['meet-link-closed', 'Closing link even though we received a MEET packet on it, because the connection has an error'],
  ['meet-requested', "Cluster meet {host}:{port:int} (user request from '{by}')."],
  ['meet-sent-again', 'Sending MEET packet to node {node:node} ({nodeName}) because there is no inbound link for it'],
  ['mismatching-sender', 'PONG contains mismatching sender ID'],
  [
    'mismatching-sender',
    'PONG contains mismatching sender ID. About node {node:node} ({nodeName}) in shard {shard:node} added {ms:int} ms ago, having flags {flags:int}',
  ],
  [
    'mismatching-sender',
    'PONG contains mismatching sender ID. About node {node:node} added {ms:int} ms ago, having flags {flags:int}',
  ],
  ['node-forgotten', 'Deleting node {node:node} ({nodeName}) from cluster view'],
  ['node-renamed', 'Renaming node {from:node} ({fromName}) into {to:node}'],
  ['node-renamed', 'Renaming node {from:node} into {to:node}'],
  [
    'outbound-link-freed',
    'Freeing outbound link to node {node:node} ({nodeName}) after receiving a MEET packet from this known node',
  ],
  ['own-address-updated', 'IP address for this node updated to {host}'],
  ['reset-requested', "Cluster reset (user request from '{by}')."],
  [
    'shard-id-adopted',
    "Node {node:node} has a different shard id ({shard:node}) than its primary {primary:node} ({shard2:node}). Updating replica's shard id to match primary's shard id.",
  ],
  [
    'shard-id-adopted',
    "Node {node:node} has a different shard id ({shard:node}) than its primary's shard id {shard2:node} ({shard3:node}). Updating replica's shard id to match primary's shard id.",
  ],
  [
    'shard-id-rejected',
    'Shard id {shard:node} update request for node id {node:node} diverges from existing primary shard id {shard2:node}, rejecting!',
  ],
];
