import { countSlots } from '@slotdeck/model/slot-ranges';
import { isGone, NEWS_TRAVELS, type FindTrouble } from './finding-draft.ts';

/** When such a primary dies its slots are gone with it. A cluster without any replica is one finding, not one per primary. */
export const findLonePrimaries: FindTrouble = (topology) => {
  const primaries = topology.nodes.filter((node) => node.role === 'primary' && node.slots.length > 0);
  const replicas = topology.nodes.filter((node) => node.role === 'replica');
  const lone = primaries.filter(
    (node) => !replicas.some((replica) => replica.primaryId === node.id && !isGone(replica)),
  );
  if (lone.length === 0) return [];
  if (replicas.length === 0) {
    return [
      {
        code: 'primary-without-replica',
        subject: 'all',
        severity: 'warning',
        nodes: lone.map((node) => node.id),
        facts: { everywhere: true, count: lone.length, node: null, failedReplicas: 0 },
        evidence: [],
        settling: NEWS_TRAVELS,
      },
    ];
  }
  return lone.map((node) => {
    const failed = replicas.filter((replica) => replica.primaryId === node.id);
    return {
      code: 'primary-without-replica',
      subject: node.id,
      severity: 'warning',
      nodes: [node.id],
      facts: { everywhere: false, node: node.name, count: countSlots(node.slots), failedReplicas: failed.length },
      evidence: failed.map((replica) => ({ node: replica.id, says: replica.health })),
      settling: NEWS_TRAVELS,
    };
  });
};
