import type { FindTrouble } from './finding-draft.ts';
import { aboutNode } from './node-trouble.ts';

/** Some nodes cannot reach it, though it answers us; a majority of such voices will fail it. */
export const findSuspectedNodes: FindTrouble = (topology) =>
  topology.nodes
    .filter((node) => node.health === 'suspected')
    .map((node) => {
      const about = aboutNode(topology, node);
      return {
        code: 'node-suspected',
        severity: 'warning',
        ...about,
        facts: { ...about.facts, suspecting: node.suspectedBy.length, failing: node.failedBy.length },
        evidence: [
          ...node.failedBy.map((observer) => ({ node: observer, says: 'fail' })),
          ...node.suspectedBy.map((observer) => ({ node: observer, says: 'fail?' })),
        ],
      };
    });
