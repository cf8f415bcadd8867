import { ClusterId, NodeId, OperationId, PlanId } from '@slotdeck/model/ids';
import type { Plan, PlannedStep } from '@slotdeck/model/plan';
import type { OperationDefinition, StepContext, StepOutcome } from '../src/engine/define-operation.ts';

/** A cluster that is a set of letters, and an operation that writes them one by one: all that the engine needs to be tried. */

export const clusterId = ClusterId.parse('cl-test');
export const operationId = OperationId.parse('op-test');
const node = NodeId.parse('a'.repeat(40));

export function fakeStep(id: string, onFailure: PlannedStep['onFailure'] = 'retry'): PlannedStep {
  return { id, title: `Write ${id}`, component: 'write', onFailure, facts: {}, move: null };
}

export function fakePlan(steps: readonly PlannedStep[], id = 'pl-test'): Plan {
  return {
    id: PlanId.parse(id),
    clusterId,
    kind: 'reshard',
    createdAt: 0,
    createdBy: 'ada',
    params: { count: 1, from: ['all'], to: [node] },
    parent: null,
    basis: { topologyVersion: 1, observedAt: 0, nodes: [] },
    moves: [],
    before: [],
    after: [],
    slots: 0,
    keys: null,
    bytes: null,
    estimate: null,
    problems: [],
    commands: [],
    steps: [...steps],
  };
}

export interface FakeWorld {
  /** What was written, in order, with repeats. */
  readonly written: string[];
  /** Letters begun and not finished: what a settled or finished operation must not leave. */
  readonly open: Set<string>;
  /** Runs before each of the three moments of a step and may throw, wait or answer an outcome in its place. */
  hook: (step: string, moment: 'look' | 'begin' | 'end', context: StepContext) => Promise<StepOutcome | null>;
}

export function fakeWorld(): FakeWorld {
  return { written: [], open: new Set(), hook: async () => null };
}

export function fakeDefinition(world: FakeWorld): OperationDefinition {
  return {
    kind: 'reshard',
    steps: (plan) => plan.steps,
    components: {
      write: {
        async run(step, context) {
          const early = await world.hook(step.id, 'look', context);
          if (early !== null) return early;
          if (world.written.includes(step.id) && !world.open.has(step.id))
            return { kind: 'skipped', facts: { found: true } };
          if (context.asked() !== 'go-on' && !world.open.has(step.id)) return { kind: 'stopped' };
          world.open.add(step.id);
          const halfway = await world.hook(step.id, 'begin', context);
          if (halfway !== null) return halfway;
          if (!world.written.includes(step.id)) world.written.push(step.id);
          const late = await world.hook(step.id, 'end', context);
          if (late !== null) return late;
          world.open.delete(step.id);
          return { kind: 'done', facts: { letter: step.id } };
        },
      },
    },
    async reconcile() {
      return { kind: 'go-on', facts: { open: [...world.open] } };
    },
    async settle() {
      for (const step of world.open) if (!world.written.includes(step)) world.written.push(step);
      world.open.clear();
      return { kind: 'clean', facts: {} };
    },
  };
}
