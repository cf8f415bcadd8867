import type { FormatRow } from '../log-format.ts';

export const linkFormats: readonly FormatRow[] = [
  ['accepted-cluster-node', 'Accepted cluster node {node}:{port:int}'],
  ['accepting-cluster-node-connection', 'Accepting cluster node connection from {from}:{port:int}'],
  [
    'bad-message-length-or-signature-received-cluster-bus',
    'Bad message length or signature received from Cluster bus.',
  ],
  [
    'bad-message-length-or-signature-received-cluster-bus',
    'Bad message length or signature received on the Cluster bus from {from}:{port:int}',
  ],
  [
    'bad-message-length-or-signature-received-cluster-bus',
    'Bad message length or signature received on the Cluster bus.',
  ],
  [
    'bound-cluster-node-connection-client',
    'Bound cluster node {node:node} ({nodeName}) to connection of client {client}:{port:int}',
  ],
  [
    'closing-cluster-link-due-failure-retrieve-ip-connection-possibly',
    'Closing cluster link due to failure to retrieve IP from the connection, possibly caused by a closed connection.',
  ],
  ['closing-link-matching-packet-type', 'Closing link for matching packet type {type:int}'],
  ['closing-link-matching-packet-type', 'Closing link for matching packet type {type}'],
  [
    'closing-link-node-sent-lightweight-message-type-as-its',
    'Closing link for node that sent a lightweight message of type {type:int} as its first message on the link',
  ],
  [
    'closing-link-node-sent-lightweight-message-type-as-its',
    'Closing link for node {node:node} ({nodeName}) that sent a lightweight message of type {type} as its first message on the link',
  ],
  [
    'closing-link-node-sent-lightweight-message-type-as-its',
    'Closing link for node {node:node} that sent a lightweight message of type {type} as its first message on the link',
  ],
  ['connecting-node', 'Connecting with Node {node:node} at {host}:{port:int}'],
  ['connection-node-failed', 'Connection with Node {node:node} at {host}:{port:int} failed: {why}'],
  ['dropping-packet-matches-debug-drop-filter', 'Dropping packet that matches debug drop filter'],
  ['dropping-packet-type-matches-debug-drop-filter', 'Dropping packet of type {type} that matches debug drop filter'],
  ['error-accepting-cluster-node', 'Error accepting cluster node: {node}'],
  ['error-accepting-cluster-node-connection', 'Error accepting cluster node connection: {connection}'],
  [
    'error-creating-accepting-connection-cluster-node',
    'Error creating an accepting connection for cluster node: {node}',
  ],
  ['error-resolving-address-packet-sender', 'Error resolving the address of packet sender {node:node} ({nodeName})'],
  [
    'error-resolving-inbound-connection-address-node',
    'Error resolving the inbound connection address of node {of:node} ({ofName})',
  ],
  ['freeing-cluster-link-node', 'Freeing cluster link for node: {node:node}:{text} ({nodeName})'],
  [
    'freeing-cluster-link-node-used-memory-due-exceeding-send',
    'Freeing cluster link({direction} node {node:node} ({nodeName}), used memory: {memory:int}) due to exceeding send buffer memory limit.',
  ],
  [
    'freeing-cluster-link-node-used-memory-due-exceeding-send',
    'Freeing cluster link({direction} node {node:node}, used memory: {memory:int}) due to exceeding send buffer memory limit.',
  ],
  ['i-o-error-reading-node-link', 'I/O error reading from node link ({node:node}:{text}) ({what}): {what2}'],
  ['i-o-error-reading-node-link', 'I/O error reading from node link ({node:node}:{text}): {what}'],
  ['i-o-error-reading-node-link', 'I/O error reading from node link: {why}'],
  ['i-o-error-writing-node-link', 'I/O error writing to node link: {why}'],
  [
    'missing-connection-type-but-required-cluster-bus',
    'Missing connection type {type}, but it is required for the Cluster bus.',
  ],
  ['packet-received', '{what} packet received: {node:node}'],
  ['packet-received', '{what} packet received: {pointer}'],
  ['packet-received-client', '{what} packet received from: {from:node} ({fromName}) from client: {client}:{port:int}'],
  [
    'packet-type-does-not-support-light-cluster-header-marking',
    "Packet of type '{type}' ({number:int}) does not support light cluster header. Marking packet as invalid.",
  ],
  ['ping-packet-received', 'Ping packet received: {pointer}'],
  ['pinging-node', 'Pinging node {node:node}'],
  ['pinging-node', 'Pinging node {node:node} ({nodeName})'],
  ['processing-light-packet-type', 'Processing light packet of type: {type}'],
  ['processing-packet-type-bytes', '--- Processing packet of type {type:int}, {number:int} bytes'],
  ['processing-packet-type-bytes', '--- Processing packet of type {type}, {number:int} bytes'],
  [
    'received-invalid-packet-channel-length-exceeds-total-packet-length',
    'Received invalid {type} packet with channel length that exceeds total packet length ({length:int})',
  ],
  [
    'received-invalid-packet-extension-data-exceeds-total-packet-length',
    'Received invalid {type} packet with extension data that exceeds total packet length ({length:int})',
  ],
  [
    'received-invalid-packet-length-but-expected-length',
    'Received invalid {type} packet of length {length:int} but expected length {length2:int}',
  ],
  [
    'received-invalid-packet-message-length-exceeds-total-packet-length',
    'Received invalid {type} packet with message length that exceeds total packet length ({length:int})',
  ],
  [
    'received-invalid-packet-module-payload-length-exceeds-total-packet',
    'Received invalid {type} packet with module payload length that exceeds total packet length ({length:int})',
  ],
  [
    'received-packet-without-proper-padding-bytes',
    'Received a {type} packet without proper padding ({bytes:int} bytes)',
  ],
  ['received-unknown-extension-type', 'Received unknown extension type {type:int}'],
  ['received-unknown-packet-type', 'Received unknown packet type: {type:int}'],
  ['replacing-inbound-link-fd-node-fd', 'Replacing inbound link fd {fd:int} from node {from:node} with fd {fd2:int}'],
  ['sending-packet-node-link', 'Sending {type} packet to node {to:node} ({toName}) on {direction} link'],
  ['unable-connect-cluster-node', 'Unable to connect to Cluster Node [{node}]:{port:int} -> {what}'],
  [
    'unable-send-extensions-data-however-setting-ext-data-flag',
    'Unable to send extensions data, however setting ext data flag to true',
  ],
];
