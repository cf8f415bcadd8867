import { en } from '../words/catalogue-en.ts';
import type { Filling } from '../words/phrase.ts';
import type { WordKey } from '../words/words.ts';

/** Facts of a finding, problem or event, ready to be put into a phrase: lists are joined, slots get an en dash. */
export function factFillings(facts: Readonly<Record<string, unknown>>): Record<string, Filling> {
  const fillings: Record<string, Filling> = {};
  for (const [name, value] of Object.entries(facts)) {
    if (typeof value === 'number') fillings[name] = value;
    else if (Array.isArray(value)) fillings[name] = value.map(String).join(', ');
    else if (typeof value === 'string') fillings[name] = isSlots(name) ? printedSlots(value) : value;
    else if (typeof value === 'boolean') fillings[name] = String(value);
  }
  return fillings;
}

const isSlots = (name: string): boolean => name === 'slots' || name === 'added' || name === 'removed';

/** `0-99,200` → `0–99, 200`; nothing → `–`. At most eight ranges: a sentence is no list. */
function printedSlots(text: string): string {
  if (text === '') return '–';
  const ranges = text.split(',');
  const shown = ranges.slice(0, 8).join(', ').replaceAll('-', '–');
  return ranges.length > 8 ? `${shown} + ${ranges.length - 8}` : shown;
}

const CATALOGUE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = en;

/** `area.name` when the catalogue has that phrase: a server newer than this page may send codes it does not know. */
export function knownKey(area: keyof typeof en, name: string): WordKey | null {
  const phrases = CATALOGUE[area];
  // The catalogue has it, so its name is one of the keys.
  return phrases !== undefined && Object.hasOwn(phrases, name) ? (`${area}.${name}` as WordKey) : null;
}
