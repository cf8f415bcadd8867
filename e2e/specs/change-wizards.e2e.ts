import type { Page } from '@playwright/test';
import { startCluster, type RealCluster, type RealNode } from '@slotdeck/testkit/real-cluster';
import { expect, test as shared } from '../support/fixtures.ts';
import { expectAccessible, keepPicture } from '../support/inspect.ts';

/** A worker of its own, and with it a cluster of its own: nodes come and go here, and other files count on theirs. */
const test = shared.extend<object, { ofItsOwn: boolean }>({
  ofItsOwn: [
    async ({}, use) => {
      await use(true);
    },
    { scope: 'worker', auto: true },
  ],
});

interface Asked {
  readonly page: Page;
  readonly url: string;
  readonly clusterId: string;
}

type Fill = (page: Page) => Promise<void>;

/** From the list of changes to Checks: each step filled as told. */
async function plan({ page, url, clusterId }: Asked, title: string, fills: readonly Fill[]): Promise<void> {
  await page.goto(`${url}/clusters/${clusterId}/change`);
  await page.getByRole('link', { name: title, exact: true }).click();
  for (const fill of fills) {
    await fill(page);
    await page.getByRole('button', { name: 'Next' }).click();
  }
  await expect(page.getByRole('button', { name: 'Check again' })).toBeVisible();
}

/** From Checks to the end of the operation. */
async function carryOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(page).toHaveURL(/\/operations\/op-/);
  await expect(page.getByText('Succeeded').first()).toBeVisible({ timeout: 60_000 });
}

const choose =
  (label: string, value: string): Fill =>
  async (page) => {
    await page.getByLabel(label, { exact: true }).selectOption(value);
  };
const type =
  (label: string, value: string): Fill =>
  async (page) => {
    await page.getByLabel(label, { exact: true }).fill(value);
  };
const nothing: Fill = async () => undefined;

async function settled(cluster: RealCluster): Promise<{ primaries: RealNode[]; replicas: RealNode[] }> {
  await cluster.waitForAgreement();
  await cluster.refreshRoles();
  return { primaries: cluster.primaries(), replicas: cluster.replicas() };
}

const first = <T>(list: readonly T[]): T => {
  const [found] = list;
  if (found === undefined) throw new Error('there is none');
  return found;
};

test('a replica is promoted from its drawer, and where it cannot be done the reason stands there', async ({
  console: page,
  product,
  cluster,
  clusterId,
}) => {
  const { primaries, replicas } = await settled(cluster);
  const [primary, replica] = [first(primaries), first(replicas)];
  await page.goto(`${product.url}/clusters/${clusterId}/nodes?node=${primary.id}`);
  await expect(page.getByText('Promote a replica: only for a replica')).toBeVisible();
  await keepPicture(page, 'node-changes');
  await page.goto(`${product.url}/clusters/${clusterId}/nodes?node=${replica.id}`);
  await page.getByRole('link', { name: 'Promote a replica' }).click();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByRole('button', { name: 'Check again' })).toBeVisible();
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByText(`slotdeck failover`)).toBeVisible();
  await expectAccessible(page, 'review of a failover');
  await keepPicture(page, 'wizard-failover-review');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(page.getByText('Succeeded').first()).toBeVisible({ timeout: 60_000 });
  await settled(cluster);
  expect(cluster.nodeById(replica.id).role).toBe('primary');
});

test('a takeover wants its phrase typed before it starts', async ({ console: page, product, cluster, clusterId }) => {
  const { replicas } = await settled(cluster);
  const replica = first(replicas);
  const asked = { page, url: product.url, clusterId };
  await plan(asked, 'Promote a replica', [choose('Node', replica.id), choose('How', 'takeover')]);
  await page.getByRole('button', { name: 'Next' }).click();
  const start = page.getByRole('button', { name: 'Start', exact: true });
  await expect(start).toBeDisabled();
  await expect(page.getByText('The phrase has to be typed as it stands.')).toBeVisible();
  const phrase = /^Type (.+) to go on$/;
  const field = page.getByRole('textbox', { name: phrase });
  const label = await page.locator('label', { hasText: phrase }).first().textContent();
  await field.fill('something else');
  await expect(start).toBeDisabled();
  await field.fill(phrase.exec(label ?? '')?.[1] ?? '');
  await keepPicture(page, 'wizard-takeover-consent');
  await start.click();
  await expect(page.getByText('Succeeded').first()).toBeVisible({ timeout: 60_000 });
  await settled(cluster);
});

test('a node is added and removed again; one that is not empty is refused', async ({
  console: page,
  product,
  cluster,
  clusterId,
}) => {
  const { primaries } = await settled(cluster);
  const asked = { page, url: product.url, clusterId };
  const member = first(primaries);
  await plan(asked, 'Add a node', [type('Address of the new node', `${member.host}:${member.port}`), nothing]);
  await expect(page.getByText('is a node of this cluster already')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Next' })).toBeDisabled();
  await keepPicture(page, 'wizard-add-node-refused');

  const fresh = await cluster.addNode();
  await plan(asked, 'Add a node', [
    type('Address of the new node', `${fresh.host}:${fresh.port}`),
    choose('As', 'replica'),
  ]);
  await carryOut(page);
  await settled(cluster);
  expect((await cluster.table(member)).some(({ id }) => id === fresh.id)).toBe(true);

  await page.goto(`${product.url}/clusters/${clusterId}/nodes?node=${fresh.id}`);
  await page.getByRole('link', { name: 'Remove a node' }).click();
  await page.getByRole('button', { name: 'Next' }).click();
  await choose('And then', 'shutdown')(page);
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByRole('button', { name: 'Check again' })).toBeVisible();
  await carryOut(page);
  await fresh.kill();
  await settled(cluster);
  expect((await cluster.table(member)).some(({ id }) => id === fresh.id)).toBe(false);
});

test('a primary is emptied, the primaries are levelled again, and slots that are open are repaired', async ({
  console: page,
  product,
  cluster,
  clusterId,
}) => {
  test.setTimeout(120_000);
  const { primaries } = await settled(cluster);
  const asked = { page, url: product.url, clusterId };
  const [from, to] = [first(primaries), first(primaries.slice(1))];
  const slots = async (node: RealNode): Promise<number> => {
    const rows = await cluster.table(node);
    return (rows.find(({ id }) => id === node.id)?.slots ?? []).reduce((sum, [a, b]) => sum + b - a + 1, 0);
  };
  await plan(asked, 'Repair slots', [nothing, nothing]);
  await expect(page.getByText('No slot needs a repair')).toBeVisible();
  const range = (await cluster.table(from)).find(({ id }) => id === from.id)?.slots[0];
  const slot = String(range?.[0] ?? 0);
  await to.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', from.id);
  await from.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', to.id);
  await plan(asked, 'Repair slots', [nothing, nothing]);
  await expect(page.getByText(`Slots ${slot} go to`)).toBeVisible();
  await keepPicture(page, 'wizard-fix-checks');
  await carryOut(page);

  await settled(cluster);
  const guest = await cluster.addNode();
  await guest.call('CLUSTER', 'MEET', from.host, String(from.port), String(from.busPort));
  await settled(cluster);
  const running = cluster.nodes.filter(({ isRunning }) => isRunning);
  // Else the server makes a replica of a primary that has given its last slot.
  for (const node of running) await node.call('CONFIG', 'SET', 'cluster-allow-replica-migration', 'no');
  const move = async (source: RealNode, target: RealNode): Promise<void> => {
    const params = { from: [source.id], to: [target.id], count: 60 };
    const wanted = (await slots(target)) + 60;
    await expect(async () => {
      const made = await product.call('makePlan', { params: { clusterId }, body: { kind: 'reshard', params } });
      await product.call('startOperation', { params: { clusterId }, body: { planId: made.id } });
    }).toPass();
    await expect.poll(() => slots(target), { timeout: 30_000 }).toBe(wanted);
    await settled(cluster);
  };
  await move(from, guest);
  await plan(asked, 'Empty a primary', [choose('Node', guest.id), nothing]);
  await carryOut(page);
  await settled(cluster);
  expect(await slots(guest)).toBe(0);
  await move(from, to);
  await plan(asked, 'Level the primaries', [type('Threshold in percent', '0'), nothing]);
  await carryOut(page);
  await settled(cluster);
  const sizes = (await Promise.all(cluster.nodes.filter(({ isRunning }) => isRunning).map(slots))).filter(Boolean);
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  await plan(asked, 'Set the node timeout', [type('Node timeout in milliseconds', '3000')]);
  await carryOut(page);
  expect(await from.call('CONFIG', 'GET', 'cluster-node-timeout')).toEqual(['cluster-node-timeout', '3000']);
});

test('empty nodes become a cluster from the page of one of them', async ({ console: page, product }) => {
  const fresh = await startCluster({ primaries: 0, emptyNodes: 3 });
  try {
    const added = await product.call('addCluster', { body: { name: 'new', seeds: fresh.seeds.slice(0, 1) } });
    const asked = { page, url: product.url, clusterId: added.id };
    await plan(asked, 'Make a cluster', [type('Addresses of the nodes', fresh.seeds.slice(0, 2).join('\n')), nothing]);
    await expect(page.getByText('Three are the least')).toBeVisible();
    await plan(asked, 'Make a cluster', [type('Addresses of the nodes', fresh.seeds.join('\n')), nothing]);
    await keepPicture(page, 'wizard-create-checks');
    await carryOut(page);
    await fresh.waitForAgreement();
    expect(await fresh.table(first(fresh.nodes))).toHaveLength(3);
  } finally {
    await fresh.shutdown();
  }
});

test('keys of another server are taken in, with its password; without it the reason stands among the checks', async ({
  console: page,
  product,
  cluster,
  clusterId,
}) => {
  const outside = await startCluster({
    primaries: 0,
    emptyNodes: 1,
    config: { 'cluster-enabled': 'no' },
    password: 'of the other server',
  });
  try {
    const source = first(outside.nodes);
    await source.pipeline(Array.from({ length: 200 }, (_, at) => ['SET', `in:${at}`, String(at)]));
    const asked = { page, url: product.url, clusterId };
    const from = type('Address of the other server', first(outside.seeds));
    await plan(asked, 'Import keys of another server', [from, nothing]);
    await expect(page.getByText('cannot be read from').first()).toBeVisible();
    await keepPicture(page, 'wizard-import-refused');
    const withPassword: Fill = async (on) => {
      await from(on);
      await type('Password there', 'of the other server')(on);
    };
    const keep: Fill = async (on) => on.getByLabel('Keep the keys there').check();
    await plan(asked, 'Import keys of another server', [withPassword, keep]);
    expect(page.url()).not.toMatch(/other.server/);
    await keepPicture(page, 'wizard-import-checks');
    await carryOut(page);
    expect(await source.call('DBSIZE')).toBe(200);
    const owners = await Promise.all(cluster.primaries().map((node) => node.call('KEYS', 'in:*')));
    expect(owners.flat()).toHaveLength(200);
  } finally {
    await outside.shutdown();
  }
});

test('a replica is detached from its row in the table, and follows another primary', async ({
  console: page,
  product,
  cluster,
  clusterId,
}) => {
  const { primaries, replicas } = await settled(cluster);
  const replica = first(replicas);
  await page.goto(`${product.url}/clusters/${clusterId}/nodes`);
  const more = page.getByRole('button', { name: `Changes of ${replica.host}:${replica.port}` });
  await more.click();
  await expect(page.getByRole('menuitem', { name: 'Empty a primary: only for a primary with slots' })).toBeDisabled();
  await keepPicture(page, 'node-row-menu');
  await expectAccessible(page, 'the menu of a row');
  await page.getByRole('menuitem', { name: 'Detach a replica' }).click();
  await page.getByRole('button', { name: 'Next' }).click();
  await carryOut(page);
  await cluster.waitForAgreement();
  expect((await cluster.table(replica)).find(({ id }) => id === replica.id)?.role).toBe('primary');
  const other = first(primaries);
  const asked = { page, url: product.url, clusterId };
  await plan(asked, 'Let a node follow a primary', [choose('Node', replica.id), choose('Primary to follow', other.id)]);
  await carryOut(page);
  await cluster.waitForAgreement();
  expect((await cluster.table(replica)).find(({ id }) => id === replica.id)?.primaryId).toBe(other.id);
});
