import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ApiError } from '@slotdeck/contract/errors';
import type { OperationDetail } from '@slotdeck/contract/operations';
import type { ClusterId, OperationId, PlanId } from '@slotdeck/model/ids';
import type { OperationStatus } from '@slotdeck/model/operation';
import type { Plan } from '@slotdeck/model/plan';
import { expectNoLeaks } from '@slotdeck/testkit/leaks';
import { startCluster, type RealCluster } from '@slotdeck/testkit/real-cluster';
import { waitUntil } from '@slotdeck/testkit/wait-until';
import { openLab, type ConsoleLab } from './console-lab.ts';
import { makeTempFolder } from './temp-folder.ts';

/** Kinds of plan beside the reshard, through the API, on one cluster. */
const folder = makeTempFolder();
let cluster: RealCluster;
let lab: ConsoleLab;
let clusterId: ClusterId;
let first = '';
let second = '';
let third = '';
let replica = '';

beforeAll(async () => {
  [cluster, lab] = await Promise.all([startCluster({ nodeTimeoutMs: 15_000 }), openLab({ folder: folder.path })]);
  clusterId = (await lab.as('admin')('addCluster', { body: { name: 'orders', seeds: cluster.seeds.slice(0, 1) } })).id;
  [first = '', second = '', third = ''] = cluster.primaries().map((node) => node.id);
  [replica = ''] = cluster.replicas().map((node) => node.id);
});
afterAll(async () => {
  await Promise.all([lab.close(), cluster.shutdown()]);
  folder.remove();
  await expectNoLeaks();
});

const start = (planId: PlanId, consent?: string) =>
  lab.as('operator')('startOperation', {
    params: { clusterId },
    body: { planId, pace: 'fast', ...(consent === undefined ? {} : { consent }) },
  });

const inStatus = (id: OperationId, status: OperationStatus): Promise<OperationDetail> =>
  waitUntil(
    `operation ${id} to be ${status}`,
    async () => {
      const now = await lab.as('viewer')('getOperation', { params: { operationId: id } });
      if (now.status === status) return now;
      // Says in the failure why it stands still.
      if (now.error !== null) throw new Error(`${now.status}: ${now.error.code}: ${now.error.message}`);
      return null;
    },
    { timeoutMs: 60_000 },
  );

/** Brings back what an operation moved, so that each test finds the cluster as it was. */
async function bringBack(id: OperationId): Promise<void> {
  const reverse = await waitUntil(
    'the way back to be offered',
    async () => (await inStatus(id, 'succeeded')).reversePlanId,
  );
  await inStatus((await start(reverse)).id, 'succeeded');
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

const blockers = (of: Pick<Plan, 'problems'>): string[] =>
  of.problems.filter((problem) => problem.severity === 'blocker').map((problem) => problem.code);

test('a rebalance and a drain are planned, carried out and offered back like any move', async () => {
  const call = lab.as('operator');
  const level = { by: 'slots' as const, weights: { [first]: 5461, [second]: 5462, [third]: 5461 }, useEmpty: false };
  const rebalance = await call('makePlan', {
    params: { clusterId },
    body: { kind: 'rebalance', params: { ...level, weights: { ...level.weights, [first]: 5431 }, threshold: 0 } },
  });
  expect(blockers(rebalance)).toEqual([]);
  expect(rebalance.slots).toBeGreaterThan(0);
  expect(rebalance.slots).toBeLessThan(100);
  const { id } = await start(rebalance.id);
  expect((await inStatus(id, 'succeeded')).title).toBe(`Rebalance: move ${rebalance.slots} slots`);
  await bringBack(id);
  await cluster.waitForAgreement();

  const level2 = await call('makePlan', {
    params: { clusterId },
    body: { kind: 'rebalance', params: { ...level, threshold: 2 } },
  });
  expect(level2.problems.map((problem) => problem.code)).toContain('balanced-already');
  expect(level2.slots).toBe(0);

  const drain = await call('makePlan', {
    params: { clusterId },
    body: { kind: 'drain', params: { node: first, to: [second] } },
  });
  expect(drain).toMatchObject({ kind: 'drain', slots: 5461 });
  expect(drain.problems.map((problem) => problem.code)).toContain('source-left-empty');
  const refused = await call('makePlan', {
    params: { clusterId },
    body: { kind: 'drain', params: { node: replica, to: ['all'] } },
  });
  expect(blockers(refused)).toEqual(['source-not-a-primary']);
  expect((await failure(start(refused.id))).code).toBe('plan-blocked');
});

test('a failover, a change of primary and a node timeout are planned and carried out; force asks for its phrase', async () => {
  const call = lab.as('operator');
  const timeout = await call('makePlan', {
    params: { clusterId },
    body: { kind: 'set-timeout', params: { ms: 2000 } },
  });
  expect(blockers(timeout)).toEqual([]);
  expect((await inStatus((await start(timeout.id)).id, 'succeeded')).title).toBe(
    'Set the node timeout to 2000 ms on 6 nodes',
  );

  const failover = await call('makePlan', {
    params: { clusterId },
    body: { kind: 'failover', params: { node: replica, mode: 'normal' } },
  });
  expect(failover).toMatchObject({ kind: 'failover', slots: 0, consent: null });
  expect(blockers(failover)).toEqual([]);
  await inStatus((await start(failover.id)).id, 'succeeded');
  const { topology } = await waitUntil('the console to see the new primary', async () => {
    const seen = await lab.as('viewer')('getTopology', { params: { clusterId } });
    return seen.topology?.nodes.find((node) => node.id === replica)?.role === 'primary' ? seen : null;
  });
  const follower = topology?.nodes.find((node) => node.primaryId === replica);
  if (follower === undefined) throw new Error('the old primary follows nobody');

  const forced = await call('makePlan', {
    params: { clusterId },
    body: { kind: 'failover', params: { node: follower.id, mode: 'force' } },
  });
  expect(forced.problems.map((problem) => problem.code)).toContain('failover-primary-alive');
  const phrase = forced.consent?.phrase ?? '';
  expect(phrase).toBe(`force ${follower.name}`);
  const refused = await failure(start(forced.id));
  expect(refused).toMatchObject({ code: 'consent-needed', facts: { phrase } });
  expect((await failure(start(forced.id, 'force'))).code).toBe('consent-needed');
  await inStatus((await start(forced.id, phrase)).id, 'succeeded');
  await cluster.waitForAgreement();

  const follow = await call('makePlan', {
    params: { clusterId },
    body: { kind: 'replicate', params: { node: second, primary: first } },
  });
  expect(blockers(follow)).toContain('replicate-has-slots');
});

test('a node is added and removed again by two plans, and what belongs elsewhere is refused', async () => {
  const call = lab.as('operator');
  const fresh = await cluster.addNode();
  const added = await call('makePlan', {
    params: { clusterId },
    body: { kind: 'add-node', params: { address: `${fresh.host}:${fresh.port}`, as: 'replica' } },
  });
  expect(blockers(added)).toEqual([]);
  const own = await call('makePlan', {
    params: { clusterId },
    body: { kind: 'add-node', params: { address: cluster.seeds[0] ?? '', as: 'primary' } },
  });
  expect(blockers(own)).toEqual(['candidate-is-member']);
  await inStatus((await start(added.id)).id, 'succeeded');
  await waitUntil('the console to see the new node', async () => {
    const { topology } = await lab.as('viewer')('getTopology', { params: { clusterId } });
    return topology?.nodes.some((node) => node.id === fresh.id && node.role === 'replica') === true;
  });
  const removed = await call('makePlan', {
    params: { clusterId },
    body: { kind: 'remove-node', params: { node: fresh.id, then: 'shutdown', drain: false, to: ['all'] } },
  });
  expect(blockers(removed)).toEqual([]);
  await inStatus((await start(removed.id)).id, 'succeeded');
  await waitUntil('the console to see it gone', async () => {
    const { topology } = await lab.as('viewer')('getTopology', { params: { clusterId } });
    return topology?.nodes.length === 6;
  });
});

test('keys of another server come in with the password that was given for it, which is kept sealed', async () => {
  const call = lab.as('operator');
  const secret = 'of the other server';
  const outside = await startCluster({
    primaries: 0,
    emptyNodes: 1,
    config: { 'cluster-enabled': 'no' },
    password: secret,
  });
  try {
    const [source] = outside.nodes;
    if (source === undefined) throw new Error('no source');
    await source.pipeline(Array.from({ length: 300 }, (_, at) => ['SET', `in:${at}`, String(at)]));
    const params = { from: outside.seeds[0] ?? '', fromTls: false, copy: false, replace: false };
    const ask = (more: { sourcePassword?: string } = {}) =>
      call('makePlan', { params: { clusterId }, body: { kind: 'import', params, ...more } });
    expect(blockers(await ask())).toEqual(['import-source-silent']);
    expect(blockers(await ask({ sourcePassword: 'wrong' }))).toEqual(['import-source-silent']);
    const planned = await ask({ sourcePassword: secret });
    expect(blockers(planned)).toEqual([]);
    // Given once, it is there when the plan is made again.
    expect(blockers(await ask())).toEqual([]);
    expect(JSON.stringify(planned)).not.toContain(secret);
    await inStatus((await start(planned.id)).id, 'succeeded');
    expect(await source.call('DBSIZE')).toBe(0);
    for (const name of readdirSync(folder.path)) {
      expect(readFileSync(join(folder.path, name)).includes(secret), name).toBe(false);
    }
    const metadata = await call('makePlan', {
      params: { clusterId },
      body: { kind: 'import', params: { ...params, from: '169.254.169.254:80' } },
    });
    expect(blockers(metadata)).toEqual(['import-source-silent']);
    expect(metadata.problems.map(({ message }) => message).join()).toContain('never dialled');
  } finally {
    await outside.shutdown();
  }
});

test('an open slot is repaired by a plan, and a cluster cannot be made out of nodes that are in one', async () => {
  const call = lab.as('operator');
  const node = cluster.nodeById(first);
  const slot = (await cluster.table(node)).find((row) => row.id === first)?.slots[0]?.[0] ?? 0;
  await node.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', second);
  const fix = await call('makePlan', {
    params: { clusterId },
    body: { kind: 'fix', params: { choices: [], withUnreachable: false, acceptLoss: false } },
  });
  expect(blockers(fix)).toEqual([]);
  expect(fix).toMatchObject({ kind: 'fix', slots: 1 });
  await inStatus((await start(fix.id)).id, 'succeeded');
  await cluster.waitForAgreement();
  const create = await call('makePlan', {
    params: { clusterId },
    body: {
      kind: 'create',
      params: { nodes: cluster.seeds.slice(0, 3), replicas: 0, zones: {}, allowFew: false, allowSameZone: false },
    },
  });
  expect(blockers(create).length).toBeGreaterThan(0);
});
