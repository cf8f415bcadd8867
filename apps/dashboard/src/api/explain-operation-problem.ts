import type { OperationProblem } from '@slotdeck/model/operation';
import type { Words } from '../words/words.ts';
import { factFillings, knownKey } from './fact-fillings.ts';

/** Why an operation paused or failed. An unknown code falls back to the server's own sentence. */
export function explainOperationProblem({ code, message, facts }: OperationProblem, words: Words): string {
  const key = knownKey('moveProblems', code);
  return key === null ? message : words.say(key, { message, ...factFillings(facts) });
}
