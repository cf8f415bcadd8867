import type { Call } from '@slotdeck/contract/client';
import { OperationId, type ClusterId } from '@slotdeck/model/ids';
import { isBlocked } from '@slotdeck/model/plan';
import { Pace } from '@slotdeck/model/pace';
import type { RealCluster } from '@slotdeck/testkit/real-cluster';
import type { OperationSeen, Steering } from './steering.ts';

/** A reshard as a person makes it: through the server's API. Closing the server is left to whoever started it. */
export async function steerByConsole(call: Call, cluster: RealCluster): Promise<Omit<Steering, 'close'>> {
  const added = await call('addCluster', { body: { name: 'soak', seeds: cluster.seeds.slice(0, 2) } });
  const clusterId: ClusterId = added.id;
  let operationId: OperationId | null = null;

  function started(): OperationId {
    if (operationId === null) throw new Error('nothing was started');
    return operationId;
  }

  return {
    async start({ slots, to, pace, driver }) {
      const body = { kind: 'reshard' as const, params: { slots, from: ['all'], to: [to], driver } };
      const plan = await call('makePlan', { params: { clusterId }, body });
      if (isBlocked(plan)) throw new Error(`the plan is blocked: ${JSON.stringify(plan.problems)}`);
      const reply = await call('startOperation', {
        params: { clusterId },
        body: { planId: plan.id, pace: Pace.parse(pace) },
      });
      operationId = OperationId.parse(reply.id);
    },
    async look(): Promise<OperationSeen> {
      const { status, error, progress } = await call('getOperation', { params: { operationId: started() } });
      return { status, problem: error, slotsDone: progress?.slotsDone ?? 0 };
    },
    async resume() {
      await call('resumeOperation', { params: { operationId: started() } });
    },
    async history() {
      const { events } = await call('getOperationEvents', {
        params: { operationId: started() },
        query: { limit: 5_000 },
      });
      return events
        .filter(({ type }) => type !== 'created' && type !== 'counted')
        .slice(-60)
        .map((event) => JSON.stringify(event))
        .join('\n');
    },
    async cancel() {
      await call('cancelOperation', { params: { operationId: started() } });
    },
  };
}
