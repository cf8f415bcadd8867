import type { ViewProblem } from '@slotdeck/model/topology';
import type { z } from 'zod';
import type { Words } from '../words/words.ts';

/** Why an address or a node could not be asked: what was seen, what to try, and the raw words if they say more. */
export function explainViewProblem(
  problem: z.infer<typeof ViewProblem>,
  at: string,
  { t }: Words,
): { seen: string; toTry: string; raw: string | null } {
  const raw = problem.seen.trim();
  return {
    seen: t(`problems.${problem.code}.seen`, { at }),
    toTry: t(`problems.${problem.code}.try`),
    raw: raw === '' ? null : raw,
  };
}
