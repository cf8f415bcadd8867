import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { repositoryRoot } from './rules/source-file.ts';

/** A small repository under our lint settings, with one breach per rule that matters. */
const folder = mkdtempSync(join(tmpdir(), 'slotdeck-lint-'));
const files: Readonly<Record<string, string>> = {
  'tsconfig.json': JSON.stringify({ compilerOptions: { strict: true, target: 'ES2023', module: 'ESNext' } }),
  'packages/model/src/clock.ts': 'export const at = () => Date.now();',
  'packages/model/src/id.ts': 'export const id = () => Math.random();',
  'packages/cluster/src/plan/wait.ts': 'export const later = (f: () => void) => setTimeout(f, 1);',
  'packages/cluster/src/act/wait.ts': 'export const later = (f: () => void) => setTimeout(f, 1);',
  'packages/model/src/a.ts': "import { b } from './b.ts';\nexport const a = () => b;",
  'packages/model/src/b.ts': "import { a } from './a.ts';\nexport const b = () => a;",
  'apps/server/src/floating.ts': 'const f = async () => 1;\nexport const g = () => { f(); };',
  'apps/server/src/any.ts': 'export const f = (x: any) => x;',
  'apps/server/src/caught.ts': 'export const f = (g: () => void) => { try { g(); } catch {} };',
  'apps/server/src/cases.ts': "export function f(x: 'a' | 'b') { switch (x) { case 'a': return 1; } return 2; }",
  'apps/server/src/log.ts': "export const f = () => console.log('x');",
};
let found: readonly string[] = [];

beforeAll(() => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  copyFileSync(join(repositoryRoot, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
  const oxlint = join(repositoryRoot, 'node_modules', '.bin', 'oxlint');
  const { stdout } = spawnSync(oxlint, ['--type-aware', '-f', 'unix'], { cwd: folder, encoding: 'utf8' });
  found = stdout.split('\n').flatMap((line) => {
    const [, path, rule] = /^([^:]+):\d+:\d+: .*\[\w+\/(.+)\]$/.exec(line) ?? [];
    return path === undefined || rule === undefined ? [] : [`${path} ${rule}`];
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['the model reads no clock', 'packages/model/src/clock.ts eslint(no-restricted-properties)'],
  ['the model draws no random number', 'packages/model/src/id.ts eslint(no-restricted-properties)'],
  ['a plan waits for nothing', 'packages/cluster/src/plan/wait.ts eslint(no-restricted-globals)'],
  ['modules do not import each other in a circle', 'packages/model/src/a.ts import(no-cycle)'],
  ['no promise is left to itself', 'apps/server/src/floating.ts typescript(no-floating-promises)'],
  ['nothing is any', 'apps/server/src/any.ts typescript(no-explicit-any)'],
  ['no error is caught to be forgotten', 'apps/server/src/caught.ts eslint(no-empty)'],
  ['every case of a union is decided', 'apps/server/src/cases.ts typescript(switch-exhaustiveness-check)'],
  ['the server logs through its logger', 'apps/server/src/log.ts eslint(no-console)'],
])('the linter sees to it: %s', (_, breach) => {
  expect(found).toContain(breach);
});

test('where the rule does not apply, the linter is silent', () => {
  expect(found.filter((breach) => breach.startsWith('packages/cluster/src/act/'))).toEqual([]);
});
