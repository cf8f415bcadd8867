import type { ActContext } from '@slotdeck/cluster/act/act-context';
import { staleFacts } from '@slotdeck/cluster/plan/stale';
import type { PlanKind, PlannedStep } from '@slotdeck/model/plan';
import type { Topology } from '@slotdeck/model/topology';
import type { OperationDefinition, StepContext, StepOutcome } from '../engine/define-operation.ts';
import { lookAtCluster, type ClusterToChange, type FindCluster } from './cluster-to-change.ts';
import { actContext } from './move-acting.ts';
import { movingSlots } from './move-journal.ts';
import { clusterUnknown, notSeen, planStale } from './move-trouble.ts';

/** Where a step acts. */
export interface StepSite {
  readonly cluster: ClusterToChange;
  /** As all nodes say at the beginning of this attempt. */
  readonly topology: Topology;
  readonly act: ActContext;
  readonly context: StepContext;
  /** Asks all nodes again. Null when nobody answers. */
  look(): Promise<Topology | null>;
}

/**
 * One kind of step. It is derived from the cluster as it is, never from what an earlier attempt believed, so that it may be cut off
 * anywhere and run again.
 */
export type StepAct = (step: PlannedStep, site: StepSite) => Promise<StepOutcome>;

/**
 * Steps one after the other, each leaving the cluster in a state that can be left as it is: a cancel stops before the next one.
 * The component `check` is given: it refuses a plan whose basis has changed as long as nothing was sent.
 */
export function stepSequence({
  kind,
  findCluster,
  acts,
}: {
  kind: PlanKind;
  findCluster: FindCluster;
  acts: Readonly<Record<string, StepAct>>;
}): OperationDefinition {
  async function at(context: StepContext, work: (site: StepSite) => Promise<StepOutcome>): Promise<StepOutcome> {
    const cluster = findCluster(context.clusterId);
    if (cluster === null) return { kind: 'needs-a-person', problem: clusterUnknown(context) };
    const topology = await lookAtCluster(cluster, context);
    if (topology === null) return { kind: 'retry', problem: notSeen() };
    return work({
      cluster,
      topology,
      context,
      act: actContext(cluster, topology, context),
      look: () => lookAtCluster(cluster, context),
    });
  }

  const check = (_: PlannedStep, context: StepContext): Promise<StepOutcome> =>
    at(context, async ({ topology }) => {
      if (hasBegun(context)) return { kind: 'skipped', facts: { reason: 'changes have begun' } };
      const stale = staleFacts(context.plan.basis, movingSlots(context.plan), topology);
      // Nothing was sent yet that would have to be undone, so the cluster is set free for a new plan.
      if (stale.length > 0) return { kind: 'gave-up', problem: planStale(stale) };
      return { kind: 'done', facts: { answered: topology.answered, nodes: topology.nodes.length } };
    });

  return {
    kind,
    steps: (plan) => plan.steps,
    components: {
      check: { run: check },
      ...Object.fromEntries(
        Object.entries(acts).map(([name, act]) => [
          name,
          { run: (step: PlannedStep, context: StepContext) => at(context, (site) => act(step, site)) },
        ]),
      ),
    },
    // Every step looks for itself before it acts; there is nothing to decide beforehand.
    reconcile: async () => ({ kind: 'go-on', facts: {} }),
    settle: async (context) => ({
      kind: 'clean',
      facts: { done: context.view().steps.flatMap(({ step, state }) => (state === 'done' ? [step.id] : [])) },
    }),
  };
}

/** Once another step has been begun, what differs from the plan may be our own doing; each step judges by itself then. */
function hasBegun(context: StepContext): boolean {
  return context.view().steps.some(({ step, attempt }) => step.component !== 'check' && attempt > 0);
}
