import { z } from 'zod';
import { Facts } from './finding.ts';

/**
 * The life of an operation. Every change of status, in a running server and in a replayed journal, goes through `nextStatus`.
 *
 *   queued ──▶ running ──▶ succeeded
 *                │  ▲ └──▶ failed        (a step failed and its operation may not be paused)
 *                ▼  │
 *             pausing ──▶ paused         (finishes what is in flight, starts no more)
 *                │            │
 *                ▼            ▼
 *             cancelling ──▶ cancelled   (stops at the next safe point; what was moved stays moved)
 *
 * A paused operation still holds its cluster: nothing else may change it until it is resumed or cancelled.
 * A resumed, cancelled or taken-over operation keeps its journal; `taken-over` is no status but an event.
 */
export const OperationStatus = z.enum([
  'queued',
  'running',
  'pausing',
  'paused',
  'cancelling',
  'succeeded',
  'failed',
  'cancelled',
]);
export type OperationStatus = z.infer<typeof OperationStatus>;

/** Why it paused or failed; wording is made at the edge. */
export const OperationProblem = z.object({
  code: z.string(),
  message: z.string(),
  facts: Facts,
});
export type OperationProblem = z.infer<typeof OperationProblem>;

export type StatusCause =
  | 'start'
  | 'pause-asked'
  | 'resume-asked'
  | 'cancel-asked'
  | 'came-to-rest'
  | 'step-needs-a-person'
  | 'steps-done'
  | 'gave-up';

const TABLE: Record<OperationStatus, Partial<Record<StatusCause, OperationStatus>>> = {
  queued: { start: 'running', 'pause-asked': 'paused', 'cancel-asked': 'cancelled', 'gave-up': 'failed' },
  running: {
    'pause-asked': 'pausing',
    'cancel-asked': 'cancelling',
    'step-needs-a-person': 'paused',
    'steps-done': 'succeeded',
    'gave-up': 'failed',
  },
  pausing: {
    'came-to-rest': 'paused',
    'resume-asked': 'running',
    'cancel-asked': 'cancelling',
    'step-needs-a-person': 'paused',
    'steps-done': 'succeeded',
    'gave-up': 'failed',
  },
  paused: { 'resume-asked': 'running', 'cancel-asked': 'cancelling', 'gave-up': 'failed' },
  cancelling: {
    'came-to-rest': 'cancelled',
    'step-needs-a-person': 'paused',
    'steps-done': 'succeeded',
    'gave-up': 'failed',
  },
  succeeded: {},
  failed: {},
  cancelled: {},
};

/** The status that follows, or null where the cause makes no sense in this status. */
export function nextStatus(status: OperationStatus, cause: StatusCause): OperationStatus | null {
  return TABLE[status][cause] ?? null;
}

export function isEnded(status: OperationStatus): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}

/** For whose sake a move goes slower than its pace allows. */
export const Slowing = z.enum(['clients', 'replication', 'memory']);
export type Slowing = z.infer<typeof Slowing>;

/** How a move under way is paced; milliseconds, null where nothing was measured yet. */
export const Pacing = z.object({
  /** For how long a client may have to wait because of the move. */
  budgetMs: z.number(),
  /** The longest that a command of ours, sent as a client sends one, waited of late beyond its round trip. */
  waitMs: z.number().nullable(),
  /** For how long one MIGRATE holds up its source, on average. */
  stallMs: z.number().nullable(),
  /** Share of the time in which the move may hold up its source; 1: as fast as its pace goes. */
  share: z.number(),
  slowedBy: Slowing.nullable(),
});
export type Pacing = z.infer<typeof Pacing>;

/** Numbers of an operation under way. Null where it was not counted beforehand. */
export const Progress = z.object({
  slotsDone: z.number().int(),
  slotsTotal: z.number().int(),
  keysDone: z.number().int(),
  keysTotal: z.number().int().nullable(),
  bytesDone: z.number().nullable(),
  bytesTotal: z.number().nullable(),
  /** Over the last ten seconds. */
  slotsPerSecond: z.number().nullable(),
  keysPerSecond: z.number().nullable(),
  bytesPerSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  /** Absent, or null, while nothing is paced: a server that moves slots by itself paces them by itself. */
  pacing: Pacing.nullable().optional(),
  /** Per pair of source and target. */
  pairs: z.array(
    z.object({
      from: z.string(),
      to: z.string(),
      slotsDone: z.number().int(),
      slotsTotal: z.number().int(),
      keysDone: z.number().int(),
      keysTotal: z.number().int().nullable(),
      /** Slots open now, in print (`2893-2896`), and what they wait for. */
      inFlight: z.string(),
      phase: z.string(),
    }),
  ),
});
export type Progress = z.infer<typeof Progress>;
