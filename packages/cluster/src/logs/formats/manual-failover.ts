import type { FormatRow } from '../log-format.ts';

export const manualFailoverFormats: readonly FormatRow[] = [
  ['forced-failover-accepted', "Forced failover primary request accepted (primary request from '{by}')."],
  ['forced-failover-accepted', "Forced failover user request accepted (user request from '{by}')."],
  ['forced-failover-accepted', 'Forced failover user request accepted.'],
  ['manual-caught-up', 'All master replication stream processed, manual failover can start.'],
  ['manual-caught-up', 'All primary replication stream processed, manual failover can start.'],
  ['manual-failover-accepted', "Manual failover user request accepted (user request from '{by}')."],
  ['manual-failover-accepted', 'Manual failover user request accepted.'],
  ['manual-failover-requested', 'Manual failover requested by replica {replica:node} ({replicaName}).'],
  ['manual-failover-requested', 'Manual failover requested by replica {replica:node}.'],
  ['manual-failover-requested', 'Manual failover requested by slave {replica:node}.'],
  ['manual-failover-timed-out', 'Manual failover timed out.'],
  ['manual-offset-received', 'Received replication offset for paused master manual failover: {offset:int}'],
  ['manual-offset-received', 'Received replication offset for paused primary manual failover: {offset:int}'],
  ['shutdown-failover', 'Perform auto failover to replica {replica} on shutdown.'],
  ['shutdown-failover-legacy-replicas', 'Unable to perform auto failover on shutdown since there are legacy replicas.'],
  ['shutdown-failover-no-replica', 'Unable to find a replica to perform the auto failover on shutdown.'],
  ['takeover-accepted', 'Taking over the master (user request).'],
  ['takeover-accepted', "Taking over the primary (user request from '{by}')."],
];
