import type { en } from './catalogue-en.ts';
import { fillPhrase, type Filling, type FillingsOf, type Phrase, type SameKeys } from './phrase.ts';

export type Language = 'en' | 'zh';
type English = typeof en;

/** Every language has the areas and keys of English. */
export type Catalogue = { readonly [A in keyof English]: SameKeys<English[A]> };

/** `area.key`, for every phrase there is. */
export type WordKey = {
  [A in keyof English]: `${A}.${keyof English[A] & string}`;
}[keyof English];

type PhraseOf<K extends WordKey> = K extends `${infer A}.${infer Rest}`
  ? A extends keyof English
    ? Rest extends keyof English[A]
      ? English[A][Rest] extends Phrase
        ? English[A][Rest]
        : never
      : never
    : never
  : never;

/** Nothing to fill in: one argument. Otherwise an object with exactly the phrase's names. */
type Arguments<K extends WordKey> = keyof FillingsOf<PhraseOf<K>> extends never ? [] : [FillingsOf<PhraseOf<K>>];

export interface Words {
  readonly language: Language;
  /** One phrase, filled in. */
  t<K extends WordKey>(key: K, ...fillings: Arguments<K>): string;
  /** A phrase whose fillings come from facts at run time; a fact that is missing reads "not known". */
  say(key: WordKey, facts: Readonly<Record<string, Filling>>): string;
}

/** `area.key` → phrase: one look-up per phrase, whatever the size of the catalogue. */
export function flatten(catalogue: Catalogue): ReadonlyMap<string, Phrase> {
  const areas: [string, Readonly<Record<string, Phrase>>][] = Object.entries(catalogue);
  return new Map(
    areas.flatMap(([area, phrases]) =>
      Object.entries(phrases).map(([key, phrase]): [string, Phrase] => [`${area}.${key}`, phrase]),
    ),
  );
}

export function makeWords(language: Language, catalogue: Catalogue): Words {
  const phrases = flatten(catalogue);
  const at = (key: string): Phrase => phrases.get(key) ?? key;
  const notKnown = fillPhrase(catalogue.states.notKnown, {});
  return {
    language,
    t: (key, ...[fillings]) => fillPhrase(at(key), fillings ?? {}),
    say: (key, facts) => fillPhrase(at(key), facts, notKnown),
  };
}
