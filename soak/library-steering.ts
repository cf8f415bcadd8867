import { setTimeout as wait } from 'node:timers/promises';
import { openConnections } from '@slotdeck/cluster/connection/node-connections';
import { mergeViews } from '@slotdeck/cluster/observe/merge-views';
import { createObserver } from '@slotdeck/cluster/observe/observe-cluster';
import { planReshard } from '@slotdeck/cluster/plan/reshard';
import type { Clock } from '@slotdeck/model/clock';
import { ClusterId, OperationId, PlanId } from '@slotdeck/model/ids';
import { isBlocked } from '@slotdeck/model/plan';
import { moveSlotsOperation } from '@slotdeck/operations/catalog/move-slots';
import { createMemoryStore } from '@slotdeck/operations/engine/memory-journal';
import { createRunner } from '@slotdeck/operations/engine/operations-runner';
import type { RealCluster } from '@slotdeck/testkit/real-cluster';
import type { Steering } from './steering.ts';

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    await wait(ms, undefined, signal === undefined ? {} : { signal });
  },
};

const clusterId = ClusterId.parse('cl-soak');
const id = OperationId.parse('op-soak');

/** The library in this process, without a server. `say` hears of every event but the finished steps. */
export function steerByLibrary(cluster: RealCluster, say: (text: string) => void): Steering {
  const calls = openConnections({});
  const seeds = cluster.nodes.map(({ host, port }) => ({ host, port }));
  const observer = createObserver({ calls, clock, seeds });
  const look = async () => (await observer.round({ depth: 'map' })).views;
  const runner = createRunner({
    ...createMemoryStore({ clock }),
    clock,
    holder: 'soak',
    definitions: [moveSlotsOperation({ findCluster: () => ({ calls, migrateAuth: null, look }) })],
    onFault: (error) => {
      throw error;
    },
  });
  runner.subscribe((news) => {
    if (news.type === 'event' && !['step-done', 'counted', 'step-started', 'created'].includes(news.event.type))
      say(JSON.stringify(news.event));
  });

  return {
    async start({ slots, to, pace }) {
      const plan = planReshard({
        planId: PlanId.parse('pl-soak'),
        topology: mergeViews(await look(), { clusterId, previous: null, now: clock.now() }),
        params: { slots, from: ['all'], to: [to] },
        weights: new Map(),
        stats: [],
        pace: 'balanced',
        now: clock.now(),
        createdBy: 'soak',
        parent: null,
      });
      if (isBlocked(plan)) throw new Error(`the plan is blocked: ${JSON.stringify(plan.problems)}`);
      const started = runner.start({ id, plan, by: 'soak', pace });
      if (!started.ok) throw new Error(`not started: ${started.code}`);
    },
    async look() {
      const view = runner.state(id)?.view;
      if (view === undefined) throw new Error('the operation is gone');
      return { status: view.status, problem: view.problem, slotsDone: view.progress?.slotsDone ?? 0 };
    },
    async resume() {
      runner.resume(id, 'soak');
    },
    async cancel() {
      runner.cancel(id, 'soak');
    },
    async close() {
      await runner.shutdown({ withinMs: 5_000 });
      await calls.close();
    },
  };
}
