import { z } from 'zod';
import { ClusterId, OperationId, PlanId } from '@slotdeck/model/ids';
import { OperationEvent, TranscriptLine } from '@slotdeck/model/operation-events';
import { OperationProblem, OperationStatus, Progress } from '@slotdeck/model/operation';
import { OperationView } from '@slotdeck/model/operation-view';
import { Pace } from '@slotdeck/model/pace';
import { Plan, type PlanKind, planParams } from '@slotdeck/model/plan';
import type { EndpointTable } from './endpoint.ts';

const ClusterParams = z.object({ clusterId: ClusterId });
const OperationParams = z.object({ operationId: OperationId });

const asked = <K extends PlanKind>(kind: K) =>
  z.strictObject({ kind: z.literal(kind), params: planParams[kind], replaces: PlanId.optional() });

export const PlanRequest = z.discriminatedUnion('kind', [
  asked('reshard'),
  asked('rebalance'),
  asked('drain'),
  asked('create'),
  asked('add-node'),
  asked('remove-node'),
  asked('replicate'),
  asked('detach'),
  asked('failover'),
  asked('fix'),
  asked('set-timeout'),
  asked('import').extend({
    /** Of the server whose keys are to come. Kept encrypted until the import is over; never part of the plan. */
    sourcePassword: z.string().min(1).max(10_000).optional(),
  }),
  /** Brings the slots that an operation moved back to where each came from, as far as they are still where it put them. */
  z.strictObject({ kind: z.literal('reverse'), params: z.strictObject({ operation: OperationId }) }),
]);
export type PlanRequest = z.infer<typeof PlanRequest>;

/** An operation in a list and at the top of its page. */
export const OperationSummary = z.object({
  id: OperationId,
  clusterId: ClusterId,
  planId: PlanId,
  kind: z.string(),
  title: z.string(),
  status: OperationStatus,
  createdAt: z.number(),
  createdBy: z.string(),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  progress: Progress.nullable(),
  /** Why it is paused or failed. */
  error: OperationProblem.nullable(),
  /** A plan that would bring the moved slots back, once it ended with something moved. */
  reversePlanId: PlanId.nullable(),
});
export type OperationSummary = z.infer<typeof OperationSummary>;

export const OperationDetail = OperationSummary.extend({ view: OperationView });
export type OperationDetail = z.infer<typeof OperationDetail>;

const control = (verb: string, summary: string) =>
  ({
    method: 'POST',
    path: `/operations/:operationId/${verb}`,
    summary,
    needs: 'clusters:change',
    params: OperationParams,
    success: 202,
    reply: z.object({ id: OperationId, status: OperationStatus }),
    errors: ['not-found', 'not-in-this-status', 'storage-full', 'storage-failed'],
  }) as const;

export const operationEndpoints = {
  makePlan: {
    method: 'POST',
    path: '/clusters/:clusterId/plans',
    summary: 'Make a plan from the cluster as it is now; nothing is changed',
    needs: 'clusters:change',
    params: ClusterParams,
    body: PlanRequest,
    success: 201,
    reply: Plan,
    errors: ['not-found', 'cluster-not-seen', 'storage-full', 'storage-failed'],
  },
  getPlan: {
    method: 'GET',
    path: '/clusters/:clusterId/plans/:planId',
    summary: 'A plan as it was made, and whether it still holds',
    needs: 'clusters:read',
    params: z.object({ clusterId: ClusterId, planId: PlanId }),
    success: 200,
    reply: z.object({
      plan: Plan,
      stale: z.array(z.object({ code: z.string(), facts: z.record(z.string(), z.unknown()) })),
      startedAs: OperationId.nullable(),
    }),
    errors: ['not-found'],
  },
  listPlans: {
    method: 'GET',
    path: '/clusters/:clusterId/plans',
    summary: 'Plans of this cluster, newest first',
    needs: 'clusters:read',
    params: ClusterParams,
    success: 200,
    reply: z.object({
      plans: z.array(
        z.object({
          id: PlanId,
          kind: z.string(),
          createdAt: z.number(),
          createdBy: z.string(),
          slots: z.number().int(),
          startedAs: OperationId.nullable(),
        }),
      ),
    }),
    errors: ['not-found'],
  },
  startOperation: {
    method: 'POST',
    path: '/clusters/:clusterId/operations',
    summary: 'Carry out a plan; refused when the cluster changed since',
    needs: 'clusters:change',
    params: ClusterParams,
    body: z.strictObject({
      planId: PlanId,
      pace: Pace.optional(),
      /** The phrase of the plan's `consent`, typed by a person. */
      consent: z.string().max(1_000).optional(),
    }),
    success: 202,
    reply: z.object({ id: OperationId, status: OperationStatus }),
    errors: [
      'not-found',
      'plan-stale',
      'plan-used',
      'plan-blocked',
      'consent-needed',
      'cluster-busy',
      'cluster-not-seen',
      'storage-full',
      'storage-failed',
    ],
  },
  listOperations: {
    method: 'GET',
    path: '/clusters/:clusterId/operations',
    summary: 'Operations of this cluster, newest first',
    needs: 'clusters:read',
    params: ClusterParams,
    success: 200,
    reply: z.object({ operations: z.array(OperationSummary) }),
    errors: ['not-found'],
  },
  getOperation: {
    method: 'GET',
    path: '/operations/:operationId',
    summary: 'One operation with its steps and progress',
    needs: 'clusters:read',
    params: OperationParams,
    success: 200,
    reply: OperationDetail,
    errors: ['not-found'],
  },
  getOperationEvents: {
    method: 'GET',
    path: '/operations/:operationId/events',
    summary: 'Events after an index',
    needs: 'clusters:read',
    params: OperationParams,
    query: z.object({
      after: z.coerce.number().int().min(-1).default(-1),
      limit: z.coerce.number().int().min(1).max(5000).default(1000),
    }),
    success: 200,
    reply: z.object({ events: z.array(OperationEvent), last: z.number().int() }),
    errors: ['not-found'],
  },
  getTranscript: {
    method: 'GET',
    path: '/operations/:operationId/transcript',
    summary: 'Commands sent, with node, reply and time, newest first',
    needs: 'clusters:read',
    params: OperationParams,
    query: z.object({
      before: z.coerce.number().int().optional(),
      limit: z.coerce.number().int().min(1).max(1000).default(200),
      filter: z.enum(['all', 'handovers', 'errors']).default('all'),
    }),
    success: 200,
    reply: z.object({ lines: z.array(TranscriptLine), total: z.number().int(), dropped: z.number().int() }),
    errors: ['not-found'],
  },
  pauseOperation: control('pause', 'Finish the slots in flight, start no more'),
  resumeOperation: control('resume', 'Go on after a pause'),
  cancelOperation: control('cancel', 'Stop at the next safe point; what was moved stays, a reverse plan is offered'),
  setPace: {
    method: 'POST',
    path: '/operations/:operationId/pace',
    summary: 'Change the pace of a running operation',
    needs: 'clusters:change',
    params: OperationParams,
    body: z.strictObject({ pace: Pace }),
    success: 202,
    reply: z.object({ id: OperationId, status: OperationStatus }),
    errors: ['not-found', 'not-in-this-status'],
  },
} as const satisfies EndpointTable;
