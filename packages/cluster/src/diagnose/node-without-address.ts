import { NEWS_TRAVELS, type FindTrouble } from './finding-draft.ts';
import { aboutNode } from './node-trouble.ts';

/** Others know its id, and at its last address somebody else answered: reset, renamed, or its address given to another. */
export const findLostAddresses: FindTrouble = (topology) =>
  topology.nodes
    .filter((node) => node.flags.includes('noaddr') || (node.host === '' && node.view.state === 'not-asked'))
    .map((node) => ({
      code: 'node-without-address',
      severity: node.slots.length > 0 ? 'critical' : 'warning',
      ...aboutNode(topology, node),
      evidence: [{ node: null, says: node.flags.join(',') }],
      settling: NEWS_TRAVELS,
    }));
