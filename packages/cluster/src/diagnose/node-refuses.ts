import { ONE_MISS, type FindTrouble } from './finding-draft.ts';
import { aboutNode, ownSilence } from './node-trouble.ts';

/** It is there and turns us away: another password, missing rights, TLS, cluster mode off, another node at its address. */
export const findRefusingNodes: FindTrouble = (topology) =>
  topology.answered === 0
    ? []
    : topology.nodes
        .filter((node) => node.health === 'refuses')
        .map((node) => {
          const about = aboutNode(topology, node);
          const problem = node.view.state === 'silent' ? node.view.problem : null;
          return {
            code: 'node-refuses',
            severity: 'warning',
            ...about,
            facts: { ...about.facts, problem: problem?.code ?? null, seen: problem?.seen ?? null },
            evidence: ownSilence(node),
            settling: ONE_MISS,
          };
        });
