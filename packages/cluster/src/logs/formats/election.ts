import type { FormatRow } from '../log-format.ts';

export const electionFormats: readonly FormatRow[] = [
  ['best-rank', 'This is the best ranked replica and can initiate the election immediately.'],
  ['best-rank-reached', 'Myself become the best ranked replica, initiate the election immediately.'],
  ['election-delayed', 'Start of election delayed for {ms:int} milliseconds (rank #{rank:int}, offset {offset:int}).'],
  [
    'election-delayed',
    'Start of election delayed for {ms:int} milliseconds (rank #{rank:int}, primary rank #{primaryRank:int}, offset {offset:int}).',
  ],
  [
    'election-overtaken',
    'Failover election in progress for epoch {epoch:int}, but received a claim from node {from:node} ({fromName}) with an equal or higher epoch {claimedEpoch:int}. Resetting the election since we cannot win an election in the past.',
  ],
  [
    'election-reset-by-manual',
    'Failover election in progress for epoch {epoch:int}, but received a new manual failover. Resetting the election.',
  ],
  ['election-started', 'Starting a failover election for epoch {epoch:int}, node config epoch is {configEpoch:int}'],
  ['election-started', 'Starting a failover election for epoch {epoch:int}.'],
  ['election-won', "Failover election won: I'm the new master."],
  ['election-won', "Failover election won: I'm the new primary."],
  ['epoch-after-failover', 'configEpoch set to {epoch:int} after successful failover'],
  ['failover-blocked', 'Currently unable to failover: {why}'],
  ['primary-rank-updated', 'Failed primary rank updated to #{rank:int}, added {ms:int} milliseconds of delay.'],
  [
    'promoted-in-shard',
    'Setting myself to primary in shard {shard:node} after failover; my old primary is {oldPrimary:node} ({oldPrimaryName})',
  ],
  ['rank-updated', 'Replica rank updated to #{rank:int}, added {ms:int} milliseconds of delay.'],
  ['rank-updated', 'Slave rank updated to #{rank:int}, added {ms:int} milliseconds of delay.'],
  ['votes-so-far', 'Needed quorum: {quorum:int}. Number of votes received so far: {votes:int}'],
];
