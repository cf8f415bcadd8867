import { z } from 'zod';
import { Facts } from './finding.ts';
import { ClusterId, NodeId, OperationId, PlanId } from './ids.ts';
import {
  AddNodeParams,
  CreateParams,
  DetachParams,
  DrainParams,
  FailoverParams,
  FixParams,
  ImportParams,
  RebalanceParams,
  RemoveNodeParams,
  ReplicateParams,
  ReshardParams,
  SetTimeoutParams,
} from './plan-params.ts';
import { SlotRanges } from './slot-ranges.ts';

/** A change as it will be made, decided before anything is sent. Shown as is, bound to the topology it was made from. */

export const PlanProblem = z.object({
  severity: z.enum(['blocker', 'warning', 'info']),
  code: z.string(),
  /** English sentence; a screen words it anew from code and facts. */
  message: z.string(),
  facts: Facts,
});
export type PlanProblem = z.infer<typeof PlanProblem>;

/**
 * How slots get from one primary to another. `classic`: we open them, pass their keys, and hand them over (every version). `atomic`: the
 * servers do it by themselves (Valkey ≥ 9.0, Redis ≥ 8.4).
 */
export const SlotDriver = z.enum(['classic', 'atomic']);
export type SlotDriver = z.infer<typeof SlotDriver>;

/** Slots that go from one primary to another. Keys and bytes are null where nobody counted them. */
export const SlotMove = z.object({
  from: NodeId,
  to: NodeId,
  slots: SlotRanges,
  keys: z.number().int().nullable(),
  bytes: z.number().nullable(),
  /** Absent: classic. */
  driver: SlotDriver.optional(),
});
export type SlotMove = z.infer<typeof SlotMove>;

/** What one primary holds, before or after. */
export const NodeShare = z.object({
  node: NodeId,
  name: z.string(),
  slots: z.number().int(),
  slotRanges: SlotRanges,
  /** Number of ranges: how fragmented the map of this node is. */
  fragments: z.number().int(),
  keys: z.number().int().nullable(),
  bytes: z.number().nullable(),
});
export type NodeShare = z.infer<typeof NodeShare>;

/** Those from `open` to `close` belong to moves of slots, in this order. */
export const PlanPhase = z.enum([
  'check',
  'introduce',
  'configure',
  'replicate',
  'promote',
  'assign',
  'open',
  'move',
  'drained',
  'raise-epoch',
  'hand-over',
  'wait',
  'close',
  'copy',
  'forget',
  'reset',
  'verify',
]);
export type PlanPhase = z.infer<typeof PlanPhase>;

/** One command as it will be sent; `repeat` counts the ones of the same shape that follow (one per slot, say). */
export const PlannedCommand = z.object({
  /** Its id, or its address where it is no member of the cluster. */
  node: z.string(),
  command: z.array(z.string()),
  repeat: z.number().int().min(1),
  /** Which part of the sequence it belongs to. */
  phase: PlanPhase,
});
export type PlannedCommand = z.infer<typeof PlannedCommand>;

/** A step as data. The engine knows no more of it. */
export const PlannedStep = z.object({
  id: z.string(),
  title: z.string(),
  component: z.string(),
  onFailure: z.enum(['retry', 'pause']),
  facts: Facts,
  /** For steps that move slots. */
  move: z.object({ from: NodeId, to: NodeId, slots: SlotRanges, driver: SlotDriver.optional() }).nullable(),
});
export type PlannedStep = z.infer<typeof PlannedStep>;

/**
 * The facts a plan rests on. It is stale as soon as one of them no longer holds; other changes of the cluster (a link, a
 * client count) do not make it stale.
 */
export const PlanBasis = z.object({
  topologyVersion: z.number().int(),
  observedAt: z.number(),
  nodes: z.array(
    z.object({
      id: NodeId,
      address: z.string(),
      role: z.enum(['primary', 'replica', 'unknown']),
      /** Whom it followed: tells after a failover whose place it took. */
      primaryId: NodeId.nullable().optional(),
      configEpoch: z.number().int().nullable(),
      slots: SlotRanges,
    }),
  ),
});
export type PlanBasis = z.infer<typeof PlanBasis>;

export const Estimate = z.object({ lowSeconds: z.number(), highSeconds: z.number() });

/** The params of each kind of plan. */
export const planParams = {
  reshard: ReshardParams,
  rebalance: RebalanceParams,
  drain: DrainParams,
  create: CreateParams,
  'add-node': AddNodeParams,
  'remove-node': RemoveNodeParams,
  replicate: ReplicateParams,
  detach: DetachParams,
  failover: FailoverParams,
  fix: FixParams,
  'set-timeout': SetTimeoutParams,
  import: ImportParams,
} as const;

export const PlanKind = z.enum([
  'reshard',
  'rebalance',
  'drain',
  'create',
  'add-node',
  'remove-node',
  'replicate',
  'detach',
  'failover',
  'fix',
  'set-timeout',
  'import',
]);
export type PlanKind = z.infer<typeof PlanKind>;

/**
 * What a person must say before a plan that can lose data, or cut off a node, is carried out: `phrase` typed as it stands. A plan
 * without one needs nothing beyond its start.
 */
export const Consent = z.object({ phrase: z.string(), reasons: z.array(z.string()) });
export type Consent = z.infer<typeof Consent>;

const base = {
  id: PlanId,
  clusterId: ClusterId,
  createdAt: z.number(),
  createdBy: z.string(),
  /** The plan this one replaces or undoes, if any. */
  parent: z
    .object({ plan: PlanId.nullable(), operation: OperationId.nullable(), relation: z.enum(['replaces', 'reverses']) })
    .nullable(),
  basis: PlanBasis,
  moves: z.array(SlotMove),
  before: z.array(NodeShare),
  after: z.array(NodeShare),
  slots: z.number().int(),
  keys: z.number().int().nullable(),
  bytes: z.number().nullable(),
  estimate: Estimate.nullable(),
  problems: z.array(PlanProblem),
  commands: z.array(PlannedCommand),
  steps: z.array(PlannedStep),
  /** Absent in plans that were made before there were any. */
  consent: Consent.nullable().optional(),
};

const planOf = <K extends PlanKind>(kind: K) => z.object({ ...base, kind: z.literal(kind), params: planParams[kind] });

export const Plan = z.discriminatedUnion('kind', [
  planOf('reshard'),
  planOf('rebalance'),
  planOf('drain'),
  planOf('create'),
  planOf('add-node'),
  planOf('remove-node'),
  planOf('replicate'),
  planOf('detach'),
  planOf('failover'),
  planOf('fix'),
  planOf('set-timeout'),
  planOf('import'),
]);
export type Plan = z.infer<typeof Plan>;

/** The plan of one kind. */
export type PlanOf<K extends PlanKind> = Extract<Plan, { kind: K }>;

/** What is asked for: a kind with its params, before anything is looked at. */
export type PlanAsked = { [K in PlanKind]: { readonly kind: K; readonly params: PlanOf<K>['params'] } }[PlanKind];

export function isBlocked(plan: { readonly problems: readonly PlanProblem[] }): boolean {
  return plan.problems.some((problem) => problem.severity === 'blocker');
}
