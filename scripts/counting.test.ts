import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { countPlaywright } from './playwright-counts.mjs';
import { repositoryRoot } from './rules/source-file.ts';

/** What the last line of `npm test` says must be true, above all when something went wrong in an unusual way. */

test('vitest: passes, failures, skips with their reason, files that do not load and stray errors are all counted', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slotdeck-counting-'));
  try {
    symlinkSync(join(repositoryRoot, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(
      join(folder, 'a.test.js'),
      `import { expect, test } from 'vitest';
       test('holds', () => {});
       test('breaks', () => expect(1).toBe(2));
       test('waits', (context) => context.skip('no such server here'));
       test.skip('rests', () => {});
       test('strays', () => { void Promise.reject(new Error('nobody waited')); });`,
    );
    writeFileSync(join(folder, 'b.test.js'), `throw new Error('at once');`);
    const counts = join(folder, 'counts.json');
    const reporter = join(repositoryRoot, 'scripts', 'vitest-counts.mjs');
    const vitest = join(repositoryRoot, 'node_modules', '.bin', 'vitest');
    spawnSync(vitest, ['run', `--reporter=${reporter}`, '--root', folder], {
      cwd: folder,
      env: { ...process.env, SLOTDECK_VITEST_COUNTS: counts },
    });
    expect(JSON.parse(readFileSync(counts, 'utf8'))).toEqual({
      passed: 2,
      failed: expect.arrayContaining([
        'a.test.js: breaks',
        'b.test.js: the file does not load',
        'outside any test: nobody waited',
      ]),
      skipped: [
        { title: 'a.test.js: waits', reason: 'no such server here' },
        { title: 'a.test.js: rests', reason: 'no reason given' },
      ],
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 30_000);

test('the browser: nested suites are walked, and a test that passed only when tried again is named', () => {
  const spec = (title: string, status: string, annotations: readonly object[] = []) => ({
    title,
    tests: [{ status, annotations }],
  });
  const report = {
    suites: [
      {
        title: 'overview.e2e.ts',
        specs: [spec('is shown', 'expected'), spec('is slow', 'flaky')],
        suites: [
          {
            title: 'by keyboard',
            specs: [
              spec('moves', 'unexpected'),
              spec('prints', 'skipped', [{ type: 'skip', description: 'no printer' }]),
            ],
          },
        ],
      },
    ],
    errors: [{ message: 'the server did not start' }],
  };
  expect(countPlaywright(report)).toEqual({
    passed: 2,
    failed: ['overview.e2e.ts › by keyboard › moves', 'outside any test: the server did not start'],
    skipped: [{ title: 'overview.e2e.ts › by keyboard › prints', reason: 'no printer' }],
    flaky: ['overview.e2e.ts › is slow'],
  });
});
