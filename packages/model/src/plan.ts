import { z } from 'zod';
import { Facts } from './finding.ts';
import { ClusterId, NodeId, OperationId, PlanId } from './ids.ts';
import { SlotRanges } from './slot-ranges.ts';

/** A change as it will be made, decided before anything is sent. Shown as is, bound to the topology it was made from. */

export const ReshardParams = z.object({
  /** `0-99,200`. Given: exactly these move and `count` must be absent. */
  slots: z.string().max(100_000).optional(),
  /** How many slots to move, chosen by us from the sources. */
  count: z.number().int().min(1).max(16_384).optional(),
  /** Node ids, or `all` for every primary that owns slots (with `slots`: whoever owns them). */
  from: z.array(z.string().max(64)).min(1).max(1000).default(['all']),
  to: z.array(z.string().max(64)).min(1).max(1000),
});
export type ReshardParams = z.infer<typeof ReshardParams>;

export const PlanProblem = z.object({
  severity: z.enum(['blocker', 'warning', 'info']),
  code: z.string(),
  /** English sentence; a screen words it anew from code and facts. */
  message: z.string(),
  facts: Facts,
});
export type PlanProblem = z.infer<typeof PlanProblem>;

/** Slots that go from one primary to another. Keys and bytes are null where nobody counted them. */
export const SlotMove = z.object({
  from: NodeId,
  to: NodeId,
  slots: SlotRanges,
  keys: z.number().int().nullable(),
  bytes: z.number().nullable(),
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

/** One command as it will be sent; `repeat` counts the ones of the same shape that follow (one per slot, say). */
export const PlannedCommand = z.object({
  node: NodeId,
  command: z.array(z.string()),
  repeat: z.number().int().min(1),
  /** Which part of the sequence it belongs to. */
  phase: z.enum(['check', 'open', 'move', 'drained', 'raise-epoch', 'hand-over', 'wait', 'close', 'verify']),
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
  move: z.object({ from: NodeId, to: NodeId, slots: SlotRanges }).nullable(),
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

export const Pace = z.enum(['gentle', 'balanced', 'fast']);
export type Pace = z.infer<typeof Pace>;

export const PlanKind = z.enum(['reshard']);
export type PlanKind = z.infer<typeof PlanKind>;

export const Plan = z.object({
  id: PlanId,
  clusterId: ClusterId,
  kind: PlanKind,
  createdAt: z.number(),
  createdBy: z.string(),
  params: ReshardParams,
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
});
export type Plan = z.infer<typeof Plan>;

export function isBlocked(plan: Pick<Plan, 'problems'>): boolean {
  return plan.problems.some((problem) => problem.severity === 'blocker');
}
