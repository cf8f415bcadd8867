import type { NodeView } from '@slotdeck/cluster/observe/node-view';
import { clusterHealth, type ClusterHealth, type Finding } from '@slotdeck/model/finding';
import type { NodeStats, Topology, ViewProblem } from '@slotdeck/model/topology';

/** What is known of a cluster now. Replaced whole after each round, never changed in place. */
export interface ObservedState {
  topology: Topology | null;
  findings: readonly Finding[];
  stats: readonly NodeStats[];
  views: readonly NodeView[];
  /** When the last round ended, epoch ms. */
  observedAt: number | null;
  /** When a node last answered. */
  lastSeenAt: number | null;
  health: ClusterHealth;
  healthSince: number | null;
  /** Why nobody answers, when nobody does. */
  problem: ViewProblem | null;
}

export const nothingSeen: ObservedState = {
  topology: null,
  findings: [],
  stats: [],
  views: [],
  observedAt: null,
  lastSeenAt: null,
  health: 'unknown',
  healthSince: null,
  problem: null,
};

export function healthOf(topology: Topology | null, findings: readonly Finding[]): ClusterHealth {
  return clusterHealth(findings, topology?.answered ?? 0, topology?.nodes.length ?? 0);
}

/** The most telling reason among silent nodes when none answers: what was refused says more than what was not reached. */
export function whyNobodyAnswers(views: readonly NodeView[]): ViewProblem | null {
  if (views.some((view) => view.state === 'answered')) return null;
  const problems = views.flatMap((view) => (view.state === 'silent' ? [view.problem] : []));
  const vague = new Set(['timeout', 'connection-refused', 'unreachable', 'connection-closed']);
  return problems.find((problem) => !vague.has(problem.code)) ?? problems[0] ?? null;
}
