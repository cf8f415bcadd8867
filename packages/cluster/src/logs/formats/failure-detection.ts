import type { FormatRow } from '../log-format.ts';

export const failureDetectionFormats: readonly FormatRow[] = [
  ['fail-cleared', 'Clear FAIL state for node {node:node} ({nodeName}): {what} is reachable again.'],
  ['fail-cleared', 'Clear FAIL state for node {node:node} ({nodeName}):{what} is reachable again.'],
  ['fail-cleared', 'Clear FAIL state for node {node:node}: {what} is reachable again.'],
  [
    'fail-cleared-unserved',
    'Clear FAIL state for node {node:node} ({nodeName}): is reachable again and nobody is serving its slots after some time.',
  ],
  [
    'fail-cleared-unserved',
    'Clear FAIL state for node {node:node}: is reachable again and nobody is serving its slots after some time.',
  ],
  ['fail-message-ignored', 'Ignoring FAIL message from unknown node {from:node} about {node:node}'],
  ['fail-message-received', 'FAIL message received from {from:node} ({fromName}) about {node:node} ({nodeName})'],
  ['fail-message-received', 'FAIL message received from {from:node} about {node:node}'],
  ['node-marked-failing', 'Marking node {node:node} ({nodeName}) as failing (quorum reached).'],
  ['node-marked-failing', 'Marking node {node:node} as failing (quorum reached).'],
  [
    'node-reported-online',
    'Node {reporter:node} ({reporterName}) reported node {node:node} ({nodeName}) is back online.',
  ],
  ['node-reported-online', 'Node {reporter:node} reported node {node:node} is back online.'],
  [
    'node-reported-unreachable',
    'Node {reporter:node} ({reporterName}) reported node {node:node} ({nodeName}) as not reachable.',
  ],
  ['node-reported-unreachable', 'Node {reporter:node} reported node {node:node} as not reachable.'],
  ['node-suspected', '*** NODE {node:node} possibly failing'],
  ['node-suspected', 'NODE {node:node} ({nodeName}) possibly failing.'],
];
