import { expect, test as base, type Page } from '@playwright/test';
import { startCluster, type RealCluster, type RealNode } from '@slotdeck/testkit/real-cluster';
import { findServer, type ServerName } from '@slotdeck/testkit/server-binaries';
import { startTraffic } from '@slotdeck/testkit/traffic-checker';
import { waitUntil } from '@slotdeck/testkit/wait-until';
import { startConsole, type Console } from '../support/console.ts';
import { signIn } from '../support/fixtures.ts';
import { expectAccessible, keepPicture } from '../support/inspect.ts';

const SERVERS: readonly ServerName[] = ['redis-8.6', 'valkey-9.1'];
const LAST = 1999;
/** What is on its way to a replica when its primary dies is lost by the servers, whatever we do. */
const REPLICATION_MS = 1_000;

/** Acknowledged from … to: by a node that was dying or was being replaced. */
type Excused = readonly [from: number, to: number];

interface Stage {
  readonly cluster: RealCluster;
  readonly source: RealNode;
  readonly target: RealNode;
}

async function underLoad(page: Page, server: ServerName, act: (stage: Stage) => Promise<Excused>): Promise<void> {
  const cluster = await startCluster({ server, nodeTimeoutMs: 1_500, requireFullCoverage: false });
  const product = await startConsole();
  try {
    const [source, , target] = cluster.primaries();
    if (source === undefined || target === undefined) throw new Error('the cluster has too few primaries');
    await cluster.fillKeys({ count: 120_000, valueBytes: 400, slots: [[0, LAST]] });
    const traffic = await startTraffic({
      seeds: cluster.seeds,
      clients: 8,
      keyspace: 4_000,
      slots: [[0, LAST]],
      survives: 'failover',
      pauseMsBetween: 1,
    });
    try {
      await traffic.waitForWrites(1_000);
      await startMove(page, product, cluster, target);
      const excused = await act({ cluster, source, target });
      await expect(page.getByText('Succeeded').first()).toBeVisible({ timeout: 120_000 });
      await cluster.waitForAgreement();
      const report = await traffic.verify();
      expect(
        report.lost.filter(({ acknowledgedAt: at }) => at < excused[0] - REPLICATION_MS || at > excused[1]),
        'acknowledged writes that are gone',
      ).toEqual([]);
      expect(report.foreign).toEqual({});
    } finally {
      await traffic.stop();
    }
  } finally {
    await product.discard();
    await cluster.shutdown();
  }
}

async function startMove(page: Page, product: Console, cluster: RealCluster, target: RealNode): Promise<void> {
  const { id } = await product.call('addCluster', { body: { name: 'loaded', seeds: cluster.seeds } });
  await signIn(page, product);
  await page.goto(`${product.url}/clusters/${id}/reshard`);
  await page.getByRole('textbox', { name: 'Slots to move' }).fill(`0-${LAST}`);
  await page.getByRole('button', { name: 'Next' }).click();
  await page
    .getByLabel(new RegExp(`127.0.0.1:${target.port}`))
    .first()
    .check();
  await page.getByRole('radio', { name: 'By the servers themselves' }).check();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('button', { name: 'Start moving 2,000 slots' }).click();
  // The first of its four steps has arrived, three are to come.
  await expect(page.getByRole('progressbar', { name: 'Slots moved' })).toHaveAttribute('aria-valuenow', /^[1-9]/, {
    timeout: 60_000,
  });
}

/** The replica that took the place of a primary, when it has. */
async function heirOf(cluster: RealCluster, before: ReadonlySet<string>): Promise<RealNode> {
  return waitUntil(
    'a replica to take over',
    async () => {
      await cluster.refreshRoles();
      return cluster.primaries().find((node) => node.isRunning && !before.has(node.id)) ?? null;
    },
    { timeoutMs: 40_000 },
  );
}

/** Who owns the moved slots, in the table of every node that runs. */
async function ownersOfMoved(cluster: RealCluster): Promise<string[]> {
  const owners = new Set<string>();
  for (const node of cluster.nodes.filter((each) => each.isRunning))
    for (const row of await cluster.table(node)) if (row.slots.some(([from]) => from <= LAST)) owners.add(row.id);
  return [...owners];
}

for (const server of SERVERS) {
  base(
    `a target killed in the middle of an atomic move pauses it on the page, and a person goes on with its heir on ${server}`,
    async ({ page }) => {
      base.skip(findServer(server) === null, `${server} is not on this machine`);
      base.setTimeout(240_000);
      await underLoad(page, server, async ({ cluster, target }) => {
        const before = new Set(cluster.primaries().map((node) => node.id));
        const killedAt = Date.now();
        await target.kill();
        const goneAt = Date.now();
        await expect(page.getByText('Paused by Slotdeck')).toBeVisible({ timeout: 60_000 });
        await keepPicture(page, `atomic-target-died-${server}`);
        await expectAccessible(page, 'a move whose target died');
        const heir = await heirOf(cluster, before);
        await page.getByRole('button', { name: 'Look again and go on' }).click();
        await expect(page.getByText('Succeeded').first()).toBeVisible({ timeout: 120_000 });
        await expect(page.getByText(/took its place in this move/)).toBeVisible();
        await keepPicture(page, `atomic-heir-${server}`);
        expect(await ownersOfMoved(cluster)).toEqual([heir.id]);
        return [killedAt, goneAt];
      });
    },
  );

  base(
    `a source that fails over in the middle of an atomic move is followed to its end from the page on ${server}`,
    async ({ page }) => {
      base.skip(findServer(server) === null, `${server} is not on this machine`);
      base.setTimeout(240_000);
      await underLoad(page, server, async ({ cluster, source, target }) => {
        const before = new Set(cluster.primaries().map((node) => node.id));
        const replicas = await cluster.table(source);
        const replica = replicas.find((row) => row.primaryId === source.id);
        if (replica === undefined) throw new Error('the source has no replica');
        const failedAt = Date.now();
        await cluster.nodeById(replica.id).call('CLUSTER', 'FAILOVER', 'FORCE');
        await heirOf(cluster, before);
        const overAt = Date.now();
        await expect(page.getByText('Paused by Slotdeck')).toBeVisible({ timeout: 60_000 });
        await keepPicture(page, `atomic-source-failed-over-${server}`);
        await page.getByRole('button', { name: 'Look again and go on' }).click();
        await expect(page.getByText('Succeeded').first()).toBeVisible({ timeout: 120_000 });
        expect(await ownersOfMoved(cluster)).toEqual([target.id]);
        return [failedAt, overAt];
      });
    },
  );
}
