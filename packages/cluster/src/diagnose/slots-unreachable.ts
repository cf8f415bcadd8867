import { countSlots, printSlotRanges } from '@slotdeck/model/slot-ranges';
import { isGone, ONE_MISS, type FindTrouble } from './finding-draft.ts';

/** Slots whose owner is gone and that no other node has taken. When only we cannot reach the owner, clients may still be served. */
export const findUnreachableSlots: FindTrouble = (topology) =>
  topology.nodes
    .filter((node) => node.slots.length > 0 && isGone(node))
    .map((node) => {
      const onlyUs = node.failedBy.length === 0 && node.suspectedBy.length === 0;
      const replicas = topology.nodes.filter((each) => each.primaryId === node.id && !isGone(each));
      return {
        code: 'slots-unreachable',
        subject: node.id,
        severity: onlyUs ? 'warning' : 'critical',
        nodes: [node.id],
        slots: node.slots,
        facts: {
          node: node.name,
          count: countSlots(node.slots),
          slots: printSlotRanges(node.slots),
          onlyUs,
          liveReplicas: replicas.length,
        },
        evidence: [
          ...(node.view.state === 'silent'
            ? [{ node: null, says: `${node.view.problem.code}: ${node.view.problem.seen}` }]
            : []),
          ...node.failedBy.map((observer) => ({ node: observer, says: 'fail' })),
          ...node.suspectedBy.map((observer) => ({ node: observer, says: 'fail?' })),
        ],
        ...(onlyUs ? { settling: ONE_MISS } : {}),
      };
    });
