import type { OperationDefinition } from '../engine/define-operation.ts';
import type { FindCluster } from './cluster-to-change.ts';
import { addNodeOperation, detachOperation, removeNodeOperation } from './membership.ts';
import { createClusterOperation } from './create-cluster.ts';
import { fixOperation } from './fix-slots.ts';
import { importOperation } from './import-keys.ts';
import { moveSlotsOperation } from './move-slots.ts';
import { failoverOperation, replicateOperation, setTimeoutOperation } from './node-changes.ts';

/** Every operation there is, one per kind of plan. The server and the command line both run what is listed here. */
export function operationCatalog(findCluster: FindCluster): OperationDefinition[] {
  return [
    moveSlotsOperation({ findCluster }),
    moveSlotsOperation({ findCluster, kind: 'rebalance' }),
    moveSlotsOperation({ findCluster, kind: 'drain' }),
    createClusterOperation(findCluster),
    fixOperation(findCluster),
    importOperation(findCluster),
    failoverOperation(findCluster),
    replicateOperation(findCluster),
    setTimeoutOperation(findCluster),
    addNodeOperation(findCluster),
    removeNodeOperation(findCluster),
    detachOperation(findCluster),
  ];
}
