import { mkdtempSync, rmSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openConnections } from '@slotdeck/cluster/connection/node-connections';
import type { NodeAddress } from '@slotdeck/cluster/connection/node-calls';
import { createObserver } from '@slotdeck/cluster/observe/observe-cluster';
import { mergeViews } from '@slotdeck/cluster/observe/merge-views';
import { statsFromViews } from '@slotdeck/cluster/observe/stats-from-views';
import { ClusterId, OperationId, PlanId } from '@slotdeck/model/ids';
import type { Pace } from '@slotdeck/model/pace';
import { isBlocked, type PlanAsked } from '@slotdeck/model/plan';
import { operationCatalog } from '@slotdeck/operations/catalog/catalog';
import { openFileStore } from '@slotdeck/operations/engine/file-journal';
import { createRunner } from '@slotdeck/operations/engine/operations-runner';
import { makePlan } from '@slotdeck/operations/planning/make-plan';
import { systemClock } from '../../apps/server/src/system-clock.ts';

const clusterId = ClusterId.parse('cl-bench');

/**
 * What the command line does from its first look to its last verification: connections, plan, journal on disk, steps. Milliseconds.
 * With the priority that the command line gives itself.
 */
export async function carryOut(asked: PlanAsked, seeds: readonly NodeAddress[], pace: Pace): Promise<number> {
  const calls = openConnections({});
  const folder = mkdtempSync(join(tmpdir(), 'slotdeck-bench-'));
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  try {
    const start = performance.now();
    const observer = createObserver({ calls, clock: systemClock, seeds });
    const site = {
      async look() {
        const { views } = await observer.round({ depth: 'full' });
        const topology = mergeViews(views, { clusterId, previous: null, now: systemClock.now() });
        return { topology, stats: statsFromViews([], views), calls };
      },
    };
    const order = { planId: PlanId.parse('pl-bench'), createdBy: 'bench', parent: null, now: systemClock.now() };
    const plan = await makePlan(site, asked, order);
    if (isBlocked(plan)) throw new Error(JSON.stringify(plan.problems));
    const cluster = {
      calls,
      migrateAuth: null,
      look: async () => (await observer.round({ depth: 'map' })).views,
    };
    const runner = createRunner({
      ...openFileStore({ folder, clock: systemClock }),
      definitions: operationCatalog(() => cluster),
      clock: systemClock,
      holder: 'bench',
      onFault: (error) => {
        throw error;
      },
    });
    const id = OperationId.parse('op-bench');
    runner.start({ id, plan, by: 'bench', pace });
    await runner.rested(id);
    const view = runner.state(id)?.view;
    if (view?.status !== 'succeeded')
      throw new Error(`ended as ${view?.status ?? 'nothing'}: ${JSON.stringify(view?.problem)}`);
    return performance.now() - start;
  } finally {
    setPriority(constants.priority.PRIORITY_NORMAL);
    rmSync(folder, { recursive: true });
    await calls.close();
  }
}
