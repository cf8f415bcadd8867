import type { FormatRow } from '../log-format.ts';

export const voteFormats: readonly FormatRow[] = [
  ['vote-denied-already-voted', 'Failover auth denied to {to:node} ({toName}): already voted for epoch {epoch:int}'],
  ['vote-denied-already-voted', 'Failover auth denied to {to:node}: already voted for epoch {epoch:int}'],
  [
    'vote-denied-is-primary',
    'Failover auth denied to {to:node} ({toName}) for epoch {epoch:int}: it is a primary node',
  ],
  ['vote-denied-is-primary', 'Failover auth denied to {to:node} ({toName}): it is a master node'],
  ['vote-denied-is-primary', 'Failover auth denied to {to:node}: it is a master node'],
  [
    'vote-denied-just-restarted',
    'Failover auth denied to {to:node} ({toName}): it is not safe to vote in this moment)',
  ],
  [
    'vote-denied-newer-owner',
    'Failover auth denied to {to:node} ({toName}): slot {slot:int} epoch ({slotEpoch:int}) > reqConfigEpoch ({epoch:int})',
  ],
  [
    'vote-denied-newer-owner',
    'Failover auth denied to {to:node} ({toName}): slot {slot:int} epoch ({slotEpoch:int}) > reqEpoch ({epoch:int})',
  ],
  [
    'vote-denied-newer-owner',
    'Failover auth denied to {to:node}: slot {slot:int} epoch ({slotEpoch:int}) > reqEpoch ({epoch:int})',
  ],
  [
    'vote-denied-old-epoch',
    'Failover auth denied to {to:node} ({toName}): reqEpoch ({epoch:int}) < curEpoch({currentEpoch:int})',
  ],
  ['vote-denied-old-epoch', 'Failover auth denied to {to:node}: reqEpoch ({epoch:int}) < curEpoch({currentEpoch:int})'],
  ['vote-denied-primary-up', 'Failover auth denied to {to:node} ({toName}) for epoch {epoch:int}: its primary is up'],
  ['vote-denied-primary-up', 'Failover auth denied to {to:node} ({toName}): its master is up'],
  ['vote-denied-primary-up', 'Failover auth denied to {to:node}: its master is up'],
  [
    'vote-denied-too-soon',
    "Failover auth denied to {to:node} {toName}: can't vote about this master before {ms:int} milliseconds",
  ],
  [
    'vote-denied-too-soon',
    "Failover auth denied to {to:node} {toName}: can't vote about this primary before {ms:int} milliseconds",
  ],
  [
    'vote-denied-too-soon',
    "Failover auth denied to {to:node}: can't vote about this master before {ms:int} milliseconds",
  ],
  [
    'vote-denied-unknown-primary',
    "Failover auth denied to {to:node} ({toName}) for epoch {epoch:int}: I don't know its primary",
  ],
  ['vote-denied-unknown-primary', "Failover auth denied to {to:node} ({toName}): I don't know its master"],
  ['vote-denied-unknown-primary', "Failover auth denied to {to:node}: I don't know its master"],
  ['vote-granted', 'Failover auth granted to {to:node} ({toName}) for epoch {epoch:int}'],
  ['vote-granted', 'Failover auth granted to {to:node} for epoch {epoch:int}'],
];
