import { createServer, type AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { reservePort, releasePort } from '@slotdeck/testkit/free-ports';
import { withCluster } from '@slotdeck/testkit/real-cluster';
import { reply, startScriptedNode } from '@slotdeck/testkit/scripted-node';
import { makeTlsFiles } from '@slotdeck/testkit/tls-files';
import { expect, test } from '../support/fixtures.ts';
import { expectAccessible, keepPicture } from '../support/inspect.ts';
import { withLoneServer } from '../support/lone-server.ts';

interface Form {
  name: string;
  addresses: string;
  password?: string;
  tls?: 'verified';
}

async function submit(page: Page, product: { url: string }, form: Form): Promise<void> {
  await page.goto(`${product.url}/clusters`);
  // The form stands open while there is no cluster and behind a button afterwards.
  const open = page.getByRole('button', { name: 'Add cluster', exact: true });
  const name = page.getByRole('textbox', { name: 'Name', exact: true });
  await expect(open.or(name).first()).toBeVisible();
  if (!(await name.isVisible())) await open.first().click();
  await name.fill(form.name);
  await page.getByRole('textbox', { name: 'Addresses' }).fill(form.addresses);
  if (form.password !== undefined) await page.getByLabel('Password', { exact: true }).fill(form.password);
  if (form.tls !== undefined)
    await page.getByRole('combobox', { name: 'TLS' }).selectOption({ label: 'On, verify the certificate' });
  await page.getByRole('button', { name: 'Add this cluster' }).click();
}

/** The refusal is announced, names what was seen, and the rest of the page goes on working. */
async function expectRefused(page: Page, seen: RegExp, picture: string): Promise<void> {
  const answers = page.getByRole('region', { name: 'What each address answered' });
  await expect(page.getByRole('alert').or(answers).filter({ hasText: seen }).first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Add this cluster' })).toBeEnabled();
  await keepPicture(page, `add-cluster-${picture}`);
}

test('an operator adds a cluster by one address and lands on its overview', async ({
  console: page,
  product,
  cluster,
}) => {
  await submit(page, product, { name: 'first cluster', addresses: cluster.seeds[0] ?? '' });
  await expect(page).toHaveURL(/\/clusters\/cl-/);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByText('16,384 of 16,384')).toBeVisible();
  await expectAccessible(page, 'overview of a new cluster');
});

test('the same cluster is not added twice, and the page links to the one that is there', async ({
  console: page,
  product,
  cluster,
}) => {
  await product.call('addCluster', { body: { name: 'orders', seeds: cluster.seeds } }).catch((error: unknown) => {
    expect(error).toMatchObject({ code: 'cluster-exists' });
  });
  await submit(page, product, { name: 'again', addresses: cluster.seeds[3] ?? '' });
  await expectRefused(page, /already/i, 'twice');
});

test('an address where nobody listens is refused with what was seen', async ({ console: page, product }) => {
  const port = await reservePort();
  await submit(page, product, { name: 'nobody', addresses: `127.0.0.1:${port}` });
  await expectRefused(page, /refused/i, 'nobody-listens');
  releasePort(port);
});

test('a host name that does not exist is refused and named', async ({ console: page, product }) => {
  await submit(page, product, { name: 'no name', addresses: 'no-such-host.invalid:6379' });
  await expectRefused(page, /no-such-host\.invalid/, 'no-such-host');
});

test('an address that cannot be read is refused before anything is sent', async ({ console: page, product }) => {
  await submit(page, product, { name: 'unreadable', addresses: '10.0.0.1:99999' });
  await expect(
    page
      .getByText(/port/i)
      .filter({ hasText: /65535|65,535/ })
      .first(),
  ).toBeVisible();
});

test('one seed that is down does not matter while another answers', async ({ console: page, product }) => {
  const port = await reservePort();
  await withCluster({ primaries: 3, replicasPerPrimary: 0 }, async (other) => {
    await submit(page, product, { name: 'one seed down', addresses: `127.0.0.1:${port}, ${other.seeds[0] ?? ''}` });
    await expect(page).toHaveURL(/\/clusters\/cl-/);
  });
  releasePort(port);
});

test('a wrong and a missing password are told apart, and the right one works', async ({ console: page, product }) => {
  await withCluster({ primaries: 3, replicasPerPrimary: 0, password: 'right-horse' }, async (locked) => {
    const addresses = locked.seeds[0] ?? '';
    await submit(page, product, { name: 'locked', addresses });
    await expectRefused(page, /password/i, 'password-missing');
    await submit(page, product, { name: 'locked', addresses, password: 'wrong-horse' });
    await expectRefused(page, /wrong|not accepted|WRONGPASS/i, 'password-wrong');
    await expect(page.getByText('wrong-horse')).toHaveCount(0);
    await submit(page, product, { name: 'locked', addresses, password: 'right-horse' });
    await expect(page).toHaveURL(/\/clusters\/cl-/);
  });
});

test('a server that is not in cluster mode is refused as that', async ({ console: page, product }) => {
  await withLoneServer(async (address) => {
    await submit(page, product, { name: 'alone', addresses: address });
    await expectRefused(page, /cluster mode|not a cluster|cluster-enabled/i, 'not-a-cluster');
  });
});

test('TLS asked of a plain port, and a plain question to a TLS port, are each named', async ({
  console: page,
  product,
  cluster,
}) => {
  await submit(page, product, { name: 'with tls', addresses: cluster.seeds[0] ?? '', tls: 'verified' });
  await expectRefused(page, /TLS/, 'tls-to-plain-port');

  const folder = await mkdtemp(join(tmpdir(), 'slotdeck-e2e-tls-'));
  const tls = await makeTlsFiles(folder);
  await withCluster({ primaries: 3, replicasPerPrimary: 0, tls }, async (secured) => {
    await submit(page, product, { name: 'secured', addresses: secured.seeds[0] ?? '' });
    await expectRefused(page, /TLS/, 'plain-to-tls-port');
  });
  await rm(folder, { recursive: true, force: true });
});

test('a node that hangs is refused after a time-out, not waited for without end', async ({
  console: page,
  product,
}) => {
  await withCluster({ primaries: 0, emptyNodes: 1 }, async (hung) => {
    hung.nodes[0]?.pause();
    await submit(page, product, { name: 'hung', addresses: hung.seeds[0] ?? '' });
    await expectRefused(page, /no answer|did not answer|time/i, 'hangs');
    hung.nodes[0]?.resume();
  });
});

test('a reply that is cut in the middle is refused as broken', async ({ console: page, product }) => {
  const node = await startScriptedNode();
  node.on(['CLUSTER'], reply.cut(reply.raw('$4000\r\nd6a1b0f4 127.0.0.1:70'), 24));
  node.on(['INFO'], reply.cut(reply.raw('$4000\r\n# Server\r\nredis_ver'), 24));
  await submit(page, product, { name: 'cut', addresses: `127.0.0.1:${node.port}` });
  await expectRefused(page, /closed|cut|broken|incomplete/i, 'cut-reply');
  await node.close();
});

test('a web server at the address is recognised as no Redis', async ({ console: page, product }) => {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', () => socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // `listen` on a port gives an AddressInfo, never a pipe's text.
  const { port } = server.address() as AddressInfo;
  await submit(page, product, { name: 'web', addresses: `127.0.0.1:${port}` });
  await expectRefused(page, /Redis/, 'not-redis');
  await new Promise((resolve) => server.close(resolve));
});
