import { z } from 'zod';
import type { ActContext } from '@slotdeck/cluster/act/act-context';
import { dissolveMembers } from '@slotdeck/cluster/act/dissolve-cluster';
import {
  configureMembers,
  followPrimaries,
  introduceMembers,
  verifyMembers,
  type NewMember,
} from '@slotdeck/cluster/act/found-cluster';
import { ActFailure } from '@slotdeck/cluster/act/move-problems';
import { lookAtCandidate } from '@slotdeck/cluster/observe/candidate';
import { judgeCandidate } from '@slotdeck/cluster/plan/judge-candidate';
import type { Facts } from '@slotdeck/model/finding';
import { NodeId } from '@slotdeck/model/ids';
import type { Plan, PlannedStep } from '@slotdeck/model/plan';
import { parseSlotRanges } from '@slotdeck/model/slot-ranges';
import type {
  OperationDefinition,
  Settlement,
  StepComponent,
  StepContext,
  StepOutcome,
} from '../engine/define-operation.ts';
import { outcomeOf } from './act-outcome.ts';
import type { FindCluster } from './cluster-to-change.ts';
import { changeContext } from './move-acting.ts';
import { clusterUnknown } from './move-trouble.ts';

/** What the planner wrote into the steps: the members, column by column. */
const Columns = z.object({
  ids: z.array(NodeId),
  names: z.array(z.string()),
  hosts: z.array(z.string()),
  ports: z.array(z.coerce.number().int()),
  epochs: z.array(z.coerce.number().int()),
  slots: z.array(z.string()),
  primaries: z.array(z.union([z.literal(''), NodeId])),
});

function readMembers(facts: unknown): NewMember[] {
  const { ids, names, hosts, ports, epochs, slots, primaries } = Columns.parse(facts);
  return ids.map((id, at): NewMember => {
    const ranges = parseSlotRanges(slots[at] ?? '');
    const primary = primaries[at] ?? '';
    return {
      id,
      name: names[at] ?? id,
      address: { host: hosts[at] ?? '', port: ports[at] ?? 0 },
      epoch: epochs[at] ?? 0,
      slots: ranges.ok ? ranges.slots : [],
      primary: primary === '' ? null : primary,
    };
  });
}

function membersOf(plan: Plan): NewMember[] {
  const step = plan.steps.find(({ component }) => component === 'configure');
  return step === undefined ? [] : readMembers(step.facts);
}

/** Nothing was sent to the nodes yet. */
const hasBegun = (context: StepContext): boolean =>
  context.view().steps.some(({ step, attempt }) => step.component !== 'check' && attempt > 0);

/**
 * Empty nodes become a cluster. What it acts on are the nodes of its plan, since there is no cluster yet that could name them. A cancel
 * takes all of them back to what they were.
 */
export function createClusterOperation(findCluster: FindCluster): OperationDefinition {
  const contextFor = (context: StepContext, members: readonly NewMember[]): ActContext | null => {
    const cluster = findCluster(context.clusterId);
    return cluster === null ? null : changeContext(cluster, members, context);
  };
  const component = (act: (members: readonly NewMember[], context: ActContext) => Promise<Facts>): StepComponent => ({
    run: async (step: PlannedStep, context: StepContext): Promise<StepOutcome> => {
      const members = readMembers(step.facts);
      const acting = contextFor(context, members);
      if (acting === null) return { kind: 'needs-a-person', problem: clusterUnknown(context) };
      return outcomeOf(() => act(members, acting));
    },
  });

  return {
    kind: 'create',
    steps: (plan) => plan.steps,
    components: {
      check: {
        run: async (_, context) => {
          if (hasBegun(context)) return { kind: 'skipped', facts: { reason: 'changes have begun' } };
          const members = membersOf(context.plan);
          const acting = contextFor(context, members);
          if (acting === null) return { kind: 'needs-a-person', problem: clusterUnknown(context) };
          return checkStillEmpty(members, acting);
        },
      },
      configure: component(configureMembers),
      introduce: component(introduceMembers),
      replicate: component(followPrimaries),
      verify: component(verifyMembers),
    },
    // Every step looks for itself before it acts.
    reconcile: async () => ({ kind: 'go-on', facts: {} }),
    settle: async (context): Promise<Settlement> => {
      if (!hasBegun(context)) return { kind: 'clean', facts: { reset: 0 } };
      const members = membersOf(context.plan);
      const acting = contextFor(context, members);
      if (acting === null) return { kind: 'needs-a-person', problem: clusterUnknown(context) };
      try {
        const { reset, left } = await dissolveMembers(members, acting);
        if (left.length > 0) context.note('nodes-not-reset', { names: [...left] });
        return { kind: 'clean', facts: { reset, left: [...left] } };
      } catch (error) {
        if (!(error instanceof ActFailure)) throw error;
        return { kind: error.mayRetry ? 'retry' : 'needs-a-person', problem: error.problem };
      }
    },
  };
}

/** A node that was written to, met or renamed since the plan was made ends the operation before anything is sent. */
async function checkStillEmpty(members: readonly NewMember[], acting: ActContext): Promise<StepOutcome> {
  const candidates = await Promise.all(
    members.map(({ address }) => lookAtCandidate(acting.calls, acting.clock, address)),
  );
  const changes = candidates.flatMap((candidate, at) => {
    const member = members[at];
    const problems = judgeCandidate(candidate, 'primary').map(({ message }) => message);
    if (candidate.state === 'answered' && candidate.id !== member?.id) {
      problems.push(`${member?.name ?? ''} is another node now (${candidate.id}).`);
    }
    return problems;
  });
  if (changes.length === 0) return { kind: 'done', facts: { empty: members.length } };
  return {
    kind: 'gave-up',
    problem: {
      code: 'plan-stale',
      message: `The nodes have changed since the plan was made: ${changes.join(' ')} Nothing was sent.`,
      facts: { changes },
    },
  };
}
