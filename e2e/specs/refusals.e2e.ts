import type { Page } from '@playwright/test';
import type { RealCluster } from '@slotdeck/testkit/real-cluster';
import { textOf } from '@slotdeck/testkit/resp';
import { expect, test } from '../support/fixtures.ts';
import { expectAccessible, keepPicture } from '../support/inspect.ts';

interface Asked {
  page: Page;
  url: string;
  clusterId: string;
}

async function openWizard({ page, url, clusterId }: Asked, search: Record<string, string>): Promise<void> {
  await page.goto(`${url}/clusters/${clusterId}/reshard?${new URLSearchParams(search).toString()}`);
  await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
}

/** What every node has counted of the commands that open, move or hand over slots. */
async function changesSent(cluster: RealCluster): Promise<number> {
  let sum = 0;
  for (const node of cluster.nodes) {
    const stats = textOf(await cluster.call(node.id, 'INFO', 'commandstats'));
    for (const [, calls] of stats.matchAll(/^cmdstat_(?:cluster\|(?:setslot|bumpepoch)|migrate):calls=(\d+)/gm)) {
      sum += Number(calls);
    }
  }
  return sum;
}

/** The two primaries and the replica that the tests name. */
async function nodesOf(cluster: RealCluster) {
  await cluster.waitForAgreement();
  await cluster.refreshRoles();
  const [first, second] = cluster.primaries();
  const replica = cluster.replicas()[0];
  if (first === undefined || second === undefined || replica === undefined) throw new Error('too few nodes');
  return { first, second, replica };
}

const unreadable = [
  { typed: 'abc', says: '"abc" is not a slot or a range.' },
  { typed: '0-99999', says: '"0-99999" is beyond the last slot, 16383.' },
  { typed: '16384', says: '"16384" is beyond the last slot, 16383.' },
  { typed: '200-100', says: '"200-100" ends before it starts.' },
  { typed: '-1', says: '"-1" is not a slot or a range.' },
  { typed: '1,2,,x', says: '"x" is not a slot or a range.' },
];

test('slots that cannot be slots are named in the wizard, and it goes no further', async ({
  console: page,
  product,
  cluster,
  clusterId,
}) => {
  const before = await changesSent(cluster);
  await openWizard({ page, url: product.url, clusterId }, {});
  const slots = page.getByRole('textbox', { name: 'Slots to move' });
  for (const { typed, says } of unreadable) {
    await slots.fill(typed);
    await expect(slots).toHaveAccessibleDescription(
      new RegExp(says.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)),
    );
    await expect(page.getByRole('button', { name: 'Next' })).toBeDisabled();
  }
  await keepPicture(page, 'wizard-slots-not-readable');
  await expectAccessible(page, 'wizard with unreadable slots');
  await page.getByRole('radio', { name: 'A number of slots' }).check();
  const count = page.getByRole('textbox', { name: 'Number of slots' });
  for (const typed of ['0', '-5', 'many', '99999']) {
    await count.fill(typed);
    await expect(count).toHaveAccessibleDescription(/is not a number of slots|hold only/);
    await expect(page.getByRole('button', { name: 'Next' })).toBeDisabled();
  }
  expect(await changesSent(cluster)).toBe(before);
});

test('a node that this cluster does not have is refused as a target, also when a link names it', async ({
  console: page,
  product,
  cluster,
  clusterId,
}) => {
  const before = await changesSent(cluster);
  const stranger = 'f'.repeat(40);
  await openWizard({ page, url: product.url, clusterId }, { slots: '0-10', to: stranger, step: 'review' });
  await expect(page.getByText('Node ffffffff… is no longer in this cluster. Choose again.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Next' })).toBeDisabled();
  await keepPicture(page, 'wizard-unknown-node');

  const plan = await product.call('makePlan', {
    params: { clusterId },
    body: { kind: 'reshard', params: { slots: '0-10', from: ['all'], to: [stranger] } },
  });
  await expectPlanRefused(page, { page, url: product.url, clusterId }, plan.id, /Node f{8,40}|has the id f{8}/);
  expect(await changesSent(cluster)).toBe(before);
});

test('a replica cannot be chosen as a target, and a link that names one says why', async ({
  console: page,
  product,
  cluster,
  clusterId,
}) => {
  const { replica } = await nodesOf(cluster);
  const before = await changesSent(cluster);
  const name = `127.0.0.1:${replica.port}`;
  await openWizard({ page, url: product.url, clusterId }, { slots: '0-10', step: 'where' });
  await expect(page.getByRole('checkbox', { name })).toBeDisabled();
  await expect(page.getByRole('listitem').filter({ hasText: name })).toContainText(
    'A replica. Only a primary can take slots.',
  );
  await keepPicture(page, 'wizard-replica-as-target');
  await openWizard({ page, url: product.url, clusterId }, { slots: '0-10', to: replica.id, step: 'review' });
  await expect(page.getByText(`${name}: A replica. Only a primary can take slots.`)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Next' })).toBeDisabled();

  const plan = await product.call('makePlan', {
    params: { clusterId },
    body: { kind: 'reshard', params: { slots: '0-10', from: ['all'], to: [replica.id] } },
  });
  await expectPlanRefused(page, { page, url: product.url, clusterId }, plan.id, /replica/);
  expect(await changesSent(cluster)).toBe(before);
});

test('a source cannot be its own target, and slots that are at the target already have nowhere to go', async ({
  console: page,
  product,
  cluster,
  clusterId,
}) => {
  const { first } = await nodesOf(cluster);
  const before = await changesSent(cluster);
  const name = `127.0.0.1:${first.port}`;
  await openWizard({ page, url: product.url, clusterId }, { count: '10', from: first.id, step: 'where' });
  await expect(page.getByRole('checkbox', { name })).toBeDisabled();
  await expect(page.getByRole('listitem').filter({ hasText: name })).toContainText('It is a source.');
  await keepPicture(page, 'wizard-source-is-target');
  await openWizard(
    { page, url: product.url, clusterId },
    { count: '10', from: first.id, to: first.id, step: 'review' },
  );
  await expect(page.getByText(`${name}: It is a source.`)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Next' })).toBeDisabled();

  const row = (await cluster.table(first)).find((each) => each.id === first.id);
  const own = row?.slots[0];
  if (own === undefined) throw new Error('the first primary owns no slot');
  await openWizard({ page, url: product.url, clusterId }, { slots: String(own[0]), to: first.id, step: 'review' });
  await expect(page.getByText('It has all of these slots already.').first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Next' })).toBeDisabled();

  const plan = await product.call('makePlan', {
    params: { clusterId },
    body: { kind: 'reshard', params: { count: 10, from: [first.id], to: [first.id] } },
  });
  await expectPlanRefused(
    page,
    { page, url: product.url, clusterId },
    plan.id,
    /source and as target|is a source|both/i,
  );
  expect(await changesSent(cluster)).toBe(before);
});

/** A plan with a blocker, opened by its link: the reason is there, it cannot be started, and the server refuses it too. */
async function expectPlanRefused(page: Page, asked: Asked, planId: string, seen: RegExp): Promise<void> {
  await openWizard(asked, { plan: planId, step: 'checks' });
  await expect(page.getByText(/blocker/i).first()).toBeVisible();
  await expect(page.getByText(seen).first()).toBeVisible();
  await openWizard(asked, { plan: planId });
  await expect(page.getByText('The plan has blockers, so it cannot be started.').first()).toBeVisible();
  await expect(page.getByRole('button', { name: /^Start moving/ })).toBeDisabled();
}
