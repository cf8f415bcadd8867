import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { PAGE_BUDGET_KB, readPageWeights } from './page-weights.ts';

const built = readPageWeights(fileURLToPath(new URL('../apps/dashboard/dist', import.meta.url)));

test('every page can be the first one opened within the budget of JavaScript', ({ skip }) => {
  if (built === null) return skip('the dashboard is not built; `npm test` builds before it tests');
  expect(built.pages.length).toBeGreaterThan(5);
  expect(built.pages.filter(({ kb }) => kb > PAGE_BUDGET_KB)).toEqual([]);
});

test('a page weighs what it and the entry import at once, and nothing that is loaded on demand', () => {
  const dist = mkdtempSync(join(tmpdir(), 'slotdeck-weights-'));
  onTestFinished(() => rmSync(dist, { recursive: true }));
  const assets = join(dist, 'assets');
  mkdirSync(assets);
  // Random, so that gzip cannot make the sizes disappear.
  const filler = (bytes: number): string => randomBytes(bytes).toString('base64');
  const put = (name: string, code: string): void => writeFileSync(join(assets, name), code);
  writeFileSync(join(dist, 'index.html'), '<script type="module" src="/assets/index-AAAAAAAA.js"></script>');
  put('index-AAAAAAAA.js', 'import{a}from"./shared-AAAAAAAA.js";const page=()=>import("./NodesPage-AAAAAAAA.js");');
  put('shared-AAAAAAAA.js', `/*${filler(20_000)}*/`);
  put(
    'NodesPage-AAAAAAAA.js',
    'import{b as c}from"./table-AAAAAAAA.js";const chart=()=>import("./chart-AAAAAAAA.js");',
  );
  put('table-AAAAAAAA.js', `/*${filler(10_000)}*/`);
  put('chart-AAAAAAAA.js', `/*${filler(200_000)}*/`);
  const weights = readPageWeights(dist);
  expect(weights?.pages.map(({ page }) => page)).toEqual(['NodesPage']);
  expect(Math.round((weights?.entryKb ?? 0) / 10)).toBe(2);
  expect(Math.round((weights?.pages[0]?.kb ?? 0) / 10)).toBe(3);
  expect(Math.round((weights?.allKb ?? 0) / 10)).toBe(23);
});

test('without a build there is no weight, and not a weight of nothing', () => {
  expect(readPageWeights(join(tmpdir(), 'slotdeck-no-such-folder'))).toBeNull();
});
