import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OperationId, PlanId } from '@slotdeck/model/ids';
import { isBlocked, type Plan, type PlanAsked } from '@slotdeck/model/plan';
import type { ReshardParams } from '@slotdeck/model/plan-params';
import { tagOfSlot } from '@slotdeck/testkit/fill-keys';
import { expectNoLeaks } from '@slotdeck/testkit/leaks';
import { startCluster, type RealCluster, type RealNode } from '@slotdeck/testkit/real-cluster';
import { serversUnderTest, type ServerName } from '@slotdeck/testkit/server-binaries';
import { createMemoryStore } from '../src/engine/memory-journal.ts';
import { createRunner } from '../src/engine/operations-runner.ts';
import { makePlan } from '../src/planning/make-plan.ts';
import { clock, openMoveLab, type MoveLab } from './move-lab.ts';

const tried: ServerName[] = ['redis-7.0', 'redis-8.6', 'valkey-9.1'];
const servers = serversUnderTest().filter(({ name }) => tried.includes(name));

afterAll(expectNoLeaks);

const name = (slot: number): string => `{${tagOfSlot(slot)}}:large`;
/** A part at a time: a script that runs for many seconds on a busy machine gets no answer in time. */
const MANY_FIELDS = `for at = ARGV[1], ARGV[1] + 99999 do redis.call('HSET', KEYS[1], at, at) end`;
const WIDE_FIELDS = `local wide = string.rep('x', 1000000) for at = 1, 300 do redis.call('HSET', KEYS[1], at, wide) end`;
let plans = 0;

/** Three million fields in slot 3, 300 MB in slot 5, a string of 600 MB in slot 7, and small keys in the others of 0–9. */
describe.each(servers.map((each) => each.name))('large keys on %s', (server) => {
  let cluster: RealCluster;
  let lab: MoveLab;
  let source: RealNode;
  let target: RealNode;
  const isAtomic = server !== 'redis-7.0';

  beforeAll(async () => {
    cluster = await startCluster({ server, replicasPerPrimary: 0, nodeTimeoutMs: 30_000 });
    lab = openMoveLab(cluster);
    const [first, second] = cluster.primaries();
    if (first === undefined || second === undefined) throw new Error('too few nodes');
    [source, target] = [first, second];
    for (let from = 0; from < 3_000_000; from += 100_000) await source.call('EVAL', MANY_FIELDS, 1, name(3), from);
    await source.call('EVAL', WIDE_FIELDS, 1, name(5));
    await source.call('CONFIG', 'SET', 'proto-max-bulk-len', '1gb');
    await source.call('SETRANGE', name(7), 600_000_000, 'x');
    for (const slot of [0, 1, 9]) await source.call('SET', `{${tagOfSlot(slot)}}:small`, 'x');
  });
  afterAll(async () => {
    await lab.close();
    await cluster.shutdown();
  });

  async function plan(params: Partial<ReshardParams>): Promise<Plan> {
    plans += 1;
    const asked: PlanAsked = {
      kind: 'reshard',
      params: { slots: '0-9', from: ['all'], to: [target.id], ...params },
    };
    const planId = PlanId.parse(`pl-large${plans}`);
    return makePlan(lab.site, asked, { planId, createdBy: 'test', parent: null, now: clock.now() });
  }

  async function carryOut(made: Plan): Promise<void> {
    expect(isBlocked(made), JSON.stringify(made.problems)).toBe(false);
    const runner = createRunner({
      ...createMemoryStore({ clock }),
      clock,
      definitions: [lab.definition()],
      holder: 'test',
      onFault: (error) => {
        throw error;
      },
    });
    const id = OperationId.parse(`op-large${plans}`);
    runner.start({ id, plan: made, by: 'test', pace: 'balanced' });
    await runner.rested(id);
    const view = runner.state(id)?.view;
    expect(view?.status, JSON.stringify(view?.problem)).toBe('succeeded');
    await cluster.waitForAgreement();
    expect(cluster.primaries()).toHaveLength(3);
  }

  test('are found before anything moves, and those that the target would not take are a reason not to begin', async () => {
    const made = await plan({});
    const codes = made.problems.map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(['large-keys', 'large-keys-too-long']));
    const told = made.problems.find(({ code }) => code === 'large-keys')?.message ?? '';
    expect(told).toContain('3,000,000 elements');
    for (const slot of [3, 5, 7]) expect(told).toContain(`slot ${slot},`);
    const refused = made.problems.find(({ code }) => code === 'large-keys-too-long')?.message ?? '';
    expect(refused).toContain('slot 7,');
    expect(refused).not.toContain('slot 5,');
  });

  test('are left where they are with their slots, and the others move', async () => {
    await carryOut(await plan({ largeKeys: 'leave' }));
    expect(await source.call('DBSIZE')).toBe(3);
    expect(await target.call('DBSIZE')).toBe(3);
    for (const slot of [3, 5, 7]) expect(await source.call('EXISTS', name(slot))).toBe(1);
  });

  test(
    'are moved by the servers themselves, or each in a command of its own, and no node is taken for dead',
    { timeout: 240_000 },
    async () => {
      await carryOut(await plan(isAtomic ? { slots: '3,5,7', driver: 'atomic' } : { slots: '3,5' }));
      expect([await source.call('DBSIZE'), await target.call('DBSIZE')]).toEqual(isAtomic ? [0, 6] : [1, 5]);
      expect(await target.call('HLEN', name(3))).toBe(3_000_000);
      expect(await target.call('HLEN', name(5))).toBe(300);
    },
  );
});
