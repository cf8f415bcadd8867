import type { TopologyNode } from '@slotdeck/model/topology';
import { isGone, type FindTrouble } from './finding-draft.ts';

/**
 * One machine takes primary and replica with it. A warning where no other replica lives elsewhere. On loopback the whole cluster is one
 * machine on purpose, so that is one notice in all. Who stands where does not pass by itself: it is told at the first look.
 */
export const findSharedHosts: FindTrouble = (topology) => {
  const shared = topology.nodes.flatMap((replica) => {
    const primary = topology.nodes.find((node) => node.id === replica.primaryId);
    const isShared =
      primary !== undefined && replica.role === 'replica' && replica.host !== '' && replica.host === primary.host;
    return isShared ? [{ replica, primary }] : [];
  });
  const local = shared.filter(({ replica }) => isLoopback(replica.host));
  const apart = shared.filter(({ replica }) => !isLoopback(replica.host));
  return [
    ...(local.length === 0
      ? []
      : [
          {
            code: 'replica-on-primary-host',
            subject: 'loopback',
            severity: 'notice',
            nodes: local.map(({ replica }) => replica.id),
            facts: {
              loopback: true,
              count: local.length,
              host: local[0]?.replica.host ?? null,
              node: null,
              primary: null,
            },
            evidence: [],
          } as const,
        ]),
    ...apart.map(({ replica, primary }) => {
      const elsewhere = topology.nodes.filter((node) => isLiveReplica(node, primary) && node.host !== primary.host);
      return {
        code: 'replica-on-primary-host',
        subject: replica.id,
        severity: elsewhere.length > 0 ? 'notice' : 'warning',
        nodes: [replica.id, primary.id],
        facts: { loopback: false, count: 1, host: replica.host, node: replica.name, primary: primary.name },
        evidence: [
          { node: replica.id, says: `${replica.host}:${replica.port}` },
          { node: primary.id, says: `${primary.host}:${primary.port}` },
        ],
      } as const;
    }),
  ];
};

function isLiveReplica(node: TopologyNode, primary: TopologyNode): boolean {
  return node.role === 'replica' && node.primaryId === primary.id && !isGone(node);
}

function isLoopback(host: string): boolean {
  return host.startsWith('127.') || host === '::1' || host === 'localhost';
}
