import type { TopologyNode } from '@slotdeck/model/topology';
import { isGone, NEWS_TRAVELS, type FindTrouble } from './finding-draft.ts';

/** Two slot owners with one config epoch: the servers settle it at the next ping between them, so if it stays their link is down. */
export const findEpochCollisions: FindTrouble = (topology) => {
  const byEpoch = new Map<number, TopologyNode[]>();
  for (const node of topology.nodes) {
    if (node.role !== 'primary' || node.slots.length === 0 || node.configEpoch === null || isGone(node)) continue;
    byEpoch.set(node.configEpoch, [...(byEpoch.get(node.configEpoch) ?? []), node]);
  }
  return [...byEpoch]
    .filter(([, nodes]) => nodes.length > 1)
    .map(([epoch, nodes]) => ({
      code: 'epoch-collision',
      subject: nodes.map((node) => node.id).join(' '),
      severity: 'warning',
      nodes: nodes.map((node) => node.id),
      facts: { epoch, names: nodes.map((node) => node.name), count: nodes.length },
      evidence: nodes.map((node) => ({ node: node.id, says: `config epoch ${epoch}` })),
      settling: NEWS_TRAVELS,
    }));
};
