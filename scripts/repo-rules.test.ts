import { describe, expect, test } from 'vitest';
import { codeRules } from './rules/code-rules.ts';
import { importRules } from './rules/import-rules.ts';
import type { Breach } from './rules/rule.ts';
import { readRepository } from './rules/source-file.ts';
import { textRules } from './rules/text-rules.ts';

const files = readRepository();

function print(breaches: readonly Breach[]): string[] {
  return breaches.map(({ path, line, what }) => `${path}:${line} ${what}`);
}

test('the rules see the whole repository', () => {
  const paths = files.map(({ path }) => path);
  expect(paths).toContain('packages/model/src/slot-ranges.ts');
  expect(paths).toContain('scripts/repo-rules.test.ts');
  expect(paths.some((path) => path.includes('node_modules') || path.includes('/dist/'))).toBe(false);
});

describe.each([...importRules, ...codeRules, ...textRules])('$name', (rule) => {
  test('in this repository', () => {
    expect(print(files.flatMap(rule.breaches))).toEqual([]);
  });

  test.each(rule.bad)('it catches $path: $text', (file) => {
    expect(rule.breaches(file)).not.toEqual([]);
  });

  test.each(rule.good)('it lets $path: $text pass', (file) => {
    expect(print(rule.breaches(file))).toEqual([]);
  });
});
