import { z } from 'zod';

export const NamedPace = z.enum(['gentle', 'balanced', 'fast']);
export type NamedPace = z.infer<typeof NamedPace>;

/** The longest and the shortest that can be asked for; a server's own work takes about a millisecond now and then anyhow. */
export const BUDGET_MS = { least: 1, most: 1_000 };

/**
 * How hard a move may lean on its nodes: a name, or for how many milliseconds a client may have to wait longer than it would
 * otherwise, written `5ms`.
 */
export type Pace = NamedPace | `${number}ms`;
// The pattern makes of a string what the type says; a schema that says so by itself weighs a kilobyte in every page.
export const Pace = z.union([NamedPace, z.string().regex(/^(?:[1-9]\d{0,2}|1000)ms$/)]) as z.ZodType<Pace, Pace>;

const NAMED_BUDGETS: Record<NamedPace, number> = { gentle: 3, balanced: 10, fast: 40 };

export function isNamedPace(pace: Pace): pace is NamedPace {
  return NamedPace.safeParse(pace).success;
}

/** Milliseconds that a client may have to wait because of a move. */
export function budgetMsOf(pace: Pace): number {
  return isNamedPace(pace) ? NAMED_BUDGETS[pace] : Number.parseInt(pace, 10);
}

/** The pace of so many milliseconds, to the whole one and within what can be asked for. */
export function paceOfBudget(ms: number): Pace {
  return `${Math.min(BUDGET_MS.most, Math.max(BUDGET_MS.least, Math.round(ms)))}ms`;
}
