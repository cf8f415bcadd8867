import type { ViewProblem } from '@slotdeck/model/topology';

const FIRST_MS = 100;
/** A node that is back must be seen within about a second. */
const SILENT_CAP_MS = 800;
/** One that refuses us needs a person; asking it more often only fills its log. */
const REFUSED_CAP_MS = 5_000;

const refusals: ReadonlySet<ViewProblem['code']> = new Set([
  'wrong-password',
  'password-required',
  'no-permission',
  'tls-required',
  'tls-not-spoken',
  'tls-untrusted',
  'not-redis',
]);

/**
 * Milliseconds until the next try after that many failed ones in a row (1, 2 …). `random` is in [0, 1): up to a fifth is added, so
 * that many nodes that went together are not dialled together.
 */
export function restAfterFailure(failures: number, code: ViewProblem['code'], random: number): number {
  const cap = refusals.has(code) ? REFUSED_CAP_MS : SILENT_CAP_MS;
  const rest = Math.min(cap, FIRST_MS * 2 ** Math.min(failures - 1, 10));
  return Math.round(rest * (1 + random / 5));
}
