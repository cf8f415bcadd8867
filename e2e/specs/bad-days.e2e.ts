import { startCluster } from '@slotdeck/testkit/real-cluster';
import { startConsole } from '../support/console.ts';
import { expect, signIn, test } from '../support/fixtures.ts';
import { keepPicture } from '../support/inspect.ts';

test('the server is killed under an open page and started again: the page says so and goes on without reloading', async ({
  page,
}) => {
  test.setTimeout(180_000);
  const cluster = await startCluster({ primaries: 3, replicasPerPrimary: 1 });
  const product = await startConsole();
  try {
    await cluster.fillKeys({ count: 40_000, valueBytes: 100, slots: [[0, 1999]] });
    const target = cluster.primaries()[2];
    if (target === undefined) throw new Error('the cluster has no third primary');
    const { id } = await product.call('addCluster', { body: { name: 'restarted', seeds: cluster.seeds } });
    const plan = await product.call('makePlan', {
      params: { clusterId: id },
      body: { kind: 'reshard', params: { slots: '0-1999', from: ['all'], to: [target.id] } },
    });
    await signIn(page, product);
    const started = await product.call('startOperation', {
      params: { clusterId: id },
      body: { planId: plan.id, pace: 'gentle' },
    });
    await page.goto(`${product.url}/operations/${started.id}`);
    await page.evaluate(() => Object.assign(window, { sameDocument: true }));
    await expect(page.getByRole('progressbar', { name: 'Slots moved' })).toBeVisible();

    await product.kill();
    await expect(page.getByText(/connection lost/i).first()).toBeVisible();
    await keepPicture(page, 'connection-lost');
    // A page whose part of the program was not loaded yet is waited for, and comes with the server.
    await page.getByRole('link', { name: 'Doctor' }).click();
    await expect(page).toHaveURL(/\/doctor/);
    await product.start();
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible({ timeout: 30_000 });
    await page.goBack();
    await expect(page.getByText(/taken over/i).first()).toBeVisible({ timeout: 30_000 });
    await expect(page.getByText('Succeeded').first()).toBeVisible({ timeout: 120_000 });
    expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
    await keepPicture(page, 'operation-taken-over');
    await cluster.waitForAgreement();
  } finally {
    await product.discard();
    await cluster.shutdown();
  }
});

test('a primary is killed: shown failed, then failed over, on an open page', async ({ page }) => {
  test.setTimeout(120_000);
  const cluster = await startCluster({ primaries: 3, replicasPerPrimary: 1 });
  const product = await startConsole();
  try {
    const victim = cluster.primaries()[0];
    if (victim === undefined) throw new Error('the cluster has no primary');
    const { id } = await product.call('addCluster', { body: { name: 'failing', seeds: cluster.seeds } });
    await signIn(page, product);
    await page.goto(`${product.url}/clusters/${id}/nodes`);
    const row = page.getByRole('row').filter({ hasText: `127.0.0.1:${victim.port}` });
    await expect(row).toContainText('Healthy');
    await page.evaluate(() => Object.assign(window, { sameDocument: true }));
    await victim.kill();
    await expect(row).toContainText(/Failed/, { timeout: 30_000 });
    await keepPicture(page, 'node-failed');
    const replica = (await cluster.table(cluster.primaries()[1] ?? victim)).find(
      (each) => each.primaryId === victim.id,
    );
    const survivor = cluster.replicas().find((node) => node.id === replica?.id);
    if (survivor !== undefined) {
      await expect(page.getByRole('row').filter({ hasText: `127.0.0.1:${survivor.port}` })).toContainText(/Primary/, {
        timeout: 30_000,
      });
    }
    await page.getByRole('link', { name: 'Overview' }).click();
    await expect(page.getByText(/failed/i).first()).toBeVisible();
    await keepPicture(page, 'overview-after-failover');
    expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
    await victim.start();
    await page.getByRole('link', { name: /^Nodes/ }).click();
    await expect(row).toContainText(/Replica/, { timeout: 30_000 });
    await expect(row).toContainText('Healthy', { timeout: 30_000 });
  } finally {
    await product.discard();
    await cluster.shutdown();
  }
});

test('a node that hangs is shown as giving no answer while the rest stays live', async ({
  console: page,
  product,
  cluster,
  clusterId,
}) => {
  const hung = cluster.replicas()[0];
  if (hung === undefined) throw new Error('the cluster has no replica');
  await page.goto(`${product.url}/clusters/${clusterId}/nodes`);
  const row = page.getByRole('row').filter({ hasText: `127.0.0.1:${hung.port}` });
  await expect(row).toContainText('Healthy');
  hung.pause();
  await expect(row).toContainText(/No answer|Suspected|Failed/);
  await keepPicture(page, 'node-hangs');
  hung.resume();
  await expect(row).toContainText('Healthy', { timeout: 30_000 });
});

test('a second server on the same data folder refuses to start and says who holds it', async ({ product }) => {
  const second = await startConsole({ dataFolder: product.dataFolder, mayFail: true });
  expect(second.output()).toMatch(/another|already|in use/i);
  expect(await second.stop()).not.toBe(0);
  const { clusters } = await product.call('listClusters', {});
  expect(Array.isArray(clusters)).toBe(true);
  await second.discard();
});

test('a second change while one runs is refused with a link to the one that runs', async ({
  console: page,
  product,
  cluster,
  clusterId,
}) => {
  test.setTimeout(120_000);
  await cluster.waitForAgreement();
  await cluster.fillKeys({ count: 30_000, valueBytes: 200, slots: [[11_000, 12_999]] });
  const [first, second] = cluster.primaries();
  if (first === undefined || second === undefined) throw new Error('the cluster has too few primaries');
  const make = (slots: string, to: string) =>
    product.call('makePlan', {
      params: { clusterId },
      body: { kind: 'reshard', params: { slots, from: ['all'], to: [to] } },
    });
  const one = await make('11000-12999', first.id);
  const running = await product.call('startOperation', {
    params: { clusterId },
    body: { planId: one.id, pace: 'gentle' },
  });
  await product.call('pauseOperation', { params: { operationId: running.id } });

  await page.goto(`${product.url}/clusters/${clusterId}/reshard?slots=15000-15010&to=${second.id}`);
  await expect(page.getByRole('link', { name: new RegExp(running.id) }).first()).toBeVisible();
  await keepPicture(page, 'wizard-cluster-busy');
  await product.call('cancelOperation', { params: { operationId: running.id } });
  await expect
    .poll(async () => (await product.call('getOperation', { params: { operationId: running.id } })).status, {
      timeout: 60_000,
    })
    .toBe('cancelled');
  await cluster.waitForAgreement();
});
