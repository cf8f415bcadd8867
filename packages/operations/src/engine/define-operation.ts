import type { Clock } from '@slotdeck/model/clock';
import type { Facts } from '@slotdeck/model/finding';
import type { ClusterId, OperationId } from '@slotdeck/model/ids';
import type { OperationProblem, Progress } from '@slotdeck/model/operation';
import type { OperationEvent } from '@slotdeck/model/operation-events';
import type { OperationView } from '@slotdeck/model/operation-view';
import type { Plan, PlannedStep } from '@slotdeck/model/plan';
import type { NewTranscriptLine } from './journal.ts';

/** What a person, or the end of the process, asks of a component that is at work. The end of the process looks like a pause. */
export type Asked = 'go-on' | 'pause' | 'cancel';

/** How one attempt at a step ended. Every component can be run again from any of these, and from being cut off anywhere. */
export type StepOutcome =
  | { readonly kind: 'done'; readonly facts: Facts }
  /** Nothing had to be done; the facts say why. */
  | { readonly kind: 'skipped'; readonly facts: Facts }
  /** Came to rest at a safe point because of `asked()`; some of the step is left. */
  | { readonly kind: 'stopped' }
  /** May well succeed when tried again. A step with `onFailure: 'pause'` is not tried again by itself. */
  | { readonly kind: 'retry'; readonly problem: OperationProblem }
  /** Pauses the operation: trying again by itself would be a guess. */
  | { readonly kind: 'needs-a-person'; readonly problem: OperationProblem }
  /** Ends the operation as failed and frees the cluster. Only for a step that left nothing half done. */
  | { readonly kind: 'gave-up'; readonly problem: OperationProblem };

/** What a component may use of the engine. Everything that writes throws `JournalError`, which a component lets pass. */
export interface StepContext {
  readonly operationId: OperationId;
  readonly clusterId: ClusterId;
  readonly plan: Plan;
  readonly clock: Clock;
  readonly attempt: number;
  view(): OperationView;
  /** The whole history, oldest first. */
  events(): readonly OperationEvent[];
  asked(): Asked;
  pace(): string;
  /** Waits, but not longer than until something other than 'go-on' is asked. Never rejects. */
  wait(ms: number): Promise<void>;
  /** Aborted once something other than 'go-on' was asked during this attempt. For waits; never to cut off a change half way. */
  readonly signal: AbortSignal;
  /** Aborted when this process may not act any more: the journal cannot be written, or another process has taken over. Cuts off at once. */
  readonly stopNow: AbortSignal;
  /** Written down before it returns. */
  note(code: string, facts: Facts): void;
  progress(progress: Progress): void;
  transcript(line: Omit<NewTranscriptLine, 'step'>): void;
}

export interface StepComponent {
  run(step: PlannedStep, context: StepContext): Promise<StepOutcome>;
}

/** What the cluster says about an operation found unfinished by a new process. Only looks. */
export type Reconciliation =
  { readonly kind: 'go-on'; readonly facts: Facts } | { readonly kind: 'pause'; readonly problem: OperationProblem };

/** How a cancelled operation left the cluster. */
export type Settlement =
  | { readonly kind: 'clean'; readonly facts: Facts }
  | { readonly kind: 'retry'; readonly problem: OperationProblem }
  | { readonly kind: 'needs-a-person'; readonly problem: OperationProblem };

/** An operation is data: which steps a plan has, and what carries each of them out. */
export interface OperationDefinition {
  /** The kind of plan it carries out. */
  readonly kind: string;
  steps(plan: Plan): readonly PlannedStep[];
  readonly components: Readonly<Record<string, StepComponent>>;
  /**
   * Which of the steps that wait, in their order, may begin while those others are at work; absent: one after the other. Never asked
   * with nothing at work.
   */
  readonly beside?: (waiting: readonly PlannedStep[], atWork: readonly PlannedStep[]) => PlannedStep | null;
  /** Called once after a take-over of a running operation, before any step. */
  reconcile(context: StepContext): Promise<Reconciliation>;
  /** Called when a cancel was asked and no step is at work: leaves nothing half done. Safe to repeat. */
  settle(context: StepContext): Promise<Settlement>;
}
