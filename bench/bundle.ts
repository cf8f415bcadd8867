/**
 * What a browser loads before a page can be used, for each page as the first one that is opened: the entry of the built dashboard,
 * everything it imports at once, and the page itself with what that imports. JavaScript as it travels (gzip), in kB of 1000 bytes.
 * Build first: `npm run build`.
 *
 * `--json` prints the figures; without it they are printed for people. Fails when any page is above the budget.
 */
import { fileURLToPath } from 'node:url';
import { PAGE_BUDGET_KB, readPageWeights } from '../scripts/page-weights.ts';

const weights = readPageWeights(fileURLToPath(new URL('../apps/dashboard/dist', import.meta.url)));
if (weights === null) {
  process.stderr.write('The dashboard is not built. Run `npm run build` first.\n');
  process.exit(2);
}
const { entryKb, pages, allKb } = weights;
const first = pages.find(({ page }) => page === 'ClustersPage');
const worst = pages[0];

if (process.argv.includes('--json')) {
  const figures = {
    entryKb,
    firstPageKb: first?.kb ?? entryKb,
    worstPage: worst?.page ?? null,
    worstPageKb: worst?.kb ?? null,
    budgetKb: PAGE_BUDGET_KB,
    perPageKb: Object.fromEntries(pages.map(({ page, kb }) => [page, kb])),
    allKb,
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
} else {
  const lines = pages.map(
    ({ page, kb }) => `  ${page.padEnd(18)} ${kb} kB${kb > PAGE_BUDGET_KB ? '  above the budget' : ''}`,
  );
  const head = [
    `Entry ${entryKb} kB gz. First page (clusters) ${first?.kb ?? entryKb} kB gz.`,
    `Heaviest page (${worst?.page ?? 'none'}) ${worst?.kb ?? 0} kB gz of ${PAGE_BUDGET_KB}. Each page with the entry:`,
  ];
  process.stdout.write(`${[...head, ...lines].join('\n')}\n`);
}
if (pages.some(({ kb }) => kb > PAGE_BUDGET_KB)) process.exitCode = 1;
