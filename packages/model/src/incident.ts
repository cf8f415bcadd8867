import { z } from 'zod';
import { Facts } from './finding.ts';

/**
 * What befell a cluster, told from evidence: lines of its nodes' logs, and what was observed. A node is named by its id where that is
 * known; in logs alone it may not be, then by what the log is called.
 */
export const IncidentKind = z.enum([
  'failover-automatic',
  'failover-manual',
  'failover-forced',
  'failover-takeover',
  /** Valkey ≥ 9: a primary that is shut down hands over first. */
  'failover-on-shutdown',
  'failover-not-done',
  'partition',
  /** Nodes say that the cluster does not serve, and nobody was declared failed: a majority is gone, or slots are. */
  'cluster-down',
  'primary-lost',
  'replica-lost',
  'node-flapping',
  'node-restarted',
  'node-restarted-empty',
  'node-renamed',
  'replica-migrated',
  'epoch-collision',
  'migration-failed',
  'keys-deleted',
]);
export type IncidentKind = z.infer<typeof IncidentKind>;

/** Where a statement can be looked up. */
export const Evidence = z.discriminatedUnion('from', [
  z.object({
    from: z.literal('log'),
    file: z.string(),
    /** Counted from one. */
    line: z.number().int(),
    text: z.string(),
  }),
  z.object({ from: z.literal('event'), id: z.number().int(), code: z.string() }),
]);
export type Evidence = z.infer<typeof Evidence>;

/** `observed`: somebody wrote or showed it · `inferred`: it follows from what they did, and something else is possible. */
export const Certainty = z.enum(['observed', 'inferred']);
export type Certainty = z.infer<typeof Certainty>;

export const Statement = z.object({
  /** Epoch ms, by the clocks as corrected; null for what has no moment of its own. */
  at: z.number().nullable(),
  code: z.string(),
  /** Who it is about or who did it. */
  node: z.string().nullable(),
  facts: Facts,
  certainty: Certainty,
  evidence: z.array(Evidence),
});
export type Statement = z.infer<typeof Statement>;

/** What a node had to do with it. */
export const IncidentPart = z.enum(['old-primary', 'new-primary', 'candidate', 'voter', 'lost', 'isolated', 'subject']);
export type IncidentPart = z.infer<typeof IncidentPart>;

export const Incident = z.object({
  id: z.string(),
  kind: IncidentKind,
  from: z.number(),
  /** Null: not over by the last that is known. */
  to: z.number().nullable(),
  nodes: z.array(z.object({ node: z.string(), part: IncidentPart })),
  /** The epoch that came of it; null when none did or it is not known. */
  epoch: z.number().int().nullable(),
  /** When slots were not served, as far as it can be told. Null when they were, or nobody can tell. */
  unavailable: z.object({ from: z.number(), to: z.number().nullable(), certainty: Certainty }).nullable(),
  /** The story in order of time. */
  story: z.array(Statement),
  /** What else would leave the same traces. */
  otherwise: z.array(Statement),
});
export type Incident = z.infer<typeof Incident>;
