import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Before the first chart is needed, kB of 1000 bytes of JavaScript as it travels (gzip). Holds for every page, since each can be the first. */
export const PAGE_BUDGET_KB = 250;

export interface PageWeights {
  /** What the document asks for at once. */
  readonly entryKb: number;
  /** Each page opened first: the entry, the page, and what either imports at once. Heaviest first. */
  readonly pages: readonly { readonly page: string; readonly kb: number }[];
  /** Every script there is, asked for or not. */
  readonly allKb: number;
}

/** Null when nothing was built there. `dist` is the folder of the built dashboard. */
export function readPageWeights(dist: string): PageWeights | null {
  const assets = join(dist, 'assets');
  if (!existsSync(join(dist, 'index.html'))) return null;

  /** Files that a module loads together with itself: `import … from "./x.js"`, not `import("./x.js")`. */
  const staticImports = (file: string): string[] => {
    const code = readFileSync(join(assets, file), 'utf8');
    const found = code.matchAll(
      /(?:^|[;}\s])(?:import|export)\s*(?:[\w$*{}\s,]+?\s*from\s*)?["']\.\/([\w.-]+\.js)["']/g,
    );
    return [...found].map((match) => match[1] ?? '');
  };
  const withImports = (files: Iterable<string>): Set<string> => {
    const all = new Set<string>();
    const waiting = [...files];
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      if (all.has(file)) continue;
      all.add(file);
      waiting.push(...staticImports(file));
    }
    return all;
  };
  const sizes = new Map<string, number>();
  const sizeOf = (file: string): number => {
    const known = sizes.get(file) ?? gzipSync(readFileSync(join(assets, file)), { level: 9 }).length;
    sizes.set(file, known);
    return known;
  };
  const kb = (files: Iterable<string>): number =>
    Math.round([...files].reduce((sum, file) => sum + sizeOf(file), 0) / 100) / 10;

  const html = readFileSync(join(dist, 'index.html'), 'utf8');
  const entry = withImports([...html.matchAll(/assets\/([\w.-]+\.js)/g)].map((match) => match[1] ?? ''));
  const scripts = readdirSync(assets).filter((file) => file.endsWith('.js'));
  return {
    entryKb: kb(entry),
    pages: scripts
      .filter((file) => /Page-[\w-]+\.js$/.test(file))
      .map((file) => ({ page: file.replace(/-[\w-]{8}\.js$/, ''), kb: kb(withImports([...entry, file])) }))
      .toSorted((a, b) => b.kb - a.kb),
    allKb: kb(scripts),
  };
}
