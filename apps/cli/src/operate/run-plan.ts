import { checkPlan } from '@slotdeck/cluster/plan/check-plan';
import { staleFacts } from '@slotdeck/cluster/plan/stale';
import type { NodeAddress } from '@slotdeck/cluster/connection/node-calls';
import { isBlocked } from '@slotdeck/model/plan';
import { movingSlots } from '@slotdeck/operations/catalog/move-journal';
import { openFileStore } from '@slotdeck/operations/engine/file-journal';
import { explainStale } from '@slotdeck/operations/planning/explain-stale';
import { ClusterNotSeen, lookSettled, type Connections } from '../open-cluster.ts';
import type { JournalWork } from '../read-arguments.ts';
import { UsageError } from '../usage-error.ts';
import { isWanted } from './consent.ts';
import { keptPlan } from './kept-plans.ts';
import { launchPlan } from './launch-plan.ts';
import { clock } from './local-runner.ts';
import { refuse, type OperateParts } from './operate-parts.ts';
import { paceNamed } from './operation-request.ts';
import { planLines } from './plan-lines.ts';
import { knownClusters, stateFolder } from './state-folder.ts';

/** Carries out a plan that was kept, as long as the cluster is what the plan was made from. @throws UsageError · ClusterNotSeen */
export async function runPlan(asked: JournalWork, calls: Connections, parts: OperateParts): Promise<0 | 1> {
  const folder = stateFolder(asked.state, parts.env);
  const plan = keptPlan(folder, asked.subject);
  if (plan === null) throw new UsageError(`There is no plan ${asked.subject ?? ''} in ${folder}.`, 'run');
  const pace = paceNamed(asked.pace);
  const { journal } = openFileStore({ folder, clock });
  const earlier = journal.list(plan.clusterId).find((record) => record.plan.id === plan.id);
  if (earlier !== undefined) return refuse(`The plan was run already, as operation ${earlier.id}.`, parts);
  if (!parts.json) parts.out(`${planLines(plan).join('\n')}\n`);
  if (isBlocked(plan)) return refuse('The plan cannot be carried out; nothing was sent.', parts);
  const seeds = knownClusters(folder).find(({ id }) => id === plan.clusterId)?.nodes ?? [];
  const seen = await lookThroughAny(calls, seeds);
  const changes = staleFacts(plan.basis, movingSlots(plan), seen.topology);
  if (changes.length > 0)
    return refuse(`The cluster changed since the plan was made: ${explainStale(changes)}. Make the plan again.`, parts);
  const blockers = plan.moves.length === 0 ? [] : checkPlan(plan, seen.topology).filter(isBlocker);
  if (blockers.length > 0) return refuse(blockers.map(({ message }) => message).join(' '), parts);
  if (!(await isWanted(plan, asked, parts.ask))) return refuse('Nothing was sent.', parts);
  return launchPlan({ plan, pace, folder, topology: seen.topology, access: asked.access }, calls, parts);
}

const isBlocker = ({ severity }: { readonly severity: string }): boolean => severity === 'blocker';

/** Through the first node that the cluster had and that answers. @throws ClusterNotSeen */
async function lookThroughAny(calls: Connections, seeds: readonly NodeAddress[]) {
  let last: ClusterNotSeen | null = null;
  for (const { host, port } of seeds) {
    try {
      return await lookSettled(calls, { host, port });
    } catch (error) {
      if (!(error instanceof ClusterNotSeen)) throw error;
      last = error;
    }
  }
  throw last ?? new ClusterNotSeen('No node of the cluster of this plan is known here.');
}
