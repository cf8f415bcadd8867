import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Call } from '@slotdeck/contract/client';
import type { OperationDetail } from '@slotdeck/contract/operations';
import type { ClusterId, OperationId } from '@slotdeck/model/ids';
import { expectNoLeaks } from '@slotdeck/testkit/leaks';
import { startCluster, type RealCluster } from '@slotdeck/testkit/real-cluster';
import { startTraffic } from '@slotdeck/testkit/traffic-checker';
import { waitUntil } from '@slotdeck/testkit/wait-until';
import { signIn, startServer, type ServerProcess } from './server-process.ts';
import { openViewer } from './stream-viewer.ts';
import { makeTempFolder } from './temp-folder.ts';

const folder = makeTempFolder();
let cluster: RealCluster;
let server: ServerProcess;
let base = '';
let call: Call;
let cookie = '';
let clusterId: ClusterId;

beforeAll(async () => {
  [cluster] = await Promise.all([startCluster({ nodeTimeoutMs: 15_000 }), begin()]);
  clusterId = (await call('addCluster', { body: { name: 'orders', seeds: cluster.seeds.slice(0, 1) } })).id;
});
afterAll(async () => {
  await Promise.all([server.kill(), cluster.shutdown()]);
  folder.remove();
  await expectNoLeaks();
});

async function begin(): Promise<void> {
  server = startServer({ folder: folder.path, env: { SLOTDECK_LOG: 'warn' } });
  base = await server.ready();
  ({ call, cookie } = await signIn(base));
}

const operation = (operationId: OperationId): Promise<OperationDetail> =>
  call('getOperation', { params: { operationId } });

/** The operation once it has moved that many slots, or has ended before anybody could look. */
const movedAtLeast = (id: OperationId, slots: number): Promise<OperationDetail> =>
  waitUntil(
    `${slots} slots to have moved`,
    async () => {
      const now = await operation(id);
      return (now.endedAt !== null || (now.progress?.slotsDone ?? 0) >= slots) && now;
    },
    // At the gentle pace, with eight writers, on a machine that may be busy with other tests.
    { everyMs: 10, timeoutMs: 180_000 },
  );

test(
  'an operation outlives its server: ended in order, then killed twice, it is found and finished, and no write is lost',
  { timeout: 300_000 },
  async () => {
    const [source, target] = cluster.primaries();
    const slots = 600;
    const traffic = await startTraffic({
      seeds: cluster.seeds,
      clients: 8,
      keyspace: 6_000,
      slots: [[0, slots - 1]],
      pauseMsBetween: 1,
    });
    await traffic.waitForWrites(3_000);
    const plan = await call('makePlan', {
      params: { clusterId },
      body: { kind: 'reshard', params: { slots: `0-${slots - 1}`, to: [target?.id ?? ''] } },
    });
    const { id } = await call('startOperation', { params: { clusterId }, body: { planId: plan.id, pace: 'gentle' } });

    const lives: number[] = [];
    for (const signal of ['SIGTERM', 'SIGKILL', 'SIGKILL'] as const) {
      const before = (await operation(id)).progress?.slotsDone ?? 0;
      const now = await movedAtLeast(id, before + 20);
      if (now.endedAt !== null) break;
      server.signal(signal);
      expect(await server.ended).toEqual(signal === 'SIGTERM' ? { code: 0, signal: null } : { code: null, signal });
      lives.push(now.progress?.slotsDone ?? 0);
      await begin();
      expect(['running', 'succeeded']).toContain((await operation(id)).status);
    }
    expect(lives.length).toBeGreaterThanOrEqual(2);

    const ended = await movedAtLeast(id, slots + 1);
    expect(ended).toMatchObject({
      status: 'succeeded',
      error: null,
      progress: { slotsDone: slots, slotsTotal: slots },
    });
    const report = await traffic.verify();
    expect(report.lost).toEqual([]);
    expect(report.errors).toEqual({});
    await cluster.waitForAgreement();
    const { events } = await call('getOperationEvents', { params: { operationId: id } });
    expect(events.map((event) => event.index)).toEqual(events.map((_, at) => at));
    const takenOver = events.flatMap((event) => (event.type === 'taken-over' ? [event.fence] : []));
    expect(takenOver).toHaveLength(lives.length);
    expect(takenOver).toEqual(takenOver.toSorted((a, b) => a - b));
    expect(new Set(takenOver).size).toBe(lives.length);
    const sourceRow = (await cluster.table(source?.id ?? '')).find((row) => row.id === source?.id);
    expect(sourceRow?.slots[0]?.[0]).toBe(slots);
    const { topology } = await call('getTopology', { params: { clusterId } });
    expect(topology).toMatchObject({ open: [], disputes: [], answered: 6 });
  },
);

test('a paused operation stays paused over a restart, holds its cluster, and can be cancelled', async () => {
  const [, target] = cluster.primaries();
  const plan = await call('makePlan', {
    params: { clusterId },
    body: { kind: 'reshard', params: { slots: '700-1200', to: [target?.id ?? ''] } },
  });
  const { id } = await call('startOperation', { params: { clusterId }, body: { planId: plan.id, pace: 'gentle' } });
  await call('pauseOperation', { params: { operationId: id } });
  await waitUntil('it to be paused', async () => (await operation(id)).status === 'paused');
  await server.kill();
  await begin();
  expect((await operation(id)).status).toBe('paused');
  const summary = await waitUntil('the cluster to be seen', async () => {
    const now = await call('getCluster', { params: { clusterId } });
    return now.answered === 6 && now;
  });
  expect(summary.runningOperation).toMatchObject({ id, status: 'paused' });
  await call('cancelOperation', { params: { operationId: id } });
  await waitUntil('it to be cancelled', async () => (await operation(id)).status === 'cancelled');
  await cluster.waitForAgreement();
});

test('a page that was open hears of the end, comes back to another life, and gets the present state', async () => {
  const channel = { name: 'cluster', id: clusterId } as const;
  const page = await openViewer({ base, cookie, watch: [channel] });
  const welcome = await page.next('welcome');
  const snapshot = await page.next('cluster-snapshot');
  expect(snapshot.live.topology?.answered).toBe(6);
  server.signal('SIGTERM');
  expect(await page.next('goodbye')).toMatchObject({ reason: 'shutting-down' });
  await server.ended;
  await begin();

  const lastSeen = { life: welcome.life, version: snapshot.version };
  // The session is older than this life of the server and still holds.
  const again = await openViewer({ base, cookie, watch: [channel], lastSeen });
  expect((await again.next('welcome')).life).not.toBe(welcome.life);
  await again.next('cluster-snapshot');
  await waitUntil('the six nodes to be on the page', () =>
    again.messages.some(
      (message) =>
        (message.type === 'cluster-snapshot' && message.live.topology?.answered === 6) ||
        (message.type === 'cluster-delta' && message.topology?.rest.answered === 6),
    ),
  );
  await again.close();
});

test('within one life a page that comes back gets what it missed and no more', async () => {
  const channel = { name: 'cluster', id: clusterId } as const;
  const page = await openViewer({ base, cookie, watch: [channel] });
  const { life } = await page.next('welcome');
  const { version } = await page.next('cluster-snapshot');
  const last = await page.next('cluster-delta');
  expect(last.from).toBe(version);
  await page.close();
  const again = await openViewer({ base, cookie, watch: [channel], lastSeen: { life, version: last.version } });
  const next = await again.next('cluster-delta');
  expect(next.from).toBe(last.version);
  expect(again.messages.map((message) => message.type)).not.toContain('cluster-snapshot');
  await again.close();
});

test('signing out cuts the stream of that session and leaves the others', async () => {
  const other = await signIn(base);
  const watch = [{ name: 'clusters' }] as const;
  const [mine, theirs] = await Promise.all([
    openViewer({ base, cookie, watch }),
    openViewer({ base, cookie: other.cookie, watch }),
  ]);
  await Promise.all([mine.next('clusters-snapshot'), theirs.next('clusters-snapshot')]);
  await call('signOut', {});
  expect(await mine.next('goodbye')).toMatchObject({ reason: 'signed-out' });
  await waitUntil('the connection to be closed', () => !mine.isOpen);
  theirs.send({ type: 'ping', id: 7 });
  expect(await theirs.next('pong')).toMatchObject({ id: 7 });
  await theirs.close();
  await expect(openViewer({ base, cookie, watch })).rejects.toThrow(/401/);
  ({ call, cookie } = other);
});

test('a message that is none ends the connection, and the server goes on', async () => {
  const page = await openViewer({ base, cookie });
  await page.next('welcome');
  page.sendText('{"type":"nonsense"}');
  expect(await page.next('goodbye')).toMatchObject({ reason: 'bad-message' });
  await waitUntil('the connection to be closed', () => !page.isOpen);
  const large = await openViewer({ base, cookie });
  await large.next('welcome');
  large.sendText('x'.repeat(100_000));
  await waitUntil('a message that is too large to end the connection', () => !large.isOpen);
  expect((await fetch(`${base}/healthz`)).status).toBe(200);
});
