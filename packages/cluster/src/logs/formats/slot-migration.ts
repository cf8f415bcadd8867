import type { FormatRow } from '../log-format.ts';

export const slotMigrationFormats: readonly FormatRow[] = [
  ['active-trim-completed-slots-keys-trimmed', 'Active trim completed for slots: {slots}, {count:int} keys trimmed.'],
  ['active-trim-cycle-blocked-since', 'Active trim cycle is blocked since {why}.'],
  ['active-trim-cycle-unblocked', 'Active trim cycle is unblocked.'],
  ['active-trim-initiated-slots-trim-keys', 'Active trim initiated for slots: {slots}, to trim {count:int} keys.'],
  ['active-trim-scheduled-slots', 'Active trim scheduled for slots: {slots}'],
  [
    'applied-offset-lag-less-than-threshold-pausing-writes-slot',
    'The applied offset lag {lag:int} is less than the threshold {threshold:int}, pausing writes for slot handoff',
  ],
  ['asm-fail-point-active-channel-state', 'ASM fail point active: channel={channel}, state={state}'],
  ['asm-fail-point-cleared', 'ASM fail point is cleared'],
  ['asm-fail-point-set-channel-state', 'ASM fail point set: channel={channel}, state={state}'],
  ['asm-manager-not-initialized', 'ASM manager is not initialized'],
  ['asm-trim-method-set-active-trim-delay', 'ASM trim method was set={method}, active_trim_delay={delay:int}'],
  ['background-slot-migration-transfer-error', 'Background SLOT MIGRATION transfer error'],
  [
    'background-slot-migration-transfer-terminated-signal',
    'Background SLOT MIGRATION transfer terminated by signal {signal:int}',
  ],
  [
    'background-slot-migration-transfer-terminated-success',
    'Background SLOT MIGRATION transfer terminated with success',
  ],
  ['background-trim-started-slots-trim-keys', 'Background trim started for slots: {slots} to trim {count:int} keys.'],
  ['beginning-snapshot-slot-migration', 'Beginning snapshot of slot migration {job}.'],
  ['bgsave-slots-snapshot-sync-delayed', 'BGSAVE for slots snapshot sync delayed'],
  ['can-not-start-import-task-slots-due', 'Can not start import task {task} for slots: {slots} due to {offset}'],
  [
    'canceled-all-progress-slot-migrations-user-request',
    "Canceled all in progress slot migrations (user request from '{from}')",
  ],
  ['cancelling-all-active-trim-jobs', 'Cancelling all active trim jobs'],
  ['cancelling-pending-trim-job-slots', 'Cancelling the pending trim job for slots: {slots}'],
  [
    'cant-begin-slot-migration-snapshot-background-fork',
    "Can't begin slot migration snapshot in background: fork: {why}",
  ],
  ['cant-store-slot-migrations-rdb-version', "Can't store slot migrations in RDB version {version:int}"],
  ['child-process-failed-snapshot-slot-migration', 'Child process failed to snapshot slot migration {job}'],
  [
    'cleaning-slot-migration-log-anticipation-load-operation',
    'Cleaning slot migration log in anticipation of a load operation.',
  ],
  ['cleaning-up-slot-migration-after', 'Cleaning up slot migration {job} after {state}'],
  [
    'cluster-syncslots-ack-received-dest-state-but-offset-less',
    'CLUSTER SYNCSLOTS ACK received, dest state: {state}, but offset {offset:int} is less than the current dest offset {offset2:int}',
  ],
  [
    'cluster-syncslots-ack-received-dest-state-updated-dest-offset',
    'CLUSTER SYNCSLOTS ACK received, dest state: {state}, updated dest offset to {offset:int}, source offset: {sourceOffset:int}',
  ],
  [
    'cluster-syncslots-stream-eof-received-during-streaming-buffer',
    'CLUSTER SYNCSLOTS STREAM-EOF received during streaming buffer',
  ],
  [
    'cluster-syncslots-stream-eof-received-when-waiting-stream-eof',
    'CLUSTER SYNCSLOTS STREAM-EOF received when waiting for STREAM-EOF',
  ],
  ['connecting-slot-migration-ip-port', 'Connecting slot migration {job} (ip: {ip}, port {port:int})'],
  ['destination-node-applied-offset', 'Destination node applied offset is {offset:int}'],
  [
    'detected-keys-slots-do-not-belong-node-scheduling-trim',
    'Detected keys in slots that do not belong to this node. Scheduling trim for {count:int} keys in slots: {slots}',
  ],
  ['error-sending-cluster-syncslots-ack', 'Error sending CLUSTER SYNCSLOTS ACK: {why}'],
  ['failed-send-command-source-node', 'Failed to send command to source node: {why}'],
  ['fire-cluster-asm-module-event-task-state', 'Fire cluster asm module event, task {task}: state={state}'],
  [
    'import-task-completed-slots-imported-keys',
    'Import task {task} completed for slots: {slots} (imported {count:int} keys)',
  ],
  [
    'import-task-created-src-dest-slots',
    'Import task {task} created: src={source:node}, dest={target:node}, slots={slots}',
  ],
  ['import-task-failed-slots', 'Import task {task} failed for slots: {slots}'],
  ['import-task-old-primary-failed-slots', 'Import task {task} from old master failed: slots={slots}'],
  ['import-task-ready-takeover-slots', 'Import task {task} is ready to takeover slots: {slots}'],
  [
    'import-task-source-node-changed-slots-new-source',
    'Import task {task} source node changed: slots={slots}, new_source={source:node}',
  ],
  ['import-task-started-slots', 'Import task {task} started for slots: {slots}'],
  ['invalid-slot-import-job-name-length-rdb', 'Invalid slot import job name length in RDB'],
  ['invalid-slot-import-range-rdb-start-end', 'Invalid slot import range in RDB: start={count:int} end={end:int}'],
  ['killing-running-slot-migration-child', 'Killing running slot migration child: {pid:int}'],
  [
    'migrate-task-completed-slots-migrated-keys',
    'Migrate task {task} completed for slots: {slots} (migrated {count:int} keys)',
  ],
  [
    'migrate-task-created-src-dest-slots',
    'Migrate task {task} created: src={source:node}, dest={target:node}, slots={slots}',
  ],
  ['migrate-task-failed-slots', 'Migrate task {task} failed for slots: {slots}'],
  ['migrate-task-preparing-handoff-slots', 'Migrate task {task} preparing to handoff for slots: {slots}'],
  [
    'migrate-task-started-slots-keys-start',
    'Migrate task {task} started for slots: {slots} (keys at start: {count:int})',
  ],
  ['new-slot-import-job-created', 'New slot import job created: {job}.'],
  [
    'pausing-writes-remaining-repl-size-allow-slot-migration-finalize',
    'Pausing writes (remaining_repl_size is {offset:int}) to allow slot migration {job} to finalize failover.',
  ],
  [
    'rdb-channel-connection-source-node-established-waiting-auth-reply',
    'RDB channel connection to source node {node:node} established, waiting for AUTH reply...',
  ],
  [
    'rdb-channel-snapshot-transfer-completed-import-task',
    'RDB channel snapshot transfer completed for the import task.',
  ],
  [
    'received-cluster-syncslots-failover-granted-slot-migration-but-we',
    'Received CLUSTER SYNCSLOTS FAILOVER-GRANTED from slot migration {job}, but we never sent a failover request. Failing migration.',
  ],
  [
    'received-cluster-syncslots-request-failover-slot-migration-but-client',
    'Received CLUSTER SYNCSLOTS REQUEST-FAILOVER for slot migration {job}, but the client was not in the paused state. Failing migration.',
  ],
  [
    'received-cluster-syncslots-request-failover-slot-migration-but-we',
    'Received CLUSTER SYNCSLOTS REQUEST-FAILOVER on slot migration {job}, but we are not paused. Denying failover.',
  ],
  [
    'received-cluster-syncslots-request-pause-slot-migration-but-client',
    'Received CLUSTER SYNCSLOTS REQUEST-PAUSE for slot migration {job}, but the client was not streaming incremental updates. Failing migration.',
  ],
  [
    'received-cluster-syncslots-snapshot-eof-slot-migration-but-not',
    'Received CLUSTER SYNCSLOTS SNAPSHOT-EOF from slot migration {job}, but not currently loading an AOF snapshot. Failing migration.',
  ],
  [
    'received-empty-line-rdbchannel-reply-slots-snapshot-delivery-will',
    'Received an empty line in RDBCHANNEL reply, slots snapshot delivery will start later',
  ],
  [
    'received-unexpected-cluster-syncslots-paused-slot-migration-failing-migration',
    'Received unexpected CLUSTER SYNCSLOTS PAUSED from slot migration {job}, . Failing migration.',
  ],
  [
    'received-unknown-syncslots-subcommand-slot-migration-failing-migration',
    'Received unknown SYNCSLOTS subcommand from slot migration {job}. Failing the migration.',
  ],
  [
    'slot-migration-child-already-exiting-not-killing',
    'Slot migration child {pid:int} is already exiting, not killing.',
  ],
  [
    'slot-migration-command-stream-drained-sending-stream-eof-destination',
    'Slot migration command stream drained, sending STREAM-EOF to the destination',
  ],
  [
    'slot-migration-completed-successfully-node-now-owner-slots',
    'Slot migration {job} completed successfully. This node is now the owner of the slots',
  ],
  ['slot-migration-connection-established', 'Slot migration {job} connection established.'],
  ['slot-migration-connection-lost', 'Slot migration {job} connection lost'],
  [
    'slot-migration-contains-slots-are-no-longer-all-owned',
    'Slot migration {job} contains slots that are no longer all owned by myself',
  ],
  ['slot-migration-failed-due-oom', 'Slot migration {job} failed due to OOM'],
  ['slot-migration-failed-start-slot-snapshot', 'Slot migration {job} failed to start slot snapshot'],
  ['slot-migration-finished-state-message', 'Slot migration {job} finished. State: {state}, Message: {message}'],
  [
    'slot-migration-initiated-through-cluster-migrateslots-command-user-request',
    "Slot migration initiated through CLUSTER MIGRATESLOTS command: {command} (user request from '{from}')",
  ],
  ['slot-migration-slots-are-now-owned-target-node', 'Slot migration {job} slots are now owned by target node.'],
  [
    'slot-migration-snapshot-finished-starting-streaming',
    'Slot migration {job} snapshot finished, starting streaming.',
  ],
  ['slot-migration-state-transition', 'Slot migration {job} state transition: {from} -> {to}'],
  [
    'slot-migration-successfully-received-slot-snapshot-beginning-incremental-stream',
    'Slot migration {job} successfully received slot snapshot. Beginning incremental stream...',
  ],
  [
    'slot-migration-target-node-not-found-cluster-aborting-connection',
    'Slot migration {job}: target node {node:node} not found in cluster, aborting connection attempt.',
  ],
  ['slot-migration-timed-out-during-slot-failover', 'Slot migration {job} timed out during slot failover.'],
  [
    'slot-migration-waiting-before-snapshotting-due',
    'Slot migration {job} waiting before snapshotting due to {offset}.',
  ],
  [
    'source-node-did-not-respond-command-during-syncslots-handshake',
    'Source node did not respond to command during SYNCSLOTS handshake',
  ],
  [
    'source-node-replied-auth-command-syncslots-can-continue',
    'Source node replied to AUTH command, syncslots can continue...',
  ],
  [
    'source-node-replied-auth-command-syncslots-rdb-channel-operation',
    'Source node replied to AUTH command, syncslots rdb channel operation can continue...',
  ],
  [
    'source-node-replied-slotssnapshot-syncing-slots-snapshot-can-continue',
    'Source node replied to SLOTSSNAPSHOT, syncing slots snapshot can continue...',
  ],
  [
    'source-node-replied-syncslots-conf-command-syncslots-can-continue',
    'Source node replied to SYNCSLOTS CONF command, syncslots can continue...',
  ],
  [
    'source-node-replied-syncslots-sync-notready-will-retry-later',
    'Source node replied to SYNCSLOTS SYNC with -NOTREADY, will retry later...',
  ],
  [
    'source-node-replied-syncslots-sync-syncslots-can-continue',
    'Source node replied to SYNCSLOTS SYNC, syncslots can continue...',
  ],
  ['started-child-process-slot-migration', 'Started child process {pid:int} for slot migration {job}'],
  [
    'starting-stream-accumulated-buffer-import-task-bytes',
    'Starting to stream accumulated buffer for the import task ({task:int} bytes)',
  ],
  ['successfully-authenticated-slot-migration', 'Successfully authenticated slot migration {job}'],
  [
    'successfully-streamed-accumulated-buffer-import-task-applied-offset',
    'Successfully streamed accumulated buffer for the import task, applied offset: {offset:int}',
  ],
  ['task-failed-slots-err', '{what} task {task} failed: slots={slots}, err={why}'],
  [
    'timing-out-slot-migration-after-not-receiving-ack-too',
    'Timing out slot migration {job} after not receiving ack for too long',
  ],
  ['trim-job-deferred-since', 'Trim job is deferred since {why}.'],
  ['unable-connect-source-node', 'Unable to connect to the source node: {why}'],
  ['unblocking-primary-client-after-active-trim-completed', 'Unblocking master client after active trim is completed'],
  [
    'unexpected-cluster-syncslots-snapshot-eof-command-rdb-channel-state',
    'Unexpected CLUSTER SYNCSLOTS SNAPSHOT-EOF command: rdb_channel_state={state}',
  ],
  ['unexpected-cluster-syncslots-stream-eof-command', 'Unexpected CLUSTER SYNCSLOTS STREAM-EOF command'],
  ['unexpected-cluster-syncslots-stream-eof-state', 'Unexpected CLUSTER SYNCSLOTS STREAM-EOF state: {state}'],
  [
    'write-loss-risk-during-slot-migration-new-owner-did',
    'Write loss risk! During slot migration {job}, new owner did not broadcast ownership before we unpaused ourselves. Any writes we have recorded since unpausing may be lost!',
  ],
  [
    'yielding-sending-ack-during-streaming-buffer-applied-offset',
    'Yielding sending ACK during streaming buffer, applied offset: {offset:int}',
  ],
];
