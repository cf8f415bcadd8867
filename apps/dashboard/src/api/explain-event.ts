import { NodeHealth, NodeRole } from '@slotdeck/model/topology';
import type { Filling } from '../words/phrase.ts';
import type { Words } from '../words/words.ts';
import { factFillings, knownKey } from './fact-fillings.ts';

/** A change that was seen, as a sentence. A code of a newer server stands as it is. */
export function explainEvent({ code, facts }: { code: string; facts: Record<string, unknown> }, words: Words): string {
  const key = knownKey('events', code);
  if (key === null) return code;
  const nobody = words.t('events.nobody');
  const fillings: Record<string, Filling> = { fromName: nobody, toName: nobody, ...factFillings(facts) };
  for (const name of ['from', 'to', 'role']) {
    const value = fillings[name];
    // In the middle of a sentence.
    if (typeof value === 'string') fillings[name] = stateWord(value, words).toLowerCase();
    // An epoch is a name, not an amount.
    else if (typeof value === 'number') fillings[name] = String(value);
  }
  return words.say(key, fillings);
}

/** Roles and health words are shown as everywhere else. */
function stateWord(value: string, { t }: Words): string {
  const role = NodeRole.safeParse(value);
  if (role.success && value !== 'unknown') return t(`states.role.${role.data}`);
  const health = NodeHealth.safeParse(value);
  return health.success ? t(`states.node.${health.data}`) : value;
}
