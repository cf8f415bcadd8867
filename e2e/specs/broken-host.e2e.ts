import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster } from '@slotdeck/testkit/real-cluster';
import { startConsole } from '../support/console.ts';
import { expect, signIn, test } from '../support/fixtures.ts';
import { keepPicture } from '../support/inspect.ts';
import { makeJumpingClock } from '../support/jumping-clock.ts';
import { mountSmallDisk } from '../support/small-disk.ts';

const HOUR = 3_600_000;

test('on a full disk the page says so, the cluster stays in view, and with room again the same click works', async ({
  page,
  cluster,
}) => {
  test.setTimeout(180_000);
  const disk = mountSmallDisk(96);
  test.skip(disk === null, 'this user may not mount a small file system to fill');
  if (disk === null) return;
  // In a folder of the disk: its top carries the ballast.
  const product = await startConsole({ dataFolder: join(disk.path, 'data') });
  try {
    const { id } = await product.call('addCluster', { body: { name: 'orders', seeds: cluster.seeds } });
    await cluster.waitForAgreement();
    await cluster.refreshRoles();
    await cluster.fillKeys({ count: 20_000, valueBytes: 100, slots: [[3000, 3999]] });
    const target = cluster.primaries()[2];
    if (target === undefined) throw new Error('the cluster has no third primary');
    const plan = await product.call('makePlan', {
      params: { clusterId: id },
      body: { kind: 'reshard', params: { slots: '3000-3999', from: ['all'], to: [target.id] } },
    });
    await signIn(page, product);

    await test.step('a move cannot be started, nothing is half written, and the cluster is still shown live', async () => {
      await page.goto(`${product.url}/clusters/${id}/reshard?plan=${plan.id}`);
      await disk.fill();
      await page.getByRole('button', { name: /^Start moving/ }).click();
      await expect(
        page
          .getByRole('alert')
          .filter({ hasText: /disk .*full/i })
          .first(),
      ).toBeVisible();
      await keepPicture(page, 'disk-full');
      expect((await product.call('listOperations', { params: { clusterId: id } })).operations).toEqual([]);
      await page.getByRole('link', { name: 'Overview' }).click();
      await expect(page.getByText('16,384 of 16,384')).toBeVisible();
    });

    await test.step('with room again the plan starts and ends', async () => {
      await disk.free();
      await page.goto(`${product.url}/clusters/${id}/reshard?plan=${plan.id}`);
      await page.getByRole('button', { name: /^Start moving/ }).click();
      await expect(page).toHaveURL(/\/operations\/op-/);
      await expect(page.getByText('Succeeded').first()).toBeVisible({ timeout: 60_000 });
      await cluster.waitForAgreement();
    });
  } finally {
    await product.discard();
    disk.unmount();
  }
});

test('the disk fills while slots move: the page shows it halted and why, and it is resumed from there', async ({
  page,
}) => {
  test.setTimeout(180_000);
  const disk = mountSmallDisk(96);
  test.skip(disk === null, 'this user may not mount a small file system to fill');
  if (disk === null) return;
  const cluster = await startCluster({ primaries: 3, replicasPerPrimary: 1 });
  const product = await startConsole({ dataFolder: join(disk.path, 'data') });
  try {
    const { id } = await product.call('addCluster', { body: { name: 'orders', seeds: cluster.seeds } });
    await cluster.fillKeys({ count: 40_000, valueBytes: 100, slots: [[0, 1999]] });
    const target = cluster.primaries()[1];
    if (target === undefined) throw new Error('the cluster has no second primary');
    const plan = await product.call('makePlan', {
      params: { clusterId: id },
      body: { kind: 'reshard', params: { slots: '0-1999', from: ['all'], to: [target.id] } },
    });
    await signIn(page, product);
    const { id: operationId } = await product.call('startOperation', {
      params: { clusterId: id },
      body: { planId: plan.id, pace: 'gentle' },
    });
    await page.goto(`${product.url}/operations/${operationId}`);
    await expect(page.getByRole('progressbar', { name: 'Slots moved' })).toBeVisible();
    await disk.fill();
    await expect(page.getByText(/disk .*full/i).first()).toBeVisible({ timeout: 60_000 });
    await keepPicture(page, 'operation-disk-full');

    // What cannot be journalled is not done: the batch in flight stays as it is until there is room.
    await disk.free();
    await page.getByRole('button', { name: 'Resume' }).click();
    await product.call('setPace', { params: { operationId }, body: { pace: 'fast' } });
    await expect(page.getByText('Succeeded').first()).toBeVisible({ timeout: 120_000 });
    await cluster.waitForAgreement();
  } finally {
    await product.discard();
    await cluster.shutdown();
    disk.unmount();
  }
});

test('the clock of the server jumps back and forth while slots move: the page stays live and the move ends', async ({
  page,
}) => {
  test.setTimeout(180_000);
  const clock = await makeJumpingClock();
  const dataFolder = await mkdtemp(join(tmpdir(), 'slotdeck-e2e-'));
  const cluster = await startCluster({ primaries: 3, replicasPerPrimary: 1 });
  const product = await startConsole({ dataFolder, env: clock.env });
  try {
    const { id } = await product.call('addCluster', { body: { name: 'jumping', seeds: cluster.seeds } });
    await cluster.fillKeys({ count: 60_000, valueBytes: 100, slots: [[0, 2999]] });
    const [, , target] = cluster.primaries();
    if (target === undefined) throw new Error('the cluster has no third primary');
    const plan = await product.call('makePlan', {
      params: { clusterId: id },
      body: { kind: 'reshard', params: { slots: '0-2999', from: ['all'], to: [target.id] } },
    });
    await signIn(page, product);
    const { id: operationId } = await product.call('startOperation', {
      params: { clusterId: id },
      body: { planId: plan.id, pace: 'gentle' },
    });
    await page.goto(`${product.url}/operations/${operationId}`);
    await page.evaluate(() => Object.assign(window, { sameDocument: true }));
    const bar = page.getByRole('progressbar', { name: 'Slots moved' });
    const moved = async (): Promise<number> => Number(await bar.getAttribute('aria-valuenow'));
    await expect.poll(moved, { timeout: 60_000 }).toBeGreaterThan(0);

    for (const [name, offset] of [
      ['back', -2 * HOUR],
      ['forth', 3 * HOUR],
      ['right', 0],
    ] as const) {
      await clock.set(offset);
      const then = await moved();
      await expect
        .poll(moved, { message: `still moving with the clock ${name}`, timeout: 60_000 })
        .toBeGreaterThan(then);
      // The page learns of the new clock within one of its pings: what is live is then not taken for old.
      await expect(page.getByText(/^Last known/)).toHaveCount(0);
      await keepPicture(page, `operation-clock-${name}`);
      await expect(page.getByText(/NaN|Invalid|in the future|-\d+ (s|min|h)\b/)).toHaveCount(0);
    }
    await product.call('setPace', { params: { operationId }, body: { pace: 'fast' } });
    await expect(page.getByText('Succeeded').first()).toBeVisible({ timeout: 120_000 });
    expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
    await cluster.waitForAgreement();

    await test.step('a node that dies after the clock went back is still shown failed within its time-out', async () => {
      await clock.set(-2 * HOUR);
      await page.goto(`${product.url}/clusters/${id}/nodes`);
      const victim = cluster.primaries()[0];
      if (victim === undefined) throw new Error('the cluster has no primary');
      const row = page.getByRole('row').filter({ hasText: `127.0.0.1:${victim.port}` });
      await expect(row).toContainText('Healthy');
      await victim.kill();
      await expect(row).toContainText(/Failed/, { timeout: 30_000 });
    });
  } finally {
    await product.discard();
    await cluster.shutdown();
    await clock.discard();
    await rm(dataFolder, { recursive: true, force: true, maxRetries: 3 });
  }
});
