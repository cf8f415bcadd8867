import { z } from 'zod';

/** What changed since a plan was made: `facts.changes` of plan-stale, and `stale` of a plan that is read again. */
const PlanChange = z.object({ code: z.string(), facts: z.record(z.string(), z.unknown()) });
export type PlanChange = z.infer<typeof PlanChange>;

/** A shape this screen does not know says nothing more than that something changed. */
export function readPlanChanges(changes: unknown): PlanChange[] {
  return z.array(PlanChange).catch([]).parse(changes);
}
