import { countSlots, printSlotRanges } from '@slotdeck/model/slot-ranges';
import type { FindTrouble } from './finding-draft.ts';

/** Keys of these slots cannot be read or written, and with full coverage required none at all. */
export const findUnassignedSlots: FindTrouble = (topology) => {
  const { unassigned, nodes } = topology;
  if (unassigned.length === 0) return [];
  const failing = nodes.filter((node) => node.view.state === 'answered' && node.view.clusterState === 'fail');
  return [
    {
      code: 'slots-unassigned',
      subject: '',
      severity: 'critical',
      nodes: [],
      slots: unassigned,
      facts: {
        count: countSlots(unassigned),
        slots: printSlotRanges(unassigned),
        nodesInFailState: failing.length,
        answered: topology.answered,
      },
      evidence: failing.map((node) => ({ node: node.id, says: 'cluster_state:fail' })),
    },
  ];
};
