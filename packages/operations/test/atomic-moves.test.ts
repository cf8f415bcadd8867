import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OperationId } from '@slotdeck/model/ids';
import type { OperationView } from '@slotdeck/model/operation-view';
import { expectNoLeaks } from '@slotdeck/testkit/leaks';
import { startCluster, withCluster, type RealCluster, type RealNode } from '@slotdeck/testkit/real-cluster';
import { serversUnderTest, type ServerName } from '@slotdeck/testkit/server-binaries';
import { startTraffic } from '@slotdeck/testkit/traffic-checker';
import { waitUntil } from '@slotdeck/testkit/wait-until';
import { createMemoryStore } from '../src/engine/memory-journal.ts';
import { createRunner, type OperationsRunner } from '../src/engine/operations-runner.ts';
import { crashOnce, failStep, repeatEveryStep } from './every-step.ts';
import { clock, moveWorld, openMoveLab, type MoveLab } from './move-lab.ts';

/** Those that move slots by themselves: Valkey driven at the source, Redis at the destination. */
const tried: ServerName[] = ['redis-8.6', 'valkey-9.1'];
const servers = serversUnderTest().filter(({ name }) => tried.includes(name));

afterAll(expectNoLeaks);

let operations = 0;

interface Running {
  readonly runner: OperationsRunner;
  readonly id: OperationId;
  view(): OperationView;
}

async function start(lab: MoveLab, slots: string, target: RealNode): Promise<Running> {
  const plan = await lab.plan({ slots, to: [target.id], driver: 'atomic' });
  const runner = createRunner({
    ...createMemoryStore({ clock }),
    clock,
    definitions: [lab.definition()],
    holder: 'test',
    onFault: (error) => {
      throw error;
    },
  });
  operations += 1;
  const id = OperationId.parse(`op-atomic${operations}`);
  runner.start({ id, plan, by: 'test', pace: 'balanced' });
  const view = (): OperationView => {
    const state = runner.state(id);
    if (state === null) throw new Error('the operation is gone');
    return state.view;
  };
  return { runner, id, view };
}

const codes = ({ notes }: OperationView): string[] => notes.map(({ code }) => code);

describe.each(servers.map(({ name }) => name))('slots that %s moves by itself', (server) => {
  let cluster: RealCluster;
  let lab: MoveLab;

  beforeAll(async () => {
    cluster = await startCluster({ server, config: { 'repl-diskless-sync-delay': '0' } });
    lab = openMoveLab(cluster);
    await cluster.fillKeys({ count: 60, valueBytes: 50, slots: [[0, 5]] });
  });
  afterAll(async () => {
    await lab.close();
    await cluster.shutdown();
  });

  const [to, back] = [() => cluster.primaries()[1], () => cluster.primaries()[0]];
  const must = (node: RealNode | undefined): RealNode => {
    if (node === undefined) throw new Error('too few nodes');
    return node;
  };
  /** How long the source needs for each key that it writes down: a job that can be met under way. Microseconds. */
  const slowDown = (delay: number) =>
    Promise.all(cluster.nodes.map((node) => node.call('CONFIG', 'SET', 'rdb-key-save-delay', delay)));
  const allKeys = async (): Promise<number> => {
    const sizes = await Promise.all(cluster.primaries().map((node) => node.call('DBSIZE')));
    return sizes.reduce<number>((sum, size) => sum + Number(size), 0);
  };
  const running = async (node: RealNode): Promise<boolean> => {
    const command = server === 'valkey-9.1' ? ['GETSLOTMIGRATIONS'] : ['MIGRATION', 'STATUS', 'ALL'];
    const jobs = JSON.stringify(await node.call('CLUSTER', ...command));
    return /"state","(snapshotting|waiting-to-snapshot|accumulate-buffer|init-rdbchannel)"/.test(jobs);
  };

  test('under eight writers nothing is lost and no client is sent on with ASK; back again the classic way', async () => {
    const traffic = await startTraffic({ seeds: cluster.seeds, clients: 8, keyspace: 4_000, slots: [[100, 899]] });
    await traffic.waitForWrites(3_000);
    const there = await start(lab, '100-899', must(to()));
    await there.runner.rested(there.id);
    expect(there.view().status, JSON.stringify(there.view().problem)).toBe('succeeded');
    expect(codes(there.view()).filter((code) => code.startsWith('atomic'))).toEqual(['atomic-moved', 'atomic-moved']);
    await traffic.waitForWrites(500);
    const report = await traffic.verify();
    expect(report.lost).toEqual([]);
    expect(report.errors).toEqual({});
    expect(report.redirects.ask).toBe(0);
    await cluster.waitForAgreement();
    const owned = (await cluster.table(must(to()))).find(({ id }) => id === to()?.id)?.slots;
    expect(owned).toContainEqual([100, 899]);
    const plan = await lab.plan({ slots: '100-899', to: [must(back()).id] });
    expect(plan.steps.find(({ move }) => move !== null)?.move).not.toHaveProperty('driver');
    for (const node of cluster.primaries()) await node.call('FLUSHALL');
    await cluster.fillKeys({ count: 60, valueBytes: 50, slots: [[0, 5]] });
  });

  test('every step may be done twice or fail once, and the process may be killed at its commands and writes', async () => {
    const world = moveWorld(cluster, lab, { slots: '0-5', batch: 3, keys: 60, driver: 'atomic' });
    expect((await repeatEveryStep(world)).status).toBe('succeeded');
    for (const failure of ['before-it-acts', 'after-it-acted'] as const)
      expect((await failStep(world, 1, failure)).status).toBe('succeeded');
    for (const moment of ['before', 'after'] as const)
      for (let count = 8; ; count += 9) {
        const { view, life } = await crashOnce(world, { by: 'act', moment, count });
        expect(view.status).toBe('succeeded');
        if (!life.isOver) break;
      }
    for (const count of [3, 5]) {
      const { view } = await crashOnce(world, { by: 'write', moment: 'after', count });
      expect(view.status).toBe('succeeded');
    }
  });

  test('a job that is under way is ended by a cancel, and the slots stay where they were with every key', async () => {
    await cluster.fillKeys({ count: 2_000, valueBytes: 50, slots: [[1000, 1099]] });
    await slowDown(1_500);
    const [source, target] = [must(back()), must(to())];
    const { runner, id, view } = await start(lab, '1000-1099', target);
    await waitUntil('the job to run', () => running(server === 'valkey-9.1' ? source : target));
    runner.cancel(id, 'test');
    await runner.rested(id);
    await slowDown(0);
    expect(view().status, JSON.stringify(view().problem)).toBe('cancelled');
    expect(codes(view())).toContain('atomic-cancelled');
    await cluster.waitForAgreement();
    expect(await allKeys()).toBe(2_060);
    expect(await source.call('CLUSTER', 'COUNTKEYSINSLOT', 1000)).toBe(20);
  });

  test('a job that somebody else ends is begun anew', async () => {
    await slowDown(1_000);
    const [source, target] = [must(back()), must(to())];
    const { runner, id, view } = await start(lab, '1000-1099', target);
    const at = server === 'valkey-9.1' ? source : target;
    await waitUntil('the job to run', () => running(at));
    await at.call('CLUSTER', ...(server === 'valkey-9.1' ? ['CANCELSLOTMIGRATIONS'] : ['MIGRATION', 'CANCEL', 'ALL']));
    await slowDown(0);
    await runner.rested(id);
    expect(view().status, JSON.stringify(view().problem)).toBe('succeeded');
    expect(codes(view())).toEqual(expect.arrayContaining(['atomic-cancelled', 'atomic-moved']));
    await cluster.waitForAgreement();
    expect(await allKeys()).toBe(2_060);
    expect(await target.call('CLUSTER', 'COUNTKEYSINSLOT', 1000)).toBe(20);
  });
});

describe.each(servers.map(({ name }) => name))('an end that dies while %s moves slots by itself', (server) => {
  test.each(['source', 'target'] as const)(
    'the %s: its heir takes its place once a person has said so, and every key is found again',
    async (killed) => {
      const config = { 'repl-diskless-sync-delay': '0', 'rdb-key-save-delay': '1000' };
      await withCluster({ server, nodeTimeoutMs: 1_500, config, requireFullCoverage: false }, async (cluster) => {
        const lab = openMoveLab(cluster);
        try {
          const keys = await cluster.fillKeys({ count: 2_000, valueBytes: 50, slots: [[0, 99]] });
          const [source, target] = cluster.primaries();
          if (source === undefined || target === undefined) throw new Error('too few nodes');
          const { runner, id, view } = await start(lab, '0-99', target);
          const at = server === 'valkey-9.1' ? source : target;
          const command = server === 'valkey-9.1' ? ['GETSLOTMIGRATIONS'] : ['MIGRATION', 'STATUS', 'ALL'];
          await waitUntil('the job to run', async () =>
            /snapshotting|accumulate-buffer/.test(JSON.stringify(await at.call('CLUSTER', ...command))),
          );
          await (killed === 'source' ? source : target).kill();
          await runner.rested(id);
          for (let rounds = 0; view().status === 'paused' && rounds < 3; rounds += 1) {
            runner.resume(id, 'ada');
            await runner.rested(id);
          }
          expect(view().status, JSON.stringify(view().problem)).toBe('succeeded');
          await cluster.waitForAgreement();
          await cluster.refreshRoles();
          const rows = await cluster.table(cluster.nodes.find(({ isRunning }) => isRunning) ?? source);
          const owner = rows.find(({ slots }) => slots.some(([first, last]) => first <= 0 && last >= 99));
          const found = await cluster.nodeById(owner?.id ?? '').pipeline(keys.map((key) => ['GET', key]));
          expect(found.filter((each) => each !== 'x'.repeat(50))).toEqual([]);
        } finally {
          await lab.close();
        }
      });
    },
  );
});
