import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClusterSummary } from '@slotdeck/contract/clusters';
import type { ServerMessage } from '@slotdeck/contract/stream';
import { ApiError } from '@slotdeck/contract/errors';
import type { ClusterId } from '@slotdeck/model/ids';
import { findNode, ownerOfSlot } from '@slotdeck/model/topology';
import { expectNoLeaks } from '@slotdeck/testkit/leaks';
import { startCluster, type RealCluster } from '@slotdeck/testkit/real-cluster';
import { reply, startScriptedNode, type ScriptedNode } from '@slotdeck/testkit/scripted-node';
import { textOf } from '@slotdeck/testkit/resp';
import { makeTlsFiles } from '@slotdeck/testkit/tls-files';
import { waitUntil } from '@slotdeck/testkit/wait-until';
import { reserveSilentPort, startSingleServer, startWebServer, type Listening } from './bad-addresses.ts';
import { callsBetween, commandCounts } from './command-counts.ts';
import { openLab, type ConsoleLab } from './console-lab.ts';
import { makeTempFolder } from './temp-folder.ts';
import { watchInMemory } from './watch-in-memory.ts';

const password = 'cluster-password-0451';
const folder = makeTempFolder();
const data = join(folder.path, 'data');
let cluster: RealCluster;
let lab: ConsoleLab;
/** All that any life of the server has logged. */
const logged: string[] = [];

beforeAll(async () => {
  [cluster, lab] = await Promise.all([startCluster({ password }), openLab({ folder: data })]);
});
afterAll(async () => {
  await Promise.all([lab.close(), cluster.shutdown()]);
  folder.remove();
  await expectNoLeaks();
});

/** The server ends and starts again on the same folder. */
async function restart(options: { secret?: string } = {}): Promise<void> {
  await lab.close();
  logged.push(...lab.logged);
  lab = await openLab({ folder: data, ...options });
}

async function failure(work: Promise<unknown>): Promise<ApiError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('this must be refused');
}

/** Resolves at the end of the observer's next rounds. */
async function roundsOf(of: ConsoleLab, count: number): Promise<void> {
  let left = count;
  const stop = of.console.clusters.onChange((change) => {
    if (change.kind === 'observed') left -= 1;
  });
  await waitUntil(`${count} rounds`, () => left <= 0, { everyMs: 2 });
  stop();
}

const seed = (at: number): string => cluster.seeds[at] ?? '';

describe('an address that leads to no cluster is told with what was seen there', () => {
  let tlsCluster: RealCluster;
  let scripted: ScriptedNode;
  const places: Record<string, Listening> = {};

  beforeAll(async () => {
    const tlsFolder = join(folder.path, 'tls');
    mkdirSync(tlsFolder);
    const tls = await makeTlsFiles(tlsFolder);
    [tlsCluster, scripted, places['silent'], places['single'], places['web']] = await Promise.all([
      startCluster({ tls, primaries: 1, replicasPerPrimary: 0 }),
      startScriptedNode(),
      reserveSilentPort(),
      startSingleServer(folder.path),
      startWebServer(),
    ]);
    scripted.on(['CLUSTER', 'NODES'], reply.cut(reply.value('x'.repeat(500)), 200));
    scripted.on(['CLUSTER', 'MYID'], 'a'.repeat(40));
  });
  afterAll(async () => {
    await Promise.all([tlsCluster.shutdown(), scripted.close(), ...Object.values(places).map((each) => each.close())]);
  });

  interface BadAddress {
    seed: () => string;
    login?: object;
    code: string;
    words: RegExp;
  }
  const cases: Record<string, BadAddress> = {
    'nobody listens': {
      seed: () => places['silent']?.seed ?? '',
      code: 'connection-refused',
      words: /nothing listens on this port/,
    },
    'an unknown name': { seed: () => 'no-such-host.invalid:6379', code: 'name-not-found', words: /name is not known/ },
    'a wrong password': {
      seed: () => seed(0),
      login: { password: 'not this one' },
      code: 'wrong-password',
      words: /password is wrong/,
    },
    'a user that does not exist': {
      seed: () => seed(0),
      login: { username: 'nobody', password },
      code: 'wrong-password',
      words: /user name or the password is wrong/,
    },
    'no password': { seed: () => seed(0), code: 'password-required', words: /wants a password/ },
    'not a cluster': {
      seed: () => places['single']?.seed ?? '',
      code: 'not-a-cluster',
      words: /cluster-enabled yes/,
    },
    'TLS to a plain port': {
      seed: () => seed(0),
      login: { password, tls: true },
      code: 'tls-not-spoken',
      words: /switch TLS off/,
    },
    'plain to a TLS port': { seed: () => tlsCluster.seeds[0] ?? '', code: 'tls-required', words: /switch TLS on/ },
    'a certificate of an unknown authority': {
      seed: () => tlsCluster.seeds[0] ?? '',
      login: { tls: true },
      code: 'tls-untrusted',
      words: /give the CA that signed it/,
    },
    'a reply that is cut': {
      seed: () => `127.0.0.1:${scripted.port}`,
      code: 'connection-closed',
      words: /the connection was closed/,
    },
    'a web server': { seed: () => places['web']?.seed ?? '', code: 'not-redis', words: /something other than Redis/ },
    'an address where clouds keep secrets': {
      seed: () => '169.254.169.254:80',
      code: 'other-error',
      words: /never dialled/,
    },
  };

  test.each(Object.entries(cases))('%s', async (_, { seed: seedOf, login = {}, code, words }) => {
    const address = seedOf();
    const error = await failure(lab.as('admin')('addCluster', { body: { name: 'bad', seeds: [address], ...login } }));
    expect(error.code).toBe('cluster-unreachable');
    expect(error.facts['tried']).toEqual([{ seed: address, code, seen: expect.any(String) }]);
    expect(error.message).toMatch(words);
    expect(error.message).toContain(address);
    expect(await lab.as('viewer')('listClusters', {})).toEqual({ clusters: [] });
  });

  test('a node that hangs', async () => {
    const [node] = cluster.replicas();
    if (node === undefined) throw new Error('there are replicas');
    node.pause();
    try {
      const body = { name: 'bad', seeds: [`127.0.0.1:${node.port}`], password };
      const error = await failure(lab.as('admin')('addCluster', { body }));
      expect(error.facts['tried']).toMatchObject([{ code: 'timeout' }]);
      expect(error.message).toMatch(/no answer in time/);
    } finally {
      node.resume();
      await cluster.waitForAgreement();
    }
  });

  test('of several bad addresses each is told', async () => {
    const seeds = [places['silent']?.seed ?? '', places['web']?.seed ?? ''];
    const error = await failure(lab.as('admin')('addCluster', { body: { name: 'bad', seeds } }));
    expect(error.facts['tried']).toMatchObject([{ code: 'connection-refused' }, { code: 'not-redis' }]);
  });

  test('addresses of two different clusters are not added as one', async () => {
    const other = await startCluster({ password, primaries: 1, replicasPerPrimary: 0 });
    try {
      const seeds = [seed(0), other.seeds[0] ?? ''];
      const error = await failure(lab.as('admin')('addCluster', { body: { name: 'two', seeds, password } }));
      expect(error.code).toBe('invalid-request');
      expect(error.message).toMatch(/lead to different clusters/);
    } finally {
      await other.shutdown();
    }
  });

  test('a TLS cluster is added with its authority, and its certificate verified', async () => {
    const { tls } = tlsCluster.access;
    const body = { name: 'tls', seeds: tlsCluster.seeds, tls: { ca: tls?.ca ?? '' } };
    const added = await lab.as('admin')('addCluster', { body });
    expect(added).toMatchObject({ tls: 'verified', nodes: 1, answered: 1 });
    await lab.as('admin')('removeCluster', { params: { clusterId: added.id } });
  });
});

describe('a cluster', () => {
  let added: ClusterSummary;
  const params = (): { clusterId: ClusterId } => ({ clusterId: added.id });
  const topology = async () => {
    const { topology: seen } = await lab.as('viewer')('getTopology', { params: params() });
    return seen;
  };

  test('is added by one address that answers, and seen at once', async () => {
    const silent = await reserveSilentPort();
    const body = { name: ' orders ', seeds: [silent.seed, seed(0)], password };
    added = await lab.as('admin')('addCluster', { body });
    await silent.close();
    expect(added).toMatchObject({
      name: 'orders',
      hasPassword: true,
      tls: 'off',
      nodes: 6,
      answered: 6,
      shards: 3,
      slotsServed: 16_384,
      problem: null,
      runningOperation: null,
    });
    expect(await lab.as('viewer')('listClusters', {})).toMatchObject({ clusters: [{ id: added.id }] });
  });

  test('is shown with every node, view and number', async () => {
    const seen = await topology();
    expect(seen?.nodes.map((node) => node.id).toSorted()).toEqual(cluster.nodes.map((node) => node.id).toSorted());
    expect(seen?.open).toEqual([]);
    const { views } = await lab.as('viewer')('getViews', { params: params() });
    expect(views).toHaveLength(6);
    for (const view of views) expect(view).toMatchObject({ problem: null, lines: { length: 6 } });
    const { findings } = await lab.as('viewer')('getFindings', { params: params() });
    expect(findings.filter((finding) => finding.severity === 'critical')).toEqual([]);
  });

  test('has its keys counted per slot when somebody asks', async () => {
    await cluster.fillKeys({ count: 50, valueBytes: 10, slots: [[100, 104]] });
    const counts = await lab.as('viewer')('countSlots', { params: params(), query: { slots: '100-105' } });
    expect(counts.slots).toEqual([[100, 105]]);
    expect(counts.keys).toEqual([10, 10, 10, 10, 10, 0]);
    const error = await failure(lab.as('viewer')('countSlots', { params: params(), query: { slots: '5-x' } }));
    expect(error.code).toBe('invalid-request');
  });

  test('is not added twice, whichever of its addresses is given', async () => {
    for (const at of [0, 5]) {
      const body = { name: 'again', seeds: [seed(at)], password };
      const error = await failure(lab.as('admin')('addCluster', { body }));
      expect(error.code).toBe('cluster-exists');
      expect(error.facts).toMatchObject({ clusterId: added.id, name: 'orders' });
    }
  });

  test('is added once also when two ask at the same time', async () => {
    const other = await startCluster({ primaries: 1, replicasPerPrimary: 0 });
    try {
      const body = { name: 'twin', seeds: other.seeds };
      const results = await Promise.allSettled([1, 2].map(() => lab.as('admin')('addCluster', { body })));
      const won = results.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      expect(won).toHaveLength(1);
      for (const { id } of won) await lab.as('admin')('removeCluster', { params: { clusterId: id } });
    } finally {
      await other.shutdown();
    }
  });

  test('is asked as often with many viewers as with none', async () => {
    const quiet = await askedPerRound(0);
    const busy = await askedPerRound(100);
    expect(quiet).toEqual({ 'cluster|nodes': 6, 'cluster|info': 6 });
    expect(busy).toEqual(quiet);
  });

  /** Commands besides INFO, PING and replication that all nodes together got per round of the observer. */
  async function askedPerRound(viewers: number): Promise<Record<string, number>> {
    const rounds = 6;
    const pages = Array.from({ length: viewers }, () => watchInMemory(lab, { name: 'cluster', id: added.id }));
    await roundsOf(lab, 1);
    const before = await commandCounts(cluster);
    await roundsOf(lab, rounds);
    const after = await commandCounts(cluster);
    for (const page of pages) {
      page.flush();
      expect(page.received().length).toBeGreaterThan(2);
      page.close();
    }
    const calls = [...callsBetween(before, after)].filter(([name]) => !['info', 'ping', 'replconf'].includes(name));
    return Object.fromEntries(calls.map(([name, count]) => [name, count / rounds]));
  }

  test('is found again after a restart although its address is dead, through the nodes it was seen with', async () => {
    const first = cluster.nodes[0];
    if (first === undefined) throw new Error('there are nodes');
    await first.kill();
    await restart();
    const seen = await waitUntil('five nodes to answer', async () => {
      const now = await topology();
      return now?.answered === 5 && now;
    });
    expect(seen.nodes).toHaveLength(6);
  });

  test('shows a killed primary as failed, and then who took its place', async () => {
    const first = cluster.nodes[0];
    if (first === undefined) throw new Error('there are nodes');
    await waitUntil('the dead primary to be failed and its place taken', async () => {
      const seen = await topology();
      if (seen === null) return false;
      const owner = ownerOfSlot(seen, 0);
      return findNode(seen, first.id)?.health === 'failed' && owner?.health === 'healthy' && owner.id !== first.id;
    });
    const { events } = await lab.as('viewer')('getTimeline', { params: params() });
    expect(events.map((event) => event.code)).toEqual(expect.arrayContaining(['role-changed', 'slots-moved']));
    const moved = events.find((event) => event.code === 'slots-moved');
    const at = (moved?.at ?? 0) - 1;
    const before = await lab.as('viewer')('getTopology', { params: params(), query: { at } });
    expect(before.topology === null ? undefined : ownerOfSlot(before.topology, 0)?.id).toBe(first.id);
    expect(before.past?.since).toBeLessThanOrEqual(at);
    const after = await lab.as('viewer')('getTopology', { params: params(), query: { at: at + 1 } });
    expect(after.topology === null ? undefined : ownerOfSlot(after.topology, 0)?.id).not.toBe(first.id);
    const never = await lab.as('viewer')('getTopology', { params: params(), query: { at: 1 } });
    expect(never).toMatchObject({ topology: null, observedAt: null, past: { since: null } });
    expect(never.past?.from).toBeGreaterThan(1);
    await first.start();
    await cluster.waitForAgreement();
    await waitUntil('all six to be there again', async () => (await topology())?.answered === 6);
  });

  test('tells a watching page of a failover as it happens', async () => {
    const page = watchInMemory(lab, { name: 'cluster', id: added.id });
    const [primary] = cluster.primaries();
    if (primary === undefined) throw new Error('there are primaries');
    await primary.kill();
    const healthOf = (message: ServerMessage, word: string): boolean =>
      message.type === 'cluster-delta' &&
      message.topology?.nodes.some((node) => node.id === primary.id && node.health === word) === true;
    await page.until('the killed node to be shown silent', (message) => healthOf(message, 'no-answer'));
    await page.until('the killed node to be shown failed', (message) => healthOf(message, 'failed'));
    await page.until(
      'another node to be shown with its slots',
      (message) =>
        message.type === 'cluster-delta' &&
        message.topology?.nodes.some(
          (node) => node.role === 'primary' && node.id !== primary.id && node.slots.length > 0,
        ),
    );
    page.close();
    const told = page.received().flatMap((each) => (each.type === 'cluster-delta' ? (each.findings ?? []) : []));
    expect(told.map((finding) => finding.code)).toContain('node-failed');
    await primary.start();
    await cluster.waitForAgreement();
  });

  test('with another secret is still listed, says why it is not seen, and is as before with the right one', async () => {
    await restart({ secret: 'quite another secret' });
    const lost = await lab.as('viewer')('getCluster', { params: params() });
    expect(lost).toMatchObject({ id: added.id, name: 'orders', health: 'unknown', answered: 0 });
    expect(lost.problem?.seen).toMatch(/cannot be decrypted: SLOTDECK_SECRET or secret\.key/);
    await restart();
    await waitUntil('all six to be there again', async () => (await topology())?.answered === 6);
  });

  test('never gives its password away: not in answers, not in logs, not in files', async () => {
    const call = lab.as('admin');
    const answers = [
      await call('listClusters', {}),
      await call('getCluster', { params: params() }),
      await call('getTopology', { params: params() }),
      await call('getViews', { params: params() }),
      await call('getTimeline', { params: params() }),
    ];
    expect(JSON.stringify(answers)).not.toContain(password);
    expect([...logged, ...lab.logged].filter((line) => line.includes(password))).toEqual([]);
    const files = readdirSync(data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) {
      const bytes = readFileSync(join(file.parentPath, file.name));
      expect({ file: file.name, holdsIt: bytes.includes(password) }).toEqual({ file: file.name, holdsIt: false });
    }
  });

  test('is forgotten when it is removed, and left alone from then on', async () => {
    const page = watchInMemory(lab, { name: 'cluster', id: added.id });
    await lab.as('admin')('removeCluster', { params: params() });
    page.flush();
    expect(page.received().at(-1)).toMatchObject({ type: 'channel-closed', reason: 'removed' });
    page.close();
    const error = await failure(lab.as('admin')('getCluster', { params: params() }));
    expect(error.code).toBe('not-found');
    expect(await lab.as('admin')('listClusters', {})).toEqual({ clusters: [] });
    const clients = await cluster.call(cluster.nodes[1]?.id ?? '', 'CLIENT', 'LIST');
    expect(textOf(clients)).not.toContain('name=slotdeck');
    await restart();
    expect(await lab.as('admin')('listClusters', {})).toEqual({ clusters: [] });
    const body = { name: 'orders', seeds: [seed(0)], password };
    expect((await lab.as('admin')('addCluster', { body })).id).not.toBe(added.id);
  });
});
