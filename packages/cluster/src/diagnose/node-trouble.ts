import type { TopologyNode } from '@slotdeck/model/topology';
import { nameOf, type FindingDraft } from './finding-draft.ts';
import type { Topology } from '@slotdeck/model/topology';

/** What findings on one node have in common. */
export function aboutNode(
  topology: Topology,
  node: TopologyNode,
): Pick<FindingDraft, 'subject' | 'nodes'> & { facts: FindingDraft['facts'] } {
  return {
    subject: node.id,
    nodes: [node.id],
    facts: {
      node: node.name,
      role: node.role,
      primary: node.primaryId === null ? null : nameOf(topology, node.primaryId),
      hasSlots: node.slots.length > 0,
    },
  };
}

/** Why it gave us no view, in what was seen. */
export function ownSilence(node: TopologyNode): FindingDraft['evidence'] {
  return node.view.state === 'silent'
    ? [{ node: null, says: `${node.view.problem.code}: ${node.view.problem.seen}` }]
    : [];
}
