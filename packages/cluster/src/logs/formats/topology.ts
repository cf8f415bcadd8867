import type { FormatRow } from '../log-format.ts';

export const topologyFormats: readonly FormatRow[] = [
  [
    'became-replica',
    'Configuration change detected. Reconfiguring myself as a replica of node {of:node} ({ofName}) in shard {shard:node}',
  ],
  ['became-replica', 'Configuration change detected. Reconfiguring myself as a replica of {of:node}'],
  ['became-replica', 'Configuration change detected. Reconfiguring myself as a replica of {of:node} ({ofName})'],
  [
    'failover-seen',
    'A failover occurred in shard {shard:node}; node {from:node} ({fromName}) failed over to node {to:node} ({toName}) with a config epoch of {count:int}',
  ],
  [
    'failover-seen',
    'A failover occurred in shard {shard:node}; node {from:node} ({fromName}) lost {count:int} slot(s) and failed over to node {to:node} ({toName}) with a config epoch of {epoch:int}',
  ],
  [
    'failover-seen',
    'A failover occurred in shard {shard:node}; node {from:node} ({fromName}) lost {count:int} slot(s) to node {to:node} ({toName}) with a config epoch of {epoch:int}',
  ],
  [
    'import-source-failed-over',
    'A failover occurred in migration source. Update importing source of {count:int} slot(s) to node {to:node} ({toName}) in shard {shard:node}.',
  ],
  [
    'import-source-failed-over',
    'Failover occurred in migration source. Update importing source for slot {slot:int} to node {to:node} ({toName}) in shard {shard:node}.',
  ],
  [
    'last-slot-lost',
    'Lost my last slot during slot migration. Reconfiguring myself as a replica of {of:node} ({ofName}) in shard {shard:node}',
  ],
  [
    'last-slot-migrated',
    'My last slot was migrated to node {to:node} ({toName}) in shard {shard:node}. I am now an empty primary.',
  ],
  [
    'migration-target-failed-over',
    'A failover occurred in migration target. Update migrating target of {count:int} slot(s) to node {to:node} ({toName}) in shard {shard:node}.',
  ],
  [
    'migration-target-failed-over',
    'Failover occurred in migration target. Slot {slot:int} is now being migrated to node {to:node} ({toName}) in shard {shard:node}.',
  ],
  ['moved-to-shard', 'Moving myself to a new shard {shard:node}.'],
  ['node-announces-role', 'node {node:node} ({nodeName}) announces that it is a {role} in shard {shard:node}'],
  ['node-in-shard', 'Node {node:node} ({nodeName}) is now part of shard {shard:node}'],
  ['node-is-primary', 'Reconfiguring node {node:node} ({nodeName}) as primary for shard {shard:node}'],
  [
    'node-is-replica',
    'Node {node:node} ({nodeName}) is now a replica of node {of:node} ({ofName}) in shard {shard:node}',
  ],
  [
    'node-no-longer-primary',
    'Node {node:node} ({nodeName}) is no longer master of shard {shard:node}; removed all {count:int} slot(s) it used to own',
  ],
  [
    'node-no-longer-primary',
    'Node {node:node} ({nodeName}) is no longer primary of shard {shard:node}; removed all {count:int} slot(s) it used to own',
  ],
  [
    'old-slots-corrected',
    'Node {node:node} ({nodeName}) has old slots configuration, sending an UPDATE message about {about:node} ({aboutName})',
  ],
  ['old-slots-corrected', 'Node {node:node} has old slots configuration, sending an UPDATE message about {about:node}'],
  ['replica-migrates', 'Migrating to orphaned master {to:node}'],
  ['replica-migrates', 'Migrating to orphaned primary {to:node} ({toName}) in shard {shard:node}'],
  [
    'stale-message-ignored',
    'Ignore stale message from {from:node} ({fromName}) in shard {shard:node}; gossip config epoch: {gossipEpoch:int}, current config epoch: {epoch:int}',
  ],
  ['sub-replica-moves-up', "I'm a sub-replica! Reconfiguring myself as a replica of grandmaster {of:node}"],
  ['sub-replica-moves-up', "I'm a sub-replica! Reconfiguring myself as a replica of grandmaster {of:node} ({ofName})"],
  ['sub-replica-moves-up', "I'm a sub-replica! Reconfiguring myself as a replica of {of:node} from {from:node}"],
  [
    'topology-mismatch',
    'Mismatch in topology information for sender node {node:node} ({nodeName}) in shard {shard:node}',
  ],
  ['turned-empty-primary', "Stop replication and turning myself into empty primary (request from '{by}')."],
  ['update-about-myself', 'Discarding UPDATE message about myself.'],
];
