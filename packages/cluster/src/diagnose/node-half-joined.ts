import { isGone, NEWS_TRAVELS, type FindTrouble } from './finding-draft.ts';
import { aboutNode } from './node-trouble.ts';

/** Some nodes do not know it, or have no link to it: a join or a removal that reached only a part, or a bus port that is closed. */
export const findHalfJoinedNodes: FindTrouble = (topology) =>
  topology.nodes
    .filter(
      (node) => !isGone(node) && node.health !== 'suspected' && node.unlinkedFrom.length + node.unknownTo.length > 0,
    )
    .map((node) => {
      const about = aboutNode(topology, node);
      return {
        code: 'node-half-joined',
        severity: 'warning',
        ...about,
        facts: { ...about.facts, unknownTo: node.unknownTo.length, unlinkedFrom: node.unlinkedFrom.length },
        evidence: [
          ...node.unknownTo.map((observer) => ({ node: observer, says: 'does not know it' })),
          ...node.unlinkedFrom.map((observer) => ({ node: observer, says: 'disconnected' })),
        ],
        settling: NEWS_TRAVELS,
      };
    });
