import type { Page } from '@playwright/test';
import { OperationId } from '@slotdeck/model/ids';
import { tagOfSlot } from '@slotdeck/testkit/fill-keys';
import { startTraffic } from '@slotdeck/testkit/traffic-checker';
import { expect, test } from '../support/fixtures.ts';
import { expectAccessible, keepPicture } from '../support/inspect.ts';

/** Opens the wizard for the named slots and goes on to its last step. */
async function planMove(page: Page, url: string, clusterId: string, slots: string, targetName: string): Promise<void> {
  await page.goto(`${url}/clusters/${clusterId}/reshard`);
  await page.getByRole('textbox', { name: 'Slots to move' }).fill(slots);
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByLabel(new RegExp(targetName)).first().check();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByRole('button', { name: /^Start moving/ })).toBeVisible();
}

test('slots selected on the map are moved through the wizard under writes, live to the end, and no write is lost', async ({
  console: page,
  product,
  cluster,
  clusterId,
}) => {
  test.setTimeout(180_000);
  await cluster.waitForAgreement();
  await cluster.fillKeys({ count: 20_000, valueBytes: 60, slots: [[0, 499]] });
  const traffic = await startTraffic({
    seeds: cluster.seeds,
    clients: 4,
    keyspace: 400,
    slots: [[0, 499]],
    pauseMsBetween: 1,
  });
  const target = cluster.primaries()[1];
  if (target === undefined) throw new Error('the cluster has no second primary');

  await page.goto(`${product.url}/clusters/${clusterId}/slots`);
  await page
    .getByRole('searchbox')
    .or(page.getByRole('textbox', { name: /slot, range or key/i }))
    .first()
    .fill('0-499');
  await page.keyboard.press('Enter');
  await keepPicture(page, 'slots-selected');
  await page.getByRole('button', { name: 'Move these slots' }).click();
  await expect(page.getByRole('textbox', { name: 'Slots to move' })).toHaveValue('0-499');
  await keepPicture(page, 'wizard-what');
  await expectAccessible(page, 'wizard, What');
  await page.getByRole('button', { name: 'Next' }).click();
  await page
    .getByLabel(new RegExp(`127.0.0.1:${target.port}`))
    .first()
    .check();
  await keepPicture(page, 'wizard-where');
  await expectAccessible(page, 'wizard, Where');
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByText(/blocker/i).first()).toBeVisible();
  await keepPicture(page, 'wizard-checks');
  await expectAccessible(page, 'wizard, Checks');
  await page.getByRole('button', { name: 'Next' }).click();
  await keepPicture(page, 'wizard-review');
  await expectAccessible(page, 'wizard, Review');
  await page.getByRole('button', { name: 'Start moving 500 slots' }).click();

  await expect(page).toHaveURL(/\/operations\/op-/);
  await expect(page.getByRole('progressbar', { name: 'Slots moved' })).toBeVisible();
  await keepPicture(page, 'operation-running');
  await expect(page.getByText('Succeeded').first()).toBeVisible({ timeout: 120_000 });
  await expect(page.getByRole('progressbar', { name: 'Slots moved' })).toHaveAttribute('aria-valuenow', /^(100|500)$/);
  await keepPicture(page, 'operation-succeeded');
  await expectAccessible(page, 'ended operation');

  await cluster.waitForAgreement();
  const report = await traffic.verify();
  expect(report.lost).toEqual([]);
  expect(report.errors).toEqual({});
});

test('an operation is paused, resumed and cancelled from the page, and leaves no slot open', async ({
  console: page,
  product,
  cluster,
  clusterId,
}) => {
  test.setTimeout(180_000);
  await cluster.waitForAgreement();
  await cluster.fillKeys({ count: 60_000, valueBytes: 200, slots: [[6000, 7999]] });
  const target = cluster.primaries()[2];
  if (target === undefined) throw new Error('the cluster has no third primary');
  await planMove(page, product.url, clusterId, '6000-7999', `127.0.0.1:${target.port}`);
  await page.getByText('Gentle', { exact: true }).click();
  await page.getByRole('button', { name: /^Start moving/ }).click();
  await expect(page).toHaveURL(/\/operations\/op-/);

  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByText('Paused').first()).toBeVisible();
  await cluster.waitForAgreement();
  await keepPicture(page, 'operation-paused');
  await page.getByRole('button', { name: 'Cancel…' }).click();
  await keepPicture(page, 'operation-cancel-dialog');
  await expectAccessible(page, 'cancel dialog');
  await page.getByRole('dialog').getByRole('button', { name: 'Keep' }).click();

  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(page.getByText('Running').first()).toBeVisible();
  await page.getByRole('button', { name: 'Cancel…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: /^Stop/ }).click();
  await expect(page.getByText('Cancelled').first()).toBeVisible({ timeout: 60_000 });
  await expect(
    page
      .getByRole('link', { name: /reverse/i })
      .or(page.getByRole('button', { name: /reverse|back/i }))
      .first(),
  ).toBeVisible();
  await cluster.waitForAgreement();
});

test('how long clients may wait is limited before the start and changed while it runs, and the page says what they wait', async ({
  console: page,
  product,
  cluster,
  clusterId,
}) => {
  test.setTimeout(180_000);
  await cluster.waitForAgreement();
  await cluster.refreshRoles();
  const owner = cluster.primaries()[1];
  const target = cluster.primaries()[0];
  if (owner === undefined || target === undefined) throw new Error('the cluster has too few primaries');
  const first = (await cluster.table(owner)).find((row) => row.id === owner.id)?.slots[0]?.[0] ?? 0;
  await cluster.fillKeys({ count: 250_000, valueBytes: 300, slots: [[first, first + 199]] });
  await planMove(page, product.url, clusterId, `${first}-${first + 199}`, `127.0.0.1:${target.port}`);
  const limit = page.getByRole('slider', { name: 'Milliseconds a client may wait' });
  await limit.focus();
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByRole('radio', { name: /Own limit/ })).toBeChecked();
  await expect(page.getByText('a client waits 4 ms at most')).toBeVisible();
  await expectAccessible(page, 'own limit');
  await page.getByRole('button', { name: /^Start moving/ }).click();
  await expect(page).toHaveURL(/\/operations\/op-/);
  const operationId = OperationId.parse(new URL(page.url()).pathname.split('/').at(-1));
  expect((await product.call('getOperation', { params: { operationId } })).view.pace).toBe('4ms');
  await expect(
    page.getByText(/Nodes held up [\d.]+ ms at a time; clients waited up to [\d.–]+ ms of 4\./),
  ).toBeVisible();
  await keepPicture(page, 'operation-own-limit');
  await page.getByRole('slider', { name: 'Milliseconds a client may wait' }).focus();
  await page.keyboard.press('Home');
  await expect(page.getByText('a client waits 1 ms at most')).toBeVisible();
  await expect(page.getByText(/clients waited up to [\d.–]+ ms of 1\./)).toBeVisible();
  await expectAccessible(page, 'operation with a limit');
  await page.getByText('Fast', { exact: true }).click();
  await expect(page.getByText('Succeeded').first()).toBeVisible({ timeout: 60_000 });
  await cluster.waitForAgreement();
});

test('a plan made before the cluster changed is refused with what changed, and made again', async ({
  console: page,
  product,
  cluster,
  clusterId,
}) => {
  await cluster.waitForAgreement();
  await cluster.refreshRoles();
  const target = cluster.primaries()[0];
  if (target === undefined) throw new Error('the cluster has no first primary');
  await planMove(page, product.url, clusterId, '16000-16020', `127.0.0.1:${target.port}`);
  const owner = cluster.primaries().find((node) => node !== target && node.id !== cluster.primaries()[1]?.id);
  const replicaOf = (await cluster.table(target)).find((row) => row.primaryId === owner?.id);
  if (replicaOf === undefined) throw new Error('the owner of slot 16000 has no replica');
  await cluster.call(replicaOf.id, 'CLUSTER', 'FAILOVER');
  await cluster.waitForAgreement();
  await page.getByRole('button', { name: /^Start moving/ }).click();
  await expect(page.getByText(/changed/i).first()).toBeVisible();
  await keepPicture(page, 'wizard-stale-plan');
  await page.getByRole('button', { name: 'Make the plan again' }).click();
  await expect(page.getByRole('button', { name: 'Start moving 21 slots' })).toBeEnabled();
});

test('a large key is named before anything moves, and stays with its slot when that is ticked', async ({
  console: page,
  product,
  cluster,
  clusterId,
}) => {
  await cluster.waitForAgreement();
  const slots = '16300-16309';
  const owners = await cluster.table(cluster.nodes[0] ?? '');
  const owner = owners.find((row) => row.slots.some(([from, to]) => from <= 16_300 && 16_309 <= to));
  const source = cluster.nodeById(owner?.id ?? '');
  const target = cluster.primaries().find(({ id }) => id !== source.id);
  if (target === undefined) throw new Error('the cluster has no second primary');
  const large = `{${tagOfSlot(16_305)}}:large`;
  await source.call('SETRANGE', large, 40_000_000, 'x');
  await page.goto(`${product.url}/clusters/${clusterId}/reshard`);
  await page.getByRole('textbox', { name: 'Slots to move' }).fill(slots);
  await page.getByRole('button', { name: 'Next' }).click();
  await page
    .getByLabel(new RegExp(`127.0.0.1:${target.port}`))
    .first()
    .check();
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(
    page.getByText(new RegExp(`Large keys move in one piece \\(1\\).*\\{.*\\}:large \\(string, 42 MB, slot 16305`)),
  ).toBeVisible();
  await keepPicture(page, 'wizard-large-keys');
  await expectAccessible(page, 'wizard, Checks with a large key');
  await page.getByRole('button', { name: 'Back' }).click();
  await page.getByRole('checkbox', { name: 'Leave slots with large keys where they are' }).check();
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByText('Slots 16305 stay where they are, because they hold large keys.')).toBeVisible();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('button', { name: 'Start moving 9 slots' }).click();
  await expect(page.getByText('Succeeded').first()).toBeVisible({ timeout: 60_000 });
  await cluster.waitForAgreement();
  expect(await source.call('EXISTS', large)).toBe(1);
  await source.call('DEL', large);
});
