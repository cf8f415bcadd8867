import { z } from 'zod';

/** What each kind of plan is asked for with. Nodes are named by id; a node that is not a member yet by its address `host:port`. */

/** `host:port`, with an IPv6 host in brackets: `[::1]:7000`. */
export const AddressText = z
  .string()
  .max(300)
  .regex(/^(?:\[[0-9a-fA-F:.%]+\]|[^\s:[\]@]+):\d{1,5}$/, 'an address has the form host:port');

/** `auto`: what we vouch for most, which is classic; `atomic`: the servers' own way, where both ends have one. */
const driver = z.enum(['auto', 'classic', 'atomic']).optional();

/** What becomes of slots with keys so large that their move holds up both nodes: they move all the same, or stay. Absent: they move. */
const largeKeys = z.enum(['move', 'leave']).optional();

export const ReshardParams = z.object({
  driver,
  largeKeys,
  /** `0-99,200`. Given: exactly these move and `count` must be absent. */
  slots: z.string().max(100_000).optional(),
  /** How many slots to move, chosen by us from the sources. */
  count: z.number().int().min(1).max(16_384).optional(),
  /** Node ids, or `all` for every primary that owns slots (with `slots`: whoever owns them). */
  from: z.array(z.string().max(64)).min(1).max(1000).default(['all']),
  to: z.array(z.string().max(64)).min(1).max(1000),
});
export type ReshardParams = z.infer<typeof ReshardParams>;

export const RebalanceParams = z.object({
  driver,
  largeKeys,
  /** What is to be level: numbers of slots, of keys, or bytes. */
  by: z.enum(['slots', 'keys', 'memory']).default('slots'),
  /** Share of each primary relative to the others, by node id; 1 where nothing is said, 0 empties the node. */
  weights: z.record(z.string().max(64), z.number().min(0).max(1_000_000)).default({}),
  /** Primaries without slots get a share too. A node named in `weights` always takes part. */
  useEmpty: z.boolean().default(false),
  /** Percent that some node must be off its share before anything moves. */
  threshold: z.number().min(0).max(100).default(2),
});
export type RebalanceParams = z.infer<typeof RebalanceParams>;

/** Every slot of `node` goes to others; they end up as level as they can. */
export const DrainParams = z.object({
  driver,
  largeKeys,
  node: z.string().max(64),
  /** Node ids, or `all` for every other primary that owns slots. */
  to: z.array(z.string().max(64)).min(1).max(1000).default(['all']),
});
export type DrainParams = z.infer<typeof DrainParams>;

export const CreateParams = z.object({
  nodes: z.array(AddressText).min(1).max(1000),
  /** Per primary. */
  replicas: z.number().int().min(0).max(100).default(0),
  /** Where each node stands, by address: a host, rack or zone that may fail as a whole. Default: its host. */
  zones: z.record(z.string().max(300), z.string().max(200)).default({}),
  /** One or two primaries make no majority; they are made only when asked for by this. */
  allowFew: z.boolean().default(false),
  /** Accept that a replica stands in the zone of its primary where it cannot be avoided. */
  allowSameZone: z.boolean().default(false),
});
export type CreateParams = z.infer<typeof CreateParams>;

export const AddNodeParams = z.object({
  address: AddressText,
  as: z.enum(['primary', 'replica']).default('primary'),
  /** Whom a new replica follows; absent: the primary with the fewest replicas, in another zone where there is one. */
  primary: z.string().max(64).optional(),
});
export type AddNodeParams = z.infer<typeof AddNodeParams>;

export const RemoveNodeParams = z.object({
  node: z.string().max(64),
  /** What becomes of a live node: reset and left running, or ended. A dead one is only forgotten. */
  then: z.enum(['reset', 'reset-hard', 'shutdown']).default('reset'),
  /** A primary with slots is drained first; otherwise it is refused. */
  drain: z.boolean().default(false),
  /** Where the slots of a drained primary go; see `DrainParams`. */
  to: z.array(z.string().max(64)).min(1).max(1000).default(['all']),
});
export type RemoveNodeParams = z.infer<typeof RemoveNodeParams>;

export const ReplicateParams = z.object({ node: z.string().max(64), primary: z.string().max(64) });
export type ReplicateParams = z.infer<typeof ReplicateParams>;

/** The node leaves its primary and stays in the cluster as an empty primary without slots. */
export const DetachParams = z.object({ node: z.string().max(64) });
export type DetachParams = z.infer<typeof DetachParams>;

export const FailoverParams = z.object({
  /** The replica that is to become primary. */
  node: z.string().max(64),
  /** `normal`: the primary hands over, nothing is lost. `force`: without the primary, by vote. `takeover`: without a vote. */
  mode: z.enum(['normal', 'force', 'takeover']).default('normal'),
});
export type FailoverParams = z.infer<typeof FailoverParams>;

export const FixParams = z.object({
  /** `0-99,200`; absent: whatever is broken. */
  slots: z.string().max(100_000).optional(),
  /** Slot ranges → the node that is to own them, where evidence does not decide: a person's choice. */
  choices: z
    .array(z.object({ slots: z.string().max(100_000), owner: z.string().max(64) }))
    .max(1000)
    .default([]),
  /** Repair although primaries with slots do not answer. */
  withUnreachable: z.boolean().default(false),
  /** Branches that may lose data are taken too; each is named in the plan. */
  acceptLoss: z.boolean().default(false),
});
export type FixParams = z.infer<typeof FixParams>;

export const SetTimeoutParams = z.object({ ms: z.number().int().min(100).max(3_600_000) });
export type SetTimeoutParams = z.infer<typeof SetTimeoutParams>;

export const ImportParams = z.object({
  from: AddressText,
  fromUsername: z.string().max(500).optional(),
  /** Never stored in a plan: the plan keeps that one was given. */
  fromTls: z.boolean().default(false),
  /** Keys stay on the source. */
  copy: z.boolean().default(false),
  /** Keys that exist in the cluster are overwritten. */
  replace: z.boolean().default(false),
  /** Upper bound; absent: as fast as the pace allows. */
  keysPerSecond: z.number().int().min(1).max(10_000_000).optional(),
  /** Only these databases; absent: all that hold keys. */
  databases: z.array(z.number().int().min(0).max(100_000)).max(1000).optional(),
});
export type ImportParams = z.infer<typeof ImportParams>;
