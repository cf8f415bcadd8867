import { expect, test as base } from '@playwright/test';
import { findServer, type ServerName } from '@slotdeck/testkit/server-binaries';
import { startCluster } from '@slotdeck/testkit/real-cluster';
import { startTraffic } from '@slotdeck/testkit/traffic-checker';
import { startConsole } from '../support/console.ts';
import { signIn } from '../support/fixtures.ts';
import { keepPicture } from '../support/inspect.ts';

const RUNS: readonly { readonly server: ServerName; readonly driver: 'classic' | 'atomic'; readonly keys: number }[] = [
  { server: 'redis-7.0', driver: 'classic', keys: 100_000 },
  { server: 'redis-8.6', driver: 'classic', keys: 100_000 },
  { server: 'valkey-9.1', driver: 'classic', keys: 100_000 },
  { server: 'redis-8.6', driver: 'atomic', keys: 20_000 },
  { server: 'valkey-9.1', driver: 'atomic', keys: 20_000 },
];
const MOVED: readonly [number, number] = [0, 1999];

for (const { server, driver, keys } of RUNS) {
  base(
    `2,000 slots with ${keys} keys move from the browser under eight writers without a lost write or an error on ${server}, ${driver}`,
    async ({ page }) => {
      base.skip(findServer(server) === null, `${server} is not on this machine`);
      base.setTimeout(300_000);
      const cluster = await startCluster({ server, primaries: 3, replicasPerPrimary: 1, nodeTimeoutMs: 5_000 });
      const product = await startConsole();
      try {
        await cluster.fillKeys({ count: keys, valueBytes: 100, slots: [MOVED] });
        const traffic = await startTraffic({
          seeds: cluster.seeds,
          clients: 8,
          keyspace: 2_000,
          keyPrefix: 'live',
          slots: [MOVED],
          pairRatio: 0.1,
          pauseMsBetween: 1,
        });
        const target = cluster.primaries()[2];
        if (target === undefined) throw new Error('the cluster has no third primary');
        const { id } = await product.call('addCluster', { body: { name: 'loaded', seeds: cluster.seeds } });
        await signIn(page, product);
        await page.goto(`${product.url}/clusters/${id}/reshard`);
        await page.getByRole('textbox', { name: 'Slots to move' }).fill(`${MOVED[0]}-${MOVED[1]}`);
        await page.getByRole('button', { name: 'Next' }).click();
        await page
          .getByLabel(new RegExp(`127.0.0.1:${target.port}`))
          .first()
          .check();
        if (driver === 'atomic') await page.getByRole('radio', { name: 'By the servers themselves' }).check();
        await page.getByRole('button', { name: 'Next' }).click();
        await page.getByRole('button', { name: 'Next' }).click();
        await page.getByRole('button', { name: 'Start moving 2,000 slots' }).click();
        await expect(page.getByRole('progressbar', { name: 'Slots moved' })).toBeVisible();
        await keepPicture(page, `under-load-${server}-${driver}`);
        await expect(page.getByText('Succeeded').first()).toBeVisible({ timeout: 240_000 });
        const told = page.getByText(/^The servers moved slots .* by themselves/);
        await expect(told).toHaveCount(driver === 'atomic' ? 4 : 0);

        await cluster.waitForAgreement();
        const report = await traffic.verify();
        expect(report.lost).toEqual([]);
        expect(report.foreign).toEqual({});
        expect(report.errors).toEqual({});
        expect(report.staleReads).toEqual([]);
        expect(report.writes).toBeGreaterThan(1_000);
        for (const node of cluster.nodes) {
          const rows = await cluster.table(node);
          const owner = rows.filter((row) => row.slots.some(([from, to]) => from <= MOVED[0] && to >= MOVED[1]));
          expect(
            owner.map((row) => row.id),
            `owner of the moved slots as port ${node.port} has it`,
          ).toEqual([target.id]);
          expect(rows.flatMap((row) => row.openSlots)).toEqual([]);
        }
        const sizes = await Promise.all(cluster.primaries().map((node) => node.call('DBSIZE')));
        const total = sizes.reduce<number>((sum, size) => sum + Number(size), 0);
        expect(total).toBe(keys + report.keysChecked);
      } finally {
        await product.discard();
        await cluster.shutdown();
      }
    },
  );
}
