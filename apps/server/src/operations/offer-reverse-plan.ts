import type { Clock } from '@slotdeck/model/clock';
import type { OperationId } from '@slotdeck/model/ids';
import { isEnded } from '@slotdeck/model/operation';
import type { OperationsRunner } from '@slotdeck/operations/engine/operations-runner';
import { makeReversePlan } from '@slotdeck/operations/planning/make-plan';
import { ApiError } from '@slotdeck/contract/errors';
import { drawPlanId } from '../access/random-ids.ts';
import type { ImportSources } from '../clusters/import-sources.ts';
import type { ClusterRegistry } from '../clusters/cluster-registry.ts';
import type { OperationStore } from '../store/operation-journal.ts';
import type { Plans } from '../store/plans.ts';
import { planSite } from './look-for-plan.ts';

export interface ReverseOffers {
  /** Makes and keeps the reverse plan of an operation that has ended, once. */
  offer(id: OperationId): Promise<void>;
  /** Resolves when nothing is being made any more. */
  idle(): Promise<void>;
}

interface Parts {
  clusters: Pick<ClusterRegistry, 'get'>;
  plans: Pick<Plans, 'add'>;
  imports: ImportSources;
  operations: OperationStore;
  runner: Pick<OperationsRunner, 'state'>;
  together: <T>(work: () => T) => T;
  clock: Clock;
  /** A reverse plan is there now: whoever shows the operation shows it anew. */
  onOffered: (id: OperationId) => void;
  onFault: (error: unknown, id: OperationId) => void;
}

/** When an operation ends or is cancelled with something moved, the way back is worked out while everything is fresh. */
export function makeReverseOffers(parts: Parts): ReverseOffers {
  const { clusters, plans, imports, operations, runner, clock } = parts;
  const underWay = new Map<OperationId, Promise<void>>();

  async function make(id: OperationId): Promise<void> {
    const state = runner.state(id);
    if (state === null || !isEnded(state.view.status) || operations.reversePlans.of(id) !== null) return;
    const cluster = clusters.get(state.record.clusterId);
    if (cluster === null) return;
    const parent = { plan: state.record.plan.id, operation: id, relation: 'reverses' } as const;
    const plan = await makeReversePlan(planSite(cluster, imports), operations.journal.events(id), {
      planId: drawPlanId(),
      createdBy: state.view.createdBy,
      parent,
      now: clock.now(),
    });
    if (plan === null) return;
    parts.together(() => {
      plans.add(plan);
      operations.reversePlans.set(id, plan.id);
    });
    parts.onOffered(id);
  }

  return {
    offer(id) {
      const known = underWay.get(id);
      if (known !== undefined) return known;
      const work = make(id)
        .catch((error: unknown) => {
          // A cluster that does not answer now can be asked again with a plan of kind `reverse`; anything else is logged.
          if (!(error instanceof ApiError && error.code === 'cluster-not-seen')) parts.onFault(error, id);
        })
        .finally(() => underWay.delete(id));
      underWay.set(id, work);
      return work;
    },
    async idle() {
      await Promise.all(underWay.values());
    },
  };
}
