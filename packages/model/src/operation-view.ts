import { z } from 'zod';
import type { OperationEvent } from './operation-events.ts';
import { isEnded, nextStatus, OperationProblem, OperationStatus, Progress } from './operation.ts';
import { Pace } from './pace.ts';
import { PlannedStep } from './plan.ts';

/** What anyone sees of an operation: the fold of its events. The server, the browser and the tests use the same fold. */

export const StepView = z.object({
  step: PlannedStep,
  state: z.enum(['waiting', 'running', 'retrying', 'done', 'skipped', 'failed']),
  attempt: z.number().int(),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  problem: OperationProblem.nullable(),
});
export type StepView = z.infer<typeof StepView>;

export const OperationView = z.object({
  kind: z.string(),
  planId: z.string(),
  createdBy: z.string(),
  createdAt: z.number(),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  status: OperationStatus,
  /** Why it is paused or failed; null while it runs. */
  problem: OperationProblem.nullable(),
  /** Who asked for the last pause, resume or cancel. */
  askedBy: z.string().nullable(),
  /** What was asked and not yet reached: only `cancel` outlives a pause. */
  cancelAsked: z.boolean(),
  pace: Pace.or(z.string()),
  steps: z.array(StepView),
  takenOverAt: z.number().nullable(),
  notes: z.array(
    z.object({
      at: z.number(),
      code: z.string(),
      step: z.string().nullable(),
      facts: z.record(z.string(), z.unknown()),
    }),
  ),
  progress: Progress.nullable(),
  /** Index of the last event folded in; -1 before the first. */
  lastIndex: z.number().int(),
});
export type OperationView = z.infer<typeof OperationView>;

/** The journal says something that cannot have happened: it is damaged, or two writers wrote it. */
export class ImpossibleHistory extends Error {
  readonly code = 'impossible-history';
  readonly facts: { index: number; type: string; status: string; reason: string };
  constructor(facts: { index: number; type: string; status: string; reason: string }) {
    super(`Event ${facts.index} (${facts.type}) cannot follow status ${facts.status}: ${facts.reason}`);
    this.facts = facts;
  }
}

const NOTES_KEPT = 200;

export const emptyView: OperationView = {
  kind: '',
  planId: '',
  createdBy: '',
  createdAt: 0,
  startedAt: null,
  endedAt: null,
  status: 'queued',
  problem: null,
  askedBy: null,
  cancelAsked: false,
  pace: 'balanced',
  steps: [],
  takenOverAt: null,
  notes: [],
  progress: null,
  lastIndex: -1,
};

/**
 * Adds one event. Pure; returns a new view.
 * @throws ImpossibleHistory when the index has a gap, the status cannot change so, or a step is named that does not exist.
 */
export function fold(view: OperationView, event: OperationEvent): OperationView {
  const refuse = (reason: string): ImpossibleHistory =>
    new ImpossibleHistory({ index: event.index, type: event.type, status: view.status, reason });
  if (event.index !== view.lastIndex + 1) throw refuse(`index ${view.lastIndex + 1} expected`);
  if (event.index === 0 && event.type !== 'created') throw refuse('the first event is not "created"');
  if (event.index > 0 && isEnded(view.status)) throw refuse('the operation has ended');
  const next: OperationView = { ...view, lastIndex: event.index };

  const changeStep = (id: string, change: (step: StepView) => StepView): OperationView => {
    if (!view.steps.some((each) => each.step.id === id)) throw refuse(`no step ${id}`);
    return { ...next, steps: view.steps.map((each) => (each.step.id === id ? change(each) : each)) };
  };

  switch (event.type) {
    case 'created':
      if (event.index !== 0) throw refuse('created twice');
      return {
        ...next,
        kind: event.kind,
        planId: event.planId,
        createdBy: event.by,
        createdAt: event.at,
        steps: event.steps.map((step) => ({
          step,
          state: 'waiting',
          attempt: 0,
          startedAt: null,
          endedAt: null,
          problem: null,
        })),
      };
    case 'status': {
      const follows = nextStatus(view.status, event.cause);
      if (follows !== event.status)
        throw refuse(`${event.cause} leads to ${follows ?? 'nothing'}, not ${event.status}`);
      return {
        ...next,
        status: event.status,
        problem: event.problem,
        askedBy: event.by ?? view.askedBy,
        cancelAsked: event.cause === 'cancel-asked' ? true : event.cause === 'resume-asked' ? false : view.cancelAsked,
        // One that was paused before it began starts with its first resume.
        startedAt: view.startedAt ?? (event.status === 'running' ? event.at : null),
        endedAt: isEnded(event.status) ? event.at : null,
      };
    }
    case 'step-started':
      return changeStep(event.step, (step) => ({
        ...step,
        state: 'running',
        attempt: event.attempt,
        startedAt: step.startedAt ?? event.at,
        endedAt: null,
        problem: null,
      }));
    case 'step-retrying':
      return changeStep(event.step, (step) => ({
        ...step,
        state: 'retrying',
        attempt: event.attempt,
        problem: event.problem,
      }));
    case 'step-done':
      return changeStep(event.step, (step) => ({ ...step, state: 'done', endedAt: event.at, problem: null }));
    case 'step-skipped':
      return changeStep(event.step, (step) => ({ ...step, state: 'skipped', endedAt: event.at, problem: null }));
    case 'step-failed':
      return changeStep(event.step, (step) => ({
        ...step,
        state: 'failed',
        endedAt: event.at,
        problem: event.problem,
      }));
    case 'taken-over':
      return { ...next, takenOverAt: event.at };
    case 'note':
      return {
        ...next,
        notes: [...view.notes, { at: event.at, code: event.code, step: event.step, facts: event.facts }].slice(
          -NOTES_KEPT,
        ),
      };
    case 'pace':
      return { ...next, pace: event.pace };
    case 'counted':
      return { ...next, progress: event.progress };
  }
}

export function foldAll(events: readonly OperationEvent[], from: OperationView = emptyView): OperationView {
  return events.reduce(fold, from);
}
