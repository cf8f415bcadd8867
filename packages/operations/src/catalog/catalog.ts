import type { OperationDefinition } from '../engine/define-operation.ts';
import type { FindCluster } from './cluster-to-change.ts';
import { addNodeOperation, detachOperation, removeNodeOperation } from './membership.ts';
import { createClusterOperation } from './create-cluster.ts';
import { fixOperation } from './fix-slots.ts';
import { importOperation } from './import-keys.ts';
import { moveSlotsOperation } from './move-slots.ts';
import { createTurns } from './turns.ts';
import { failoverOperation, replicateOperation, setTimeoutOperation } from './node-changes.ts';

/** Every operation there is, one per kind of plan. The server and the command line both run what is listed here. */
export function operationCatalog(findCluster: FindCluster): OperationDefinition[] {
  const turns = createTurns();
  return [
    moveSlotsOperation({ findCluster, turns }),
    moveSlotsOperation({ findCluster, kind: 'rebalance', turns }),
    moveSlotsOperation({ findCluster, kind: 'drain', turns }),
    createClusterOperation(findCluster),
    fixOperation(findCluster),
    importOperation(findCluster),
    failoverOperation(findCluster),
    replicateOperation(findCluster),
    setTimeoutOperation(findCluster),
    addNodeOperation(findCluster),
    removeNodeOperation(findCluster, turns),
    detachOperation(findCluster),
  ];
}
