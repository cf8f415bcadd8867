import type { NodeHealth, TopologyNode, ViewProblem } from '@slotdeck/model/topology';

/** Problems that are an answer, though not the one we want: the process is there and turns us away. */
const refusals: ReadonlySet<ViewProblem['code']> = new Set([
  'wrong-password',
  'password-required',
  'no-permission',
  'tls-required',
  'tls-not-spoken',
  'tls-untrusted',
  'not-redis',
  'not-a-cluster',
  'broken-reply',
  'other-error',
]);

export type HealthFacts = Pick<
  TopologyNode,
  'flags' | 'failedBy' | 'suspectedBy' | 'unlinkedFrom' | 'unknownTo' | 'view' | 'replication' | 'role' | 'host'
>;

/**
 * One word for a node, the worst that holds. `failedByMajority`: enough voters print `fail` for it. One that prints it alone has heard
 * of a majority, but for a node that answers us that is old news and only a suspicion.
 */
export function healthOf(node: HealthFacts, failedByMajority: boolean): NodeHealth {
  if (failedByMajority || (node.failedBy.length > 0 && node.view.state !== 'answered')) return 'failed';
  if (node.view.state === 'silent' && node.view.problem.code === 'loading') return 'loading';
  if (node.view.state === 'silent') return refusals.has(node.view.problem.code) ? 'refuses' : 'no-answer';
  if (node.suspectedBy.length > 0 || node.failedBy.length > 0) return 'suspected';
  if (node.host === '' || node.flags.includes('noaddr')) return 'no-address';
  if (node.flags.includes('handshake')) return 'handshake';
  if (node.view.state === 'not-asked') return 'unknown';
  if (node.replication?.loading === true) return 'loading';
  if (node.unlinkedFrom.length > 0 || node.unknownTo.length > 0) return 'half-linked';
  if (node.role === 'replica' && node.replication?.syncing === true) return 'syncing';
  if (node.role === 'replica' && node.replication?.link === 'down') return 'link-down';
  return 'healthy';
}
