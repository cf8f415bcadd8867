import { isGone, NEWS_TRAVELS, type FindTrouble } from './finding-draft.ts';
import { aboutNode } from './node-trouble.ts';

/** A replica that gets nothing from its primary grows old, and may not be promoted. While it loads a full copy that is expected. */
export const findDownLinks: FindTrouble = (topology) =>
  topology.nodes
    .filter((node) => node.role === 'replica' && !isGone(node) && node.replication?.link === 'down')
    .map((node) => {
      const about = aboutNode(topology, node);
      const isSyncing = node.replication?.syncing === true || node.replication?.loading === true;
      const primary = topology.nodes.find((each) => each.id === node.primaryId);
      return {
        code: 'replica-link-down',
        severity: isSyncing ? 'notice' : 'warning',
        ...about,
        facts: { ...about.facts, syncing: isSyncing, primaryAnswers: primary !== undefined && !isGone(primary) },
        evidence: [{ node: node.id, says: isSyncing ? 'master_sync_in_progress:1' : 'master_link_status:down' }],
        settling: NEWS_TRAVELS,
      };
    });
