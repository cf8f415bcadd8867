import type { PlanProblem } from '@slotdeck/model/plan';
import { printBytes } from '../words/format-number.ts';
import type { Words } from '../words/words.ts';
import { factFillings, knownKey } from './fact-fillings.ts';

/** Bytes come as plain numbers; a sentence needs them with a unit. */
const BYTES = new Set(['needed', 'limit']);

/** What a plan objects to. A code of a newer server than this page falls back to the server's own sentence. */
export function explainPlanProblem({ code, message, facts }: PlanProblem, words: Words): string {
  const key = knownKey('planProblems', code);
  if (key === null) return message;
  const inUnits = Object.entries(facts).map(([name, value]): [string, unknown] => [
    name,
    BYTES.has(name) && typeof value === 'number' ? printBytes(value) : value,
  ]);
  return words.say(key, factFillings(Object.fromEntries<unknown>(inUnits)));
}

/** One change that made a plan stale. */
export function explainStale({ code, facts }: { code: string; facts: Record<string, unknown> }, words: Words): string {
  const key = knownKey('planProblems', `stale.${code}`);
  return key === null ? code : words.say(key, factFillings(facts));
}
