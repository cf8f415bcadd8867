/**
 * A phrase of the catalogue is data: a text with `{names}` in it, or two texts of which the amount `n` chooses one. Data can be
 * compared between languages by a test, which functions cannot.
 *
 * A number put into a phrase is an amount and is grouped (16,384). What is a name and not an amount (slot 2963, port 6379,
 * a formatted `2.38 GiB`) is put in as a string and stays as it is.
 */
export type Phrase = string | { readonly one: string; readonly other: string };
export type Area = Readonly<Record<string, Phrase>>;
export type Filling = string | number;

/** The same keys, another language's texts. */
export type SameKeys<A extends Area> = { readonly [K in keyof A]: Phrase };

type NamesIn<T extends string> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;
type TextsOf<P extends Phrase> = P extends { one: infer One; other: infer Other }
  ? Extract<One | Other, string>
  : Extract<P, string>;
type PluralName<P extends Phrase> = P extends string ? never : 'n';

/** The names that a phrase must be given; `n` of a plural must be a number. */
export type FillingsOf<P extends Phrase> = {
  readonly [N in NamesIn<TextsOf<P>> | PluralName<P>]: N extends PluralName<P> ? number : Filling;
};

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

/** Both languages group in threes, with a comma: operators compare these numbers with logs, not with prose. */
export function printAmount(amount: number): string {
  return grouped.format(amount);
}

/**
 * Puts the fillings in, and nothing into them: a key may be called `{user}:1`. A name without a filling is `missing`, or stays visible as
 * `{name}`: a gap must not read as a fact.
 */
export function fillPhrase(phrase: Phrase, fillings: Readonly<Record<string, Filling>>, missing?: string): string {
  const text = typeof phrase === 'string' ? phrase : fillings['n'] === 1 ? phrase.one : phrase.other;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const filling = fillings[name];
    if (filling === undefined) return missing ?? whole;
    return typeof filling === 'number' ? printAmount(filling) : filling;
  });
}

/** Names in curly braces, sorted; for comparing two languages. */
export function namesIn(phrase: Phrase): string[] {
  const text = typeof phrase === 'string' ? phrase : phrase.one + phrase.other;
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ''))].sort();
}
