import { test as base, expect, type Page } from '@playwright/test';
import { startCluster, type RealCluster } from '@slotdeck/testkit/real-cluster';
import { startConsole, type Console } from './console.ts';

interface Rooms {
  product: Console;
  cluster: RealCluster;
}
interface Signed {
  /** A page signed in as admin, standing on the clusters page. */
  console: Page;
  /** Id of the cluster, already added; under the name `orders` unless a test before added it under another. */
  clusterId: string;
}

/** One console and one 3+3 cluster for all tests of a file; each test a fresh page. */
export const test = base.extend<Signed, Rooms>({
  product: [
    // eslint: Playwright reads the names of the fixtures from this pattern.
    async ({}, use) => {
      const product = await startConsole();
      await use(product);
      await product.discard();
    },
    { scope: 'worker' },
  ],
  cluster: [
    async ({}, use) => {
      const cluster = await startCluster({ primaries: 3, replicasPerPrimary: 1 });
      await use(cluster);
      await cluster.shutdown();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  clusterId: async ({ product, cluster }, use) => {
    const { clusters } = await product.call('listClusters', {});
    const known = clusters.find((each) => each.seeds.some((seed) => cluster.seeds.includes(seed)));
    const id =
      known?.id ??
      (await product.call('addCluster', { body: { name: 'orders', seeds: cluster.seeds.slice(0, 2) } })).id;
    await use(id);
  },
  console: async ({ page, product }, use) => {
    await signIn(page, product);
    await use(page);
  },
});

export { expect };

export async function signIn(page: Page, product: Console): Promise<void> {
  await page.goto(product.url);
  await page.getByLabel('User name').fill(product.username);
  await page.getByLabel('Password', { exact: true }).fill(product.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/clusters/);
}
