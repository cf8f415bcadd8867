import { ONE_MISS, type FindTrouble } from './finding-draft.ts';

/** Nobody answers us: everything else that is shown is as it was last known. */
export const findUnseenCluster: FindTrouble = (topology) => {
  if (topology.answered > 0) return [];
  const silent = topology.nodes.flatMap((node) =>
    node.view.state === 'silent' ? [{ node, problem: node.view.problem }] : [],
  );
  const codes = [...new Set(silent.map(({ problem }) => problem.code))];
  return [
    {
      code: 'cluster-not-seen',
      subject: '',
      severity: 'critical',
      nodes: topology.nodes.map((node) => node.id),
      facts: { count: topology.nodes.length, problems: codes, seen: silent[0]?.problem.seen ?? null },
      evidence: silent.map(({ node, problem }) => ({ node: node.id, says: `${problem.code}: ${problem.seen}` })),
      settling: ONE_MISS,
    },
  ];
};
