import type { FindTrouble } from './finding-draft.ts';
import { aboutNode, ownSilence } from './node-trouble.ts';

/** A majority gave it up. Critical while it owns slots; after a failover, or for a replica, what is missing is redundancy. */
export const findFailedNodes: FindTrouble = (topology) =>
  topology.nodes
    .filter((node) => node.health === 'failed')
    .map((node) => ({
      code: 'node-failed',
      severity: node.slots.length > 0 ? 'critical' : 'warning',
      ...aboutNode(topology, node),
      evidence: [...ownSilence(node), ...node.failedBy.map((observer) => ({ node: observer, says: 'fail' }))],
    }));
