import { z } from 'zod';

/**
 * Names of things. A brand keeps a plan's id from being passed where an operation's is meant; at run time each is a plain string.
 */

/** Our own name for a cluster, drawn once when it is added. Never a node id and never derived from who owns a slot: both change. */
export const ClusterId = z
  .string()
  .regex(/^cl-[0-9a-z]{4,32}$/)
  .brand<'ClusterId'>();
export type ClusterId = z.infer<typeof ClusterId>;

/** The 40 hexadecimal digits by which the servers name a node (CLUSTER MYID). */
export const NodeId = z
  .string()
  .regex(/^[0-9a-f]{40}$/)
  .brand<'NodeId'>();
export type NodeId = z.infer<typeof NodeId>;

export const PlanId = z
  .string()
  .regex(/^pl-[0-9a-z]{4,32}$/)
  .brand<'PlanId'>();
export type PlanId = z.infer<typeof PlanId>;

export const OperationId = z
  .string()
  .regex(/^op-[0-9a-z]{1,32}$/)
  .brand<'OperationId'>();
export type OperationId = z.infer<typeof OperationId>;

export const UserId = z
  .string()
  .regex(/^us-[0-9a-z]{4,32}$/)
  .brand<'UserId'>();
export type UserId = z.infer<typeof UserId>;
