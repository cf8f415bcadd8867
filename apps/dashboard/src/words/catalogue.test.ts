// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { en } from './catalogue-en.ts';
import { zh } from './catalogue-zh.ts';
import { namesIn, type Phrase } from './phrase.ts';
import { flatten } from './words.ts';

const english = flatten(en);
const chinese = flatten(zh);
const textsOf = (phrase: Phrase): string[] => (typeof phrase === 'string' ? [phrase] : [phrase.one, phrase.other]);

test('both languages have the same phrases', () => {
  expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
});

test('a phrase is given the same names in both languages, apart from the amount that only chooses a plural', () => {
  const differing = [...english].flatMap(([key, phrase]) => {
    const there = namesIn(chinese.get(key) ?? '');
    // "one node" needs no number in English where Chinese prints it, and the other way round.
    const without = (names: string[]): string[] => names.filter((name) => name !== 'n');
    const allowed = new Set([...namesIn(phrase), ...(typeof phrase === 'string' ? [] : ['n'])]);
    const unknown = there.filter((name) => !allowed.has(name));
    return unknown.length > 0 || without(there).join() !== without(namesIn(phrase)).join() ? [key] : [];
  });
  expect(differing).toEqual([]);
});

test('no phrase is empty, and Chinese is not left in English', () => {
  for (const [key, phrase] of [...english, ...chinese])
    for (const text of textsOf(phrase)) expect(text, key).not.toBe('');
  const untranslated = [...chinese].filter(
    ([key, phrase]) =>
      textsOf(phrase).every((text) => !/[\u4e00-\u9fff]/.test(text)) &&
      /[a-z]{3}/i.test(
        textsOf(english.get(key) ?? '')
          .join()
          .replace(/\{\w+\}/g, ''),
      ),
  );
  expect(untranslated.map(([key]) => key).filter((key) => !SAME_IN_BOTH.has(key))).toEqual([]);
});

/** Names and the servers' own words. */
const SAME_IN_BOTH = new Set(['shell.product', 'clusters.tls']);

const sources = readdirSync(join(import.meta.dirname, '..'), { recursive: true, encoding: 'utf8' })
  .filter(
    (path) =>
      /\.tsx?$/.test(path) &&
      !path.startsWith('words/en/') &&
      !path.startsWith('words/zh/') &&
      !/\.test\.tsx?$/.test(path),
  )
  .map((path) => readFileSync(join(import.meta.dirname, '..', path), 'utf8'))
  .join('\n');

/** Areas whose phrases are looked up by a code at run time; their completeness is tested with the codes. */
const BY_CODE = new Set(['findings', 'problems', 'planProblems', 'moveProblems', 'errors', 'events']);

test('every phrase is used', () => {
  const patterns = [...sources.matchAll(/[`'"]([a-zA-Z]+\.[\w.-]*)\$\{/g)].map((match) => match[1] ?? '');
  const unused = [...english.keys()].filter((key) => {
    if (BY_CODE.has(key.slice(0, key.indexOf('.')))) return false;
    if (sources.includes(`'${key}'`)) return false;
    // `shell.${place}`: the whole name comes from elsewhere, and must stand there as a word.
    const name = key.slice(key.indexOf('.') + 1);
    return !patterns.some(
      (start) =>
        key.startsWith(start) && (!start.endsWith('.') || start.split('.').length > 2 || sources.includes(`'${name}'`)),
    );
  });
  expect(unused).toEqual([]);
});
