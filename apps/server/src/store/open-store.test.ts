import { readFileSync, statSync, writeFileSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ClusterId, NodeId, UserId } from '@slotdeck/model/ids';
import { createHandClock } from '@slotdeck/testkit/hand-clock';
import { pageCount } from '../../test/page-count.ts';
import { sampleClusterId, samplePlan, sampleRecord } from '../../test/sample-plan.ts';
import { makeTempFolder } from '../../test/temp-folder.ts';
import type { StoredCluster } from './cluster-rows.ts';
import { migrate, SCHEMA_VERSION } from './migrations.ts';
import { openStore, type Store } from './open-store.ts';
import { openSqliteFile } from './sqlite-file.ts';
import { StoreError } from './store-error.ts';

const clock = createHandClock();
let folder: ReturnType<typeof makeTempFolder>;
let opened: Store[] = [];

beforeEach(() => {
  folder = makeTempFolder();
});
afterEach(() => {
  for (const store of opened) store.close();
  opened = [];
  folder.remove();
});

async function open(options: { maxPages?: number } = {}): Promise<Store> {
  const store = await openStore(folder.path, clock, options);
  opened.push(store);
  return store;
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return String(error.code);
    throw error;
  }
  return 'nothing was thrown';
}

const node = (letter: string, port: number) => ({ id: NodeId.parse(letter.repeat(40)), host: '10.0.0.1', port });
const orders: StoredCluster = {
  id: sampleClusterId,
  name: 'orders',
  seeds: ['10.0.0.1:7001'],
  natMap: { '10.0.0.1:7001': '127.0.0.1:30001' },
  username: 'ops',
  hasPassword: true,
  tls: 'verified',
  sealed: new Uint8Array([1, 2, 3]),
  addedAt: 5_000,
  addedBy: 'ada',
};

test('the data folder and its files are for their owner alone', async () => {
  await open();
  expect(statSync(folder.path).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder.path, 'slotdeck.db')).mode & 0o777).toBe(0o600);
});

test('what was written is there again after a restart', async () => {
  const first = await open();
  const ada = { id: UserId.parse('us-ada1'), name: 'Ada', role: 'operator', passwordHash: 'h', createdAt: 1 } as const;
  first.users.add(ada);
  first.clusters.add(orders, [node('a', 7001), node('b', 7002)]);
  first.events.append(orders.id, [{ at: 10, code: 'role-changed', node: 'a', facts: { to: 'primary' } }]);
  first.plans.add(samplePlan('pl-kept'));
  const record = sampleRecord('op-kept');
  const lease = first.operations.leases.take({ clusterId: sampleClusterId, operationId: record.id, holder: 'one' });
  if (!lease.ok) throw new Error('a free cluster can be taken');
  const { kind, id: planId, steps } = record.plan;
  first.operations.journal.create(record, [{ type: 'created', kind, planId, by: 'ada', steps }], lease.fence);
  first.close();

  const second = await open();
  expect(second.users.byName('ADA')).toEqual(ada);
  expect(second.clusters.list()).toEqual([orders]);
  expect(second.clusters.knownNodes(orders.id)).toEqual([node('a', 7001), node('b', 7002)]);
  expect(second.events.list(orders.id, { limit: 10 })).toMatchObject([{ at: 10, code: 'role-changed' }]);
  expect(second.plans.get(samplePlan('pl-kept').id)?.plan).toEqual(samplePlan('pl-kept'));
  expect(second.operations.journal.record(record.id)).toEqual(record);
  expect(second.operations.journal.unfinished()).toEqual([record]);
  expect(second.operations.leases.current(sampleClusterId)).toMatchObject({ holder: 'one', fence: lease.fence });
});

test('a folder that a newer program has written is refused in words, and left as it is', async () => {
  (await open()).close();
  const file = await openSqliteFile(join(folder.path, 'slotdeck.db'));
  file.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
  file.close();
  const before = readFileSync(join(folder.path, 'slotdeck.db'));
  await expect(open()).rejects.toThrow(/written by a newer Slotdeck/);
  expect(readFileSync(join(folder.path, 'slotdeck.db')).equals(before)).toBe(true);
  // The refusal has let the folder go again.
  await expect(open()).rejects.toMatchObject({ code: 'folder-newer' });
});

test('a migration that fails leaves the version before it, and is tried again at the next start', async () => {
  const file = await openSqliteFile(join(folder.path, 'x.db'));
  const good = 'CREATE TABLE one (n INTEGER) STRICT;';
  try {
    expect(
      codeOf(() => migrate(file, [good, 'CREATE TABLE two (n INTEGER) STRICT; CREATE TABLE one (n INTEGER);'])),
    ).toBe('storage-failed');
    migrate(file, [good, 'CREATE TABLE two (n INTEGER) STRICT;']);
    file.run('INSERT INTO two (n) VALUES (?)', 1);
  } finally {
    file.close();
  }
});

test('a file that is no database is told, not overwritten', async () => {
  writeFileSync(join(folder.path, 'slotdeck.db'), 'my diary\n'.repeat(500));
  await expect(open()).rejects.toBeInstanceOf(StoreError);
  expect(readFileSync(join(folder.path, 'slotdeck.db'), 'utf8')).toContain('my diary');
});

test('a path that is a file is told with what the system said', async () => {
  const path = join(folder.path, 'file');
  writeFileSync(path, '');
  await expect(openStore(path, clock)).rejects.toMatchObject({
    code: 'folder-unusable',
    message: expect.stringMatching(/cannot be used: EEXIST/),
  });
});

test('a second server on the same folder is refused with a sentence that says who has it', async () => {
  const first = await open();
  await expect(open()).rejects.toMatchObject({
    code: 'folder-in-use',
    message: expect.stringMatching(
      new RegExp(
        `Another Slotdeck server \\(process ${process.pid}, started .*\\) is using the data folder .*SLOTDECK_DATA`,
      ),
    ),
  });
  first.close();
  await open();
});

test('on a full disk nothing is half written, what is there can be read, and with room again it goes on', async () => {
  (await open()).close();
  const full = await open({ maxPages: (await pageCount(folder.path)) + 20 });
  const sizes: number[] = [];
  const fill = (): never => {
    for (let count = 0; ; count += 1) {
      full.together(() => {
        const id = ClusterId.parse(`cl-fill${count}`);
        full.clusters.add({ ...orders, id, sealed: new Uint8Array(1_500) }, [
          node('a', count + 1),
          node('b', count + 1),
        ]);
        full.audit.write({ at: 1, userId: null, userName: 'ada', address: '', action: 'add', subject: id, facts: {} });
      });
      sizes.push(full.clusters.list().length);
    }
  };
  expect(codeOf(fill)).toBe('storage-full');
  const listed = full.clusters.list();
  expect(listed.length).toBe(sizes.length);
  expect(listed.length).toBeGreaterThan(3);
  for (const { id } of listed) expect(full.clusters.knownNodes(id)).toHaveLength(2);
  full.close();

  const again = await open();
  expect(again.clusters.list()).toEqual(listed);
  again.clusters.add(orders, [node('c', 9)]);
  expect(again.clusters.list()).toHaveLength(listed.length + 1);
});

test('the words of a full disk say so', async () => {
  (await open()).close();
  const full = await open({ maxPages: await pageCount(folder.path) });
  const big = 'x'.repeat(200_000);
  expect(() => full.marks.set('big', big)).toThrow(/disk of the data folder is full; nothing was written/);
  expect(full.marks.get('big')).toBeNull();
});

test('a data folder that cannot be written is told as that', async () => {
  (await open()).close();
  const path = join(folder.path, 'slotdeck.db');
  const file = await openSqliteFile(path);
  try {
    file.exec('PRAGMA query_only = 1');
    expect(codeOf(() => file.run("INSERT INTO marks (name, value) VALUES ('a', 'b')"))).toBe('storage-failed');
  } finally {
    file.close();
    chmodSync(path, 0o600);
  }
});

test('a broken row is named with what is wrong, and the others can still be read', async () => {
  const store = await open();
  store.plans.add(samplePlan('pl-good'));
  store.plans.add(samplePlan('pl-broken'));
  store.close();
  const file = await openSqliteFile(join(folder.path, 'slotdeck.db'));
  file.run("UPDATE plans SET body = '{\"id\":1}' WHERE id = 'pl-broken'");
  file.close();
  const again = await open();
  expect(codeOf(() => again.plans.get(samplePlan('pl-broken').id))).toBe('row-broken');
  expect(again.plans.get(samplePlan('pl-good').id)).not.toBeNull();
});

test('removing a cluster takes its nodes, events and unused plans along and leaves the audit', async () => {
  const store = await open();
  store.clusters.add(orders, [node('a', 7001)]);
  store.events.append(orders.id, [{ at: 10, code: 'x', node: null, facts: {} }]);
  store.plans.add(samplePlan('pl-unused'));
  store.clusters.remove(orders.id);
  expect(store.clusters.list()).toEqual([]);
  expect(store.clusters.knownNodes(orders.id)).toEqual([]);
  expect(store.clusters.ownerOfNodes([node('a', 1).id])).toBeNull();
  expect(store.events.list(orders.id, { limit: 10 })).toEqual([]);
  expect(store.plans.list(orders.id)).toEqual([]);
});

test('changes of a cluster are listed newest first, in a range, and the old ones are dropped', async () => {
  const store = await open();
  const event = (at: number) => ({ at, code: `at-${at}`, node: null, facts: {} });
  store.events.append(orders.id, [event(10), event(30), event(20), event(30)]);
  const codes = (range: { from?: number; to?: number; limit: number }): string[] =>
    store.events.list(orders.id, range).map(({ code }) => code);
  expect(codes({ limit: 10 })).toEqual(['at-30', 'at-30', 'at-20', 'at-10']);
  expect(codes({ from: 15, to: 25, limit: 10 })).toEqual(['at-20']);
  expect(codes({ limit: 1 })).toEqual(['at-30']);
  store.events.trim(orders.id, 25);
  expect(codes({ limit: 10 })).toEqual(['at-30', 'at-30']);
});
