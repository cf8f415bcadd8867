import { z } from 'zod';
import { OperationProblem, OperationStatus, Progress } from './operation.ts';
import { Facts } from './finding.ts';
import { PlannedStep } from './plan.ts';

/**
 * What is kept of an operation: events with an index that grows by one, written to the journal before anyone hears of them.
 * Progress and transcript lines are not events: progress is replaceable (the last one counts) and the transcript is long.
 */
const base = { index: z.number().int().min(0), at: z.number() };

export const OperationEvent = z.discriminatedUnion('type', [
  z.object({
    ...base,
    type: z.literal('created'),
    kind: z.string(),
    planId: z.string(),
    by: z.string(),
    steps: z.array(PlannedStep),
  }),
  z.object({
    ...base,
    type: z.literal('status'),
    status: OperationStatus,
    cause: z.enum([
      'start',
      'pause-asked',
      'resume-asked',
      'cancel-asked',
      'came-to-rest',
      'step-needs-a-person',
      'steps-done',
      'gave-up',
    ]),
    by: z.string().nullable(),
    problem: OperationProblem.nullable(),
  }),
  z.object({ ...base, type: z.literal('step-started'), step: z.string(), attempt: z.number().int().min(1) }),
  z.object({
    ...base,
    type: z.literal('step-retrying'),
    step: z.string(),
    attempt: z.number().int(),
    problem: OperationProblem,
    inMs: z.number(),
  }),
  z.object({ ...base, type: z.literal('step-done'), step: z.string(), facts: Facts }),
  z.object({ ...base, type: z.literal('step-skipped'), step: z.string(), facts: Facts }),
  z.object({ ...base, type: z.literal('step-failed'), step: z.string(), problem: OperationProblem }),
  /** A server started, found this operation unfinished and compared it with the cluster. */
  z.object({ ...base, type: z.literal('taken-over'), fence: z.number().int(), facts: Facts }),
  /** Something worth knowing that changes nothing: a node fell behind, a key was found on both sides and is equal. */
  z.object({ ...base, type: z.literal('note'), code: z.string(), step: z.string().nullable(), facts: Facts }),
  z.object({ ...base, type: z.literal('pace'), pace: z.string(), by: z.string().nullable() }),
  /** Numbers at a step's end, so that they survive a restart. */
  z.object({ ...base, type: z.literal('counted'), progress: Progress }),
]);
export type OperationEvent = z.infer<typeof OperationEvent>;

/** An event before the journal gave it its index and time. */
export type NewOperationEvent = OperationEvent extends infer E
  ? E extends OperationEvent
    ? Omit<E, 'index' | 'at'>
    : never
  : never;

/** One command that was sent, or one wait. Secrets are masked before a line is made. */
export const TranscriptLine = z.object({
  index: z.number().int().min(0),
  at: z.number(),
  node: z.string(),
  /** Words as sent; long key lists are cut and `more` counts the rest. */
  command: z.array(z.string()),
  more: z.number().int().min(0),
  reply: z.string(),
  outcome: z.enum(['ok', 'error', 'waited']),
  ms: z.number(),
  step: z.string().nullable(),
});
export type TranscriptLine = z.infer<typeof TranscriptLine>;
