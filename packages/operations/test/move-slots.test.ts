import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClusterId, OperationId } from '@slotdeck/model/ids';
import { expectNoLeaks } from '@slotdeck/testkit/leaks';
import { startCluster, type RealCluster } from '@slotdeck/testkit/real-cluster';
import { findServer, serversUnderTest, type ServerName } from '@slotdeck/testkit/server-binaries';
import { startTraffic } from '@slotdeck/testkit/traffic-checker';
import { arrivedSlots } from '../src/catalog/move-journal.ts';
import { createMemoryStore } from '../src/engine/memory-journal.ts';
import { createRunner } from '../src/engine/operations-runner.ts';
import { crashOnce, failStep, fullDiskOnce, repeatEveryStep, type World } from './every-step.ts';
import { clock, moveWorld, openMoveLab, type MoveLab } from './move-lab.ts';

/** The oldest and the newest family: SETSLOT is local on one, replicated first on the other. */
const tried: ServerName[] = ['redis-7.0', 'valkey-9.1'];
const servers = serversUnderTest().filter(({ name }) => tried.includes(name));

afterAll(expectNoLeaks);

test('servers to try moves on are there', () => {
  expect(servers.length).toBeGreaterThan(0);
  expect(findServer('redis-7.0')).not.toBeNull();
});

describe.each(servers.map(({ name }) => name))('moving slots on %s', (server) => {
  const slots = '0-5';
  const keys = 60;
  let cluster: RealCluster;
  let lab: MoveLab;
  let world: World;

  beforeAll(async () => {
    cluster = await startCluster({ server });
    lab = openMoveLab(cluster);
    await cluster.fillKeys({ count: keys, valueBytes: 50, slots: [[0, 5]] });
    world = moveWorld(cluster, lab, { slots, batch: 2, keys });
  });

  afterAll(async () => {
    await lab.close();
    await cluster.shutdown();
  });

  test('every step may be done twice', async () => {
    expect((await repeatEveryStep(world)).status).toBe('succeeded');
  });

  test.each(['before-it-acts', 'after-it-acted', 'throws'] as const)(
    'every step may fail once (%s)',
    async (failure) => {
      for (let position = 0; position < 5; position += 1)
        expect((await failStep(world, position, failure)).status).toBe('succeeded');
    },
  );

  test.each(['before', 'after'] as const)('the process may be killed %s every write of its journal', async (moment) => {
    for (let count = 1; ; count += 1) {
      const { view, life } = await crashOnce(world, { by: 'write', moment, count });
      expect(view.status).toBe('succeeded');
      if (!life.isOver) break;
    }
  });

  test.each(['before', 'after'] as const)('the process may be killed %s any command', async (moment) => {
    for (let count = 1; ; count += 5) {
      const { view, life } = await crashOnce(world, { by: 'act', moment, count });
      expect(view.status).toBe('succeeded');
      if (!life.isOver) break;
    }
  });

  test('the disk may be full at any write, and a resume goes on when there is room again', async () => {
    let tried = 0;
    for (let view = await fullDiskOnce(world, 1); view !== null; view = await fullDiskOnce(world, tried + 1)) {
      expect(view.status).toBe('succeeded');
      tried += 1;
    }
    expect(tried).toBeGreaterThan(10);
  });

  test('what was killed under way can be cancelled, and leaves a clean cluster', async () => {
    let tries = 0;
    for (let count = 12; ; count += 11) {
      const death = { by: 'act', moment: 'after', count } as const;
      const { view, life } = await crashOnce(world, death, (runner, id) => runner.cancel(id, 'test'));
      if (!life.isOver) break;
      expect(['cancelled', 'succeeded']).toContain(view.status);
      tries += 1;
    }
    expect(tries).toBeGreaterThan(3);
  });
});

test('a reshard under traffic loses no write, is paused, resumed and cancelled, and the journal says what arrived', async () => {
  const cluster = await startCluster({ server: 'redis-7.0' });
  const lab = openMoveLab(cluster);
  try {
    const traffic = await startTraffic({ seeds: cluster.seeds, clients: 8, keyspace: 12_000, slots: [[0, 399]] });
    await traffic.waitForWrites(12_000);
    const [, target] = cluster.primaries();
    const plan = await lab.plan({ slots: '0-399', to: [target?.id ?? ''] });
    const store = createMemoryStore({ clock });
    const runner = createRunner({
      ...store,
      clock,
      definitions: [lab.definition()],
      holder: 'test',
      onFault: (error) => {
        throw error;
      },
    });
    const id = OperationId.parse('op-traffic');
    // What is under way then is finished: a wave that is emptied, and the next one, opened already.
    const asked = new Set<string>();
    runner.subscribe((news) => {
      if (news.type !== 'progress') return;
      const { slotsDone } = news.progress;
      if (slotsDone > 0 && !asked.has('pause')) runner.pause(id, 'test');
      if (slotsDone > 0) asked.add('pause');
      if (slotsDone > 220 && !asked.has('cancel')) runner.cancel(id, 'test');
      if (slotsDone > 220) asked.add('cancel');
    });
    runner.start({ id, plan, by: 'test', pace: 'gentle' });
    await runner.rested(id);
    expect(runner.state(id)?.view.status).toBe('paused');
    await cluster.waitForAgreement();
    await traffic.waitForWrites(500);
    runner.resume(id, 'test');
    await runner.rested(id);
    const view = runner.state(id)?.view;
    expect(view?.status).toBe('cancelled');
    const slotsDone = view?.progress?.slotsDone ?? 0;
    expect(slotsDone).toBeGreaterThan(220);
    expect(slotsDone).toBeLessThan(400);
    expect(arrivedSlots(store.journal.events(id))).toEqual([
      { from: plan.moves[0]?.from, to: plan.moves[0]?.to, slots: [[0, slotsDone - 1]] },
    ]);
    expect(runner.heldBy(ClusterId.parse('cl-real'))).toBeNull();
    const report = await traffic.verify();
    expect(report.lost).toEqual([]);
    expect(report.errors).toEqual({});
    await cluster.waitForAgreement();
  } finally {
    await lab.close();
    await cluster.shutdown();
  }
});
