import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openConnections } from '@slotdeck/cluster/connection/node-connections';
import { OperationId, PlanId } from '@slotdeck/model/ids';
import type { OperationView } from '@slotdeck/model/operation-view';
import { isBlocked, type Plan, type PlanOf } from '@slotdeck/model/plan';
import { expectNoLeaks } from '@slotdeck/testkit/leaks';
import { startCluster, type RealCluster, type RealNode } from '@slotdeck/testkit/real-cluster';
import { textOf, type RespValue } from '@slotdeck/testkit/resp';
import { serversUnderTest, type ServerName } from '@slotdeck/testkit/server-binaries';
import { waitUntil } from '@slotdeck/testkit/wait-until';
import { importOperation } from '../src/catalog/import-keys.ts';
import { createMemoryStore } from '../src/engine/memory-journal.ts';
import { createRunner, type OperationsRunner } from '../src/engine/operations-runner.ts';
import { makePlan } from '../src/planning/make-plan.ts';
import { crashOnce, failStep, repeatEveryStep, type World } from './every-step.ts';
import { createLife, type Life } from './life.ts';
import { clock, openMoveLab, type MoveLab } from './move-lab.ts';

const tried: ServerName[] = ['redis-7.0', 'redis-8.6', 'valkey-9.1'];
const servers = serversUnderTest().filter(({ name }) => tried.includes(name));

afterAll(expectNoLeaks);

let count = 0;
const codes = (plan: Plan): string[] => plan.problems.map((problem) => problem.code);

describe.each(servers.map(({ name }) => name))('on %s', (server) => {
  let cluster: RealCluster;
  let outside: RealCluster;
  let source: RealNode;
  let lab: MoveLab;
  /** What does not differ between servers is tried on one. */
  const deep = server === 'redis-7.0' ? [server] : [];
  const calls = openConnections({ password: 'of the source' });

  beforeAll(async () => {
    const config: Record<string, string> = server === 'valkey-9.1' ? { 'cluster-databases': '4' } : {};
    cluster = await startCluster({ server, replicasPerPrimary: 0, config });
    const alone = { 'cluster-enabled': 'no' };
    outside = await startCluster({ server, primaries: 0, emptyNodes: 1, config: alone, password: 'of the source' });
    const [only] = outside.nodes;
    if (only === undefined) throw new Error('no source');
    source = only;
    lab = openMoveLab(cluster);
  });
  afterAll(async () => {
    await calls.close();
    await lab.close();
    await cluster.shutdown();
    await outside.shutdown();
  });
  beforeEach(async () => {
    await Promise.all([...cluster.nodes, source].map((node) => node.call('FLUSHALL')));
  });

  async function planFor(params: Partial<PlanOf<'import'>['params']> = {}): Promise<Plan> {
    count += 1;
    const from = `${source.host}:${source.port}`;
    const asked = { from, fromTls: false, copy: false, replace: false, ...params };
    const site = { look: async () => ({ ...(await lab.site.look()), importSource: () => calls }) };
    const planId = PlanId.parse(`pl-import${count}`);
    return makePlan(
      site,
      { kind: 'import', params: asked },
      { planId, createdBy: 'test', parent: null, now: clock.now() },
    );
  }

  const define = (life: Life, through = calls) =>
    lab.define(life, (findCluster) =>
      importOperation((id) => {
        const found = findCluster(id);
        // The source is part of the world outside, too.
        const outward = {
          call: (...args: Parameters<typeof calls.call>) => life.act(() => through.call(...args)),
          pipeline: (...args: Parameters<typeof calls.pipeline>) => life.act(() => through.pipeline(...args)),
          transaction: (...args: Parameters<typeof calls.transaction>) => life.act(() => through.transaction(...args)),
        };
        return found === null ? null : { ...found, importSource: () => outward };
      }),
    );

  interface Started {
    readonly runner: OperationsRunner;
    readonly id: OperationId;
    view(): OperationView;
    /** What the import came to. */
    tally(): unknown;
  }

  function start(plan: Plan, through = calls): Started {
    if (isBlocked(plan)) throw new Error(`the plan is blocked: ${JSON.stringify(plan.problems)}`);
    const id = OperationId.parse(`op-import${count}`);
    const store = createMemoryStore({ clock });
    const runner = createRunner({
      ...store,
      definitions: [define(createLife(), through)],
      clock,
      holder: 'import',
      onFault: (error) => {
        throw error;
      },
    });
    runner.start({ id, plan, by: 'test', pace: 'fast' });
    const view = (): OperationView => {
      const state = runner.state(id);
      if (state === null) throw new Error('the operation is gone');
      return state.view;
    };
    const tally = (): unknown => {
      const end = store.journal.events(id).findLast((event) => event.type === 'step-done' && event.step === 'import');
      return end?.type === 'step-done' ? end.facts : null;
    };
    return { runner, id, view, tally };
  }

  async function carryOut(params: Partial<PlanOf<'import'>['params']> = {}, through = calls): Promise<unknown> {
    const { runner, id, view, tally } = start(await planFor(params), through);
    await runner.rested(id);
    if (view().status !== 'succeeded') throw new Error(`${view().status}: ${JSON.stringify(view().problem)}`);
    return tally();
  }

  async function ownerOf(key: string | Buffer): Promise<RealNode> {
    const slot = Number(await cluster.nodes[0]?.call('CLUSTER', 'KEYSLOT', key));
    const rows = await cluster.table(cluster.nodes[0] ?? '');
    const row = rows.find(({ slots }) => slots.some(([from, to]) => slot >= from && slot <= to));
    return cluster.nodeById(row?.id ?? '');
  }
  const read = async (key: string | Buffer, ...words: string[]): Promise<RespValue> => {
    const [command = 'GET', ...rest] = words;
    return (await ownerOf(key)).call(command, key, ...rest);
  };
  const sizes = async (): Promise<number> => {
    const all = await Promise.all(cluster.nodes.map((node) => node.call('DBSIZE')));
    return all.reduce<number>((sum, size) => sum + Number(size), 0);
  };

  async function fill(keys: number): Promise<void> {
    for (let at = 0; at < keys; at += 1000) {
      const some = Array.from({ length: Math.min(1000, keys - at) }, (_, each) => [
        'SET',
        `key:${at + each}`,
        `${at + each}`,
      ]);
      await source.pipeline(some);
    }
  }

  /** One key of each kind, one that no text can name, and one that expires. */
  async function fillKinds(): Promise<Buffer> {
    const binary = Buffer.from([0, 255, 10, 13, 37, 115, 0]);
    await source.pipeline([
      ['SET', binary, Buffer.from([1, 0, 2])],
      ['SET', 'short', 'lived', 'PX', '600000'],
      ['RPUSH', 'list', 'a', 'b', 'c'],
      ['SADD', 'set', 'x', 'y'],
      ['HSET', 'hash', 'field', 'value'],
      ['ZADD', 'scores', '1.5', 'one'],
      ['XADD', 'stream', '1-1', 'f', 'v'],
    ]);
    return binary;
  }

  async function expectKinds(binary: Buffer): Promise<void> {
    expect(textOf(await read(binary))).toBe('\u0001\u0000\u0002');
    expect(Number(await read('short', 'PTTL'))).toBeGreaterThan(500_000);
    expect(Number(await read('short', 'PTTL'))).toBeLessThanOrEqual(600_000);
    expect(await read('list', 'LLEN')).toBe(3);
    expect(await read('set', 'SCARD')).toBe(2);
    expect(textOf(await read('hash', 'HGET', 'field'))).toBe('value');
    expect(Number(textOf(await read('scores', 'ZSCORE', 'one')))).toBe(1.5);
    expect(await read('stream', 'XLEN')).toBe(1);
  }

  test('every kind of key comes over with its time to live, and is gone from the source', async () => {
    const binary = await fillKinds();
    await fill(5_000);
    const tally = await carryOut();
    expect(await source.call('DBSIZE')).toBe(0);
    expect(await sizes()).toBe(5_007);
    await expectKinds(binary);
    expect(textOf(await read('key:4321'))).toBe('4321');
    expect(tally).toMatchObject({ seen: 5_007, taken: 5_007, differing: 0 });
  });

  test('a copy leaves the source as it was, and a second one finds everything there', async () => {
    const binary = await fillKinds();
    await fill(500);
    await carryOut({ copy: true });
    expect(await source.call('DBSIZE')).toBe(507);
    await expectKinds(binary);
    const again = await carryOut({ copy: true });
    expect(again).toMatchObject({ equal: 507, differing: 0 });
    expect(await sizes()).toBe(507);
  });

  test.each(deep)('a source that cannot pass keys itself is read by us, and nothing else changes', async () => {
    const binary = await fillKinds();
    await fill(3_000);
    await source.call('ACL', 'SETUSER', 'reader', 'on', '>of the source', '~*', '&*', '+@all', '-migrate');
    const reader = openConnections({ username: 'reader', password: 'of the source' });
    try {
      await carryOut({ copy: true }, reader);
      expect(await source.call('DBSIZE')).toBe(3_007);
      await expectKinds(binary);
      await carryOut({}, reader);
      expect(await source.call('DBSIZE')).toBe(0);
      expect(await sizes()).toBe(3_007);
      await expectKinds(binary);
    } finally {
      await reader.close();
    }
  });

  test('a key that the cluster has with another value is left alone on both sides and told, and replaced only when asked', async () => {
    await fill(200);
    await (await ownerOf('key:7')).call('SET', 'key:7', 'of the cluster');
    await (await ownerOf('key:8')).call('SET', 'key:8', '8');
    const { runner, id, view } = start(await planFor());
    await runner.rested(id);
    expect(view()).toMatchObject({ status: 'paused', problem: { code: 'import-keys-left', facts: { count: 1 } } });
    expect(textOf(await read('key:7'))).toBe('of the cluster');
    expect(await source.call('DBSIZE')).toBe(1);
    runner.resume(id, 'test');
    await runner.rested(id);
    expect(view().status).toBe('succeeded');
    expect(textOf(await source.call('GET', 'key:7'))).toBe('7');
    await carryOut({ replace: true });
    expect(textOf(await read('key:7'))).toBe('7');
    expect(await source.call('DBSIZE')).toBe(0);
  });

  test('keys of other databases come only where the cluster has such databases', async () => {
    await source.pipeline([
      ['SELECT', '2'],
      ['SET', 'there', 'yes'],
      ['SELECT', '0'],
    ]);
    const plan = await planFor();
    const hasThem = server === 'valkey-9.1';
    expect(codes(plan).includes('import-no-such-database')).toBe(!hasThem);
    expect(codes(await planFor({ databases: [0] }))).toContain('import-no-keys');
    if (!hasThem) return;
    await carryOut();
    const owner = await ownerOf('there');
    const [, value] = await owner.pipeline([
      ['SELECT', '2'],
      ['GET', 'there'],
      ['SELECT', '0'],
    ]);
    expect(textOf(value ?? null)).toBe('yes');
  });

  test.each(deep)('a pause lets it go on from the place it has come to, also at a pace that was set', async () => {
    await fill(30_000);
    const { runner, id, view, tally } = start(await planFor({ copy: true, keysPerSecond: 15_000 }));
    await waitUntil('some keys to have come', async () => (view().progress?.keysDone ?? 0) > 0);
    runner.pause(id, 'test');
    await runner.rested(id);
    expect(view().status).toBe('paused');
    const first = await sizes();
    expect(first).toBeLessThan(30_000);
    runner.resume(id, 'test');
    await runner.rested(id);
    expect(await sizes()).toBe(30_000);
    // Begun anew it would have seen the first part twice.
    expect(tally()).toMatchObject({ seen: 30_000, taken: 30_000, equal: 0 });
  });

  test('a source that does not answer, is a node of a cluster, or has nothing is refused', async () => {
    expect(codes(await planFor())).toContain('import-no-keys');
    expect(codes(await planFor({ from: '127.0.0.1:1' }))).toContain('import-source-silent');
  });

  test('an import may be cut off at any command or write', { timeout: 200_000 }, async () => {
    const world: World = {
      clock,
      async nextPlan() {
        await Promise.all([...cluster.nodes, source].map((node) => node.call('FLUSHALL')));
        await fill(6_000);
        return planFor();
      },
      definition: (life) => define(life),
      async check(view) {
        if (view.status !== 'succeeded') throw new Error(`${view.status}: ${JSON.stringify(view.problem)}`);
        expect(await source.call('DBSIZE')).toBe(0);
        expect(await sizes()).toBe(6_000);
      },
    };
    const ended = [await repeatEveryStep(world), await failStep(world, 1, 'after-it-acted')];
    for (const moment of ['before', 'after'] as const)
      for (const nth of [8, 20, 35]) ended.push((await crashOnce(world, { by: 'act', moment, count: nth })).view);
    expect(ended.filter(({ status }) => status !== 'succeeded')).toEqual([]);
  });
});
