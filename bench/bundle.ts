/**
 * What a browser loads before the first page can be used: the entry of the built dashboard, everything it imports at once, and the
 * page itself with what that imports. JavaScript as it travels (gzip), in kB of 1000 bytes. Build first: `npm run build`.
 *
 * `--json` prints the figures; without it they are printed for people. Fails when the first page is above its budget.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/** Before the first chart is needed. */
const BUDGET_KB = 250;

const dist = fileURLToPath(new URL('../apps/dashboard/dist', import.meta.url));
const assets = join(dist, 'assets');
if (!existsSync(join(dist, 'index.html'))) {
  process.stderr.write('The dashboard is not built. Run `npm run build` first.\n');
  process.exit(2);
}

/** Files that a module loads together with itself: `import … from "./x.js"`, not `import("./x.js")`. */
function staticImports(file: string): string[] {
  const code = readFileSync(join(assets, file), 'utf8');
  const found = code.matchAll(/(?:^|[;}\s])(?:import|export)\s*(?:[\w$*{}\s,]+?\s*from\s*)?["']\.\/([\w.-]+\.js)["']/g);
  return [...found].map((match) => match[1] ?? '');
}

function withImports(files: Iterable<string>): Set<string> {
  const all = new Set<string>();
  const waiting = [...files];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (all.has(file)) continue;
    all.add(file);
    waiting.push(...staticImports(file));
  }
  return all;
}

const size = (file: string): number => gzipSync(readFileSync(join(assets, file)), { level: 9 }).length;
const kb = (files: Iterable<string>): number =>
  Math.round([...files].reduce((sum, file) => sum + size(file), 0) / 100) / 10;

const html = readFileSync(join(dist, 'index.html'), 'utf8');
const entry = withImports([...html.matchAll(/assets\/([\w.-]+\.js)/g)].map((match) => match[1] ?? ''));
const scripts = readdirSync(assets).filter((file) => file.endsWith('.js'));
const pages = scripts.filter((file) => /Page-[\w-]+\.js$/.test(file));
const perPage = Object.fromEntries(
  pages.map((page) => [page.replace(/-[\w-]+\.js$/, ''), kb(withImports([...entry, page]))]),
);
const first = perPage['ClustersPage'] ?? kb(entry);
const figures = { entryKb: kb(entry), firstPageKb: first, budgetKb: BUDGET_KB, perPageKb: perPage, allKb: kb(scripts) };

if (process.argv.includes('--json')) {
  process.stdout.write(`${JSON.stringify(figures)}\n`);
} else {
  const lines = Object.entries(perPage)
    .toSorted(([, a], [, b]) => b - a)
    .map(([page, size]) => `  ${page.padEnd(18)} ${size} kB`);
  process.stdout.write(
    [
      `Entry ${figures.entryKb} kB gz. First page (clusters) ${first} kB gz of ${BUDGET_KB}. Each page with the entry:`,
      ...lines,
      '',
    ].join('\n'),
  );
}
if (first > BUDGET_KB) process.exitCode = 1;
