import { ONE_MISS, type FindTrouble } from './finding-draft.ts';
import { aboutNode, ownSilence } from './node-trouble.ts';

/** It does not answer us. Whether others see it stands in the facts: then our way to it is what is broken. */
export const findSilentNodes: FindTrouble = (topology) =>
  topology.answered === 0
    ? []
    : topology.nodes
        .filter((node) => node.health === 'no-answer')
        .map((node) => {
          const about = aboutNode(topology, node);
          return {
            code: 'node-no-answer',
            severity: 'warning',
            ...about,
            facts: {
              ...about.facts,
              problem: node.view.state === 'silent' ? node.view.problem.code : null,
              seen: node.view.state === 'silent' ? node.view.problem.seen : null,
              suspecting: node.suspectedBy.length,
            },
            evidence: [...ownSilence(node), ...node.suspectedBy.map((observer) => ({ node: observer, says: 'fail?' }))],
            settling: ONE_MISS,
          };
        });
