import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OperationId, PlanId } from '@slotdeck/model/ids';
import type { OperationView } from '@slotdeck/model/operation-view';
import { isBlocked, type Plan, type PlanOf } from '@slotdeck/model/plan';
import { countSlots } from '@slotdeck/model/slot-ranges';
import { tagOfSlot } from '@slotdeck/testkit/fill-keys';
import { expectNoLeaks } from '@slotdeck/testkit/leaks';
import { startCluster, type RealCluster, type RealNode } from '@slotdeck/testkit/real-cluster';
import { textOf } from '@slotdeck/testkit/resp';
import { serversUnderTest, type ServerName } from '@slotdeck/testkit/server-binaries';
import { waitUntil } from '@slotdeck/testkit/wait-until';
import { fixOperation } from '../src/catalog/fix-slots.ts';
import { createMemoryStore } from '../src/engine/memory-journal.ts';
import { createRunner, type OperationsRunner } from '../src/engine/operations-runner.ts';
import { makePlan } from '../src/planning/make-plan.ts';
import { createLife } from './life.ts';
import { clock, openMoveLab, type MoveLab } from './move-lab.ts';

const tried: ServerName[] = ['redis-7.0', 'redis-8.6', 'valkey-9.1'];
const servers = serversUnderTest().filter(({ name }) => tried.includes(name));

afterAll(expectNoLeaks);

let count = 0;

const codes = (plan: Plan): string[] => plan.problems.map((problem) => problem.code);

describe.each(servers.map(({ name }) => name))('on %s', (server) => {
  let cluster: RealCluster;
  let lab: MoveLab;
  let a: RealNode;
  let b: RealNode;
  let c: RealNode;
  /** Slots of the first primary, one after the other, so that no test meets what another left. */
  let nextSlot = 10;
  /** What does not differ between servers is tried on one. */
  const deep = server === 'redis-7.0' ? [server] : [];
  const takeSlot = (): number => (nextSlot += 1);

  beforeAll(async () => {
    cluster = await startCluster({ server, requireFullCoverage: false });
    lab = openMoveLab(cluster);
    const [first, second, third] = cluster.primaries();
    if (first === undefined || second === undefined || third === undefined) throw new Error('too few primaries');
    [a, b, c] = [first, second, third];
  });
  afterAll(async () => {
    await lab.close();
    await cluster.shutdown();
  });

  async function planFor(params: Partial<PlanOf<'fix'>['params']> = {}): Promise<Plan> {
    count += 1;
    return makePlan(
      lab.site,
      { kind: 'fix', params: { choices: [], withUnreachable: false, acceptLoss: false, ...params } },
      { planId: PlanId.parse(`pl-fix${count}`), createdBy: 'test', parent: null, now: clock.now() },
    );
  }

  function start(plan: Plan): { runner: OperationsRunner; id: OperationId; view(): OperationView } {
    if (isBlocked(plan)) throw new Error(`the plan is blocked: ${JSON.stringify(plan.problems)}`);
    const id = OperationId.parse(`op-fix${count}`);
    const runner = createRunner({
      ...createMemoryStore({ clock }),
      definitions: [lab.define(createLife(), fixOperation)],
      clock,
      holder: 'fix',
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
    return { runner, id, view };
  }

  /**
   * Repairs what is broken, and expects that nothing is left to repair. Some servers mend some states by themselves a moment later; then
   * the plan is stale, and another one is made, as a person would.
   */
  async function fix(params: Partial<PlanOf<'fix'>['params']> = {}): Promise<Plan> {
    for (let time = 1; ; time += 1) {
      const plan = await planFor(params);
      const { runner, id, view } = start(plan);
      await runner.rested(id);
      const { status, problem } = view();
      if (problem?.code === 'plan-stale' && time < 3) continue;
      if (status !== 'succeeded') throw new Error(`${status}: ${JSON.stringify(problem)}`);
      await cluster.waitForAgreement();
      expect(codes(await planFor())).toEqual(['fix-nothing']);
      return plan;
    }
  }

  async function failoverPlanOf(primary: RealNode): Promise<Plan> {
    count += 1;
    const replica = (await cluster.table(a)).find(({ primaryId }) => primaryId === primary.id);
    return makePlan(
      lab.site,
      { kind: 'failover', params: { node: replica?.id ?? '', mode: 'normal' } },
      { planId: PlanId.parse(`pl-fix${count}`), createdBy: 'test', parent: null, now: clock.now() },
    );
  }

  const setSlot = (node: RealNode, slot: number, ...words: string[]) =>
    node.call('CLUSTER', 'SETSLOT', String(slot), ...words);

  const keysOf = (slot: number, keys: number): string[] =>
    Array.from({ length: keys }, (_, at) => `{${tagOfSlot(slot)}}:${at}`);

  async function fill(node: RealNode, keys: readonly string[], value = 'as it was'): Promise<void> {
    for (const key of keys) await node.call('SET', key, `${value} ${key}`);
  }

  async function open(from: RealNode, to: RealNode, slot: number): Promise<void> {
    await setSlot(to, slot, 'IMPORTING', from.id);
    await setSlot(from, slot, 'MIGRATING', to.id);
  }

  async function migrate(from: RealNode, to: RealNode, keys: readonly string[]): Promise<void> {
    await from.call('MIGRATE', to.host, String(to.port), '', '0', '5000', 'KEYS', ...keys);
  }

  /** Keys that a node gets although the slot is another's. */
  async function plant(node: RealNode, owner: RealNode, slot: number, keys: readonly string[], value: string) {
    await setSlot(node, slot, 'IMPORTING', owner.id);
    for (const key of keys) await node.pipeline([['ASKING'], ['SET', key, `${value} ${key}`]]);
    await setSlot(node, slot, 'STABLE');
  }

  async function ownerOf(slot: number): Promise<RealNode> {
    const rows = await cluster.table(a);
    const row = rows.find(({ slots }) => slots.some(([from, to]) => slot >= from && slot <= to));
    return cluster.nodeById(row?.id ?? '');
  }

  async function expectKept(slot: number, keys: readonly string[], value = 'as it was'): Promise<void> {
    const owner = await ownerOf(slot);
    const values = await Promise.all(keys.map(async (key) => textOf(await owner.call('GET', key))));
    expect(values).toEqual(keys.map((key) => `${value} ${key}`));
  }

  test('a cluster in order needs no repair, and the plan says so', async () => {
    const plan = await planFor();
    expect(codes(plan)).toEqual(['fix-nothing']);
    expect(plan.steps.filter(({ component }) => component !== 'check')).toEqual([]);
  });

  test('open on both sides and no key moved yet: it is closed where it was', async () => {
    const slot = takeSlot();
    const keys = keysOf(slot, 5);
    await fill(a, keys);
    await open(a, b, slot);
    await fix();
    expect((await ownerOf(slot)).id).toBe(a.id);
    await expectKept(slot, keys);
  });

  test('open on both sides and some keys moved: the move is finished', async () => {
    const slot = takeSlot();
    const keys = keysOf(slot, 6);
    await fill(a, keys);
    await open(a, b, slot);
    await migrate(a, b, keys.slice(0, 2));
    await fix();
    expect((await ownerOf(slot)).id).toBe(b.id);
    await expectKept(slot, keys);
  });

  test('open on both sides and some keys moved: chosen to go back, they go back', async () => {
    const slot = takeSlot();
    const keys = keysOf(slot, 6);
    await fill(a, keys);
    await open(a, b, slot);
    await migrate(a, b, keys.slice(0, 4));
    await fix({ choices: [{ slots: String(slot), owner: a.id }] });
    expect((await ownerOf(slot)).id).toBe(a.id);
    await expectKept(slot, keys);
  });

  test('open at the source only, with keys at the target: the move is finished', async () => {
    const slot = takeSlot();
    const keys = keysOf(slot, 6);
    await fill(a, keys);
    await open(a, b, slot);
    await migrate(a, b, keys.slice(0, 3));
    await setSlot(b, slot, 'STABLE');
    await fix();
    expect((await ownerOf(slot)).id).toBe(b.id);
    await expectKept(slot, keys);
  });

  test('open at the source only, and nothing at the target: it is closed', async () => {
    const slot = takeSlot();
    const keys = keysOf(slot, 3);
    await fill(a, keys);
    await setSlot(a, slot, 'MIGRATING', b.id);
    await fix();
    expect((await ownerOf(slot)).id).toBe(a.id);
    await expectKept(slot, keys);
  });

  test('open at the target only, with keys there: they go back to the owner', async () => {
    const slot = takeSlot();
    const keys = keysOf(slot, 6);
    await fill(a, keys);
    await open(a, b, slot);
    await migrate(a, b, keys.slice(0, 3));
    await setSlot(a, slot, 'STABLE');
    await fix();
    expect((await ownerOf(slot)).id).toBe(a.id);
    await expectKept(slot, keys);
  });

  test('the source has let go and the target was never told: the target becomes the owner', async () => {
    const slot = takeSlot();
    const keys = keysOf(slot, 4);
    await fill(a, keys);
    await open(a, b, slot);
    await migrate(a, b, keys);
    await setSlot(a, slot, 'NODE', b.id);
    await fix();
    expect((await ownerOf(slot)).id).toBe(b.id);
    await expectKept(slot, keys);
  });

  test('the target has taken it and the source was never told', async () => {
    const slot = takeSlot();
    const keys = keysOf(slot, 4);
    await fill(a, keys);
    await open(a, b, slot);
    await migrate(a, b, keys);
    await setSlot(b, slot, 'NODE', b.id);
    await fix();
    expect((await ownerOf(slot)).id).toBe(b.id);
    await expectKept(slot, keys);
  });

  test('lost by all and keys with the former owner: it becomes the owner again, and the keys are readable', async () => {
    const slot = takeSlot();
    const keys = keysOf(slot, 4);
    await fill(a, keys);
    for (const node of [a, b, c]) await node.call('CLUSTER', 'DELSLOTS', String(slot));
    const plan = await fix();
    expect(codes(plan)).toContain('fix-by-only-holder');
    expect((await ownerOf(slot)).id).toBe(a.id);
    await expectKept(slot, keys);
  });

  test('given up by its owner while the others still name it: it is given back', async () => {
    const slot = takeSlot();
    await a.call('CLUSTER', 'DELSLOTS', String(slot));
    await fix();
    expect((await ownerOf(slot)).id).toBe(a.id);
  });

  test('three hundred lost slots without keys are spread evenly and in few ranges', async () => {
    const slots = [1000, 7000, 13_000].flatMap((from) => Array.from({ length: 100 }, (_, at) => String(from + at)));
    // Replicas have a say too; and who has forgotten may hear again from one that has not yet.
    await waitUntil('nobody to name an owner', async () => {
      const named = await Promise.all(
        cluster.nodes.map(async (node) => {
          const owned = (await cluster.table(node)).flatMap((row) => row.slots);
          const still = slots.filter((slot) => owned.some(([from, to]) => from <= Number(slot) && Number(slot) <= to));
          if (still.length > 0) await node.call('CLUSTER', 'DELSLOTS', ...still);
          return still.length;
        }),
      );
      return named.every((count) => count === 0);
    });
    await fix();
    const rows = (await cluster.table(a)).filter((row) => row.slots.length > 0);
    const sizes = rows.map((row) => countSlots(row.slots));
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    expect(rows.reduce((sum, row) => sum + row.slots.length, 0)).toBeLessThan(60);
  });

  test('equal copies on a node that is not the owner become one, also where the server hides them', async () => {
    const slot = takeSlot();
    const keys = keysOf(slot, 4);
    await fill(a, keys);
    await plant(c, a, slot, keys.slice(0, 2), 'as it was');
    const plan = await fix();
    expect(codes(plan)).toContain('fix-brings-keys');
    await expectKept(slot, keys);
    expect(await c.call('DBSIZE')).toBe(0);
  });

  test('orphans of an interrupted move whose marks somebody swept away: the only copies come back, equal ones become one', async () => {
    const slot = takeSlot();
    const keys = keysOf(slot, 40);
    await fill(a, keys);
    await open(a, b, slot);
    await migrate(a, b, keys.slice(0, 15));
    await a.call('MIGRATE', b.host, String(b.port), '', '0', '5000', 'COPY', 'KEYS', ...keys.slice(15, 25));
    // The marks were what led clients to the keys that had moved.
    await setSlot(a, slot, 'STABLE');
    await setSlot(b, slot, 'STABLE');
    expect(await a.call('EXISTS', ...keys)).toBe(25);
    const before = await b.call('DBSIZE');
    // A failover of that node may delete what nobody else has, so it is said before.
    expect((await failoverPlanOf(b)).problems).toContainEqual(
      expect.objectContaining({
        code: 'orphans-at-risk',
        severity: 'warning',
        facts: expect.objectContaining({ count: 25 }),
      }),
    );
    const plan = await fix();
    expect(codes(await failoverPlanOf(b))).not.toContain('orphans-at-risk');
    expect(codes(plan)).toContain('fix-brings-keys');
    expect((await ownerOf(slot)).id).toBe(a.id);
    await expectKept(slot, keys);
    expect(before).toBe(25 + Number(await b.call('DBSIZE')));
  });

  test('orphans of two interrupted moves of one slot to different nodes come together again at the owner', async () => {
    const slot = takeSlot();
    const keys = keysOf(slot, 30);
    await fill(a, keys);
    for (const [target, from] of [
      [b, 0],
      [c, 10],
    ] as const) {
      await open(a, target, slot);
      await migrate(a, target, keys.slice(from, from + 10));
      await setSlot(a, slot, 'STABLE');
      await setSlot(target, slot, 'STABLE');
    }
    expect(await a.call('EXISTS', ...keys)).toBe(10);
    await fix();
    expect((await ownerOf(slot)).id).toBe(a.id);
    await expectKept(slot, keys);
  });

  test('keys that only another node holds come to the owner', async () => {
    const slot = takeSlot();
    const keys = keysOf(slot, 4);
    await plant(b, a, slot, keys, 'as it was');
    await fix();
    expect((await ownerOf(slot)).id).toBe(a.id);
    await expectKept(slot, keys);
  });

  test('different values under one key stop the repair with a question, and neither is touched until it is answered', async () => {
    const slot = takeSlot();
    const keys = keysOf(slot, 3);
    await fill(a, keys, 'of the owner');
    await plant(c, a, slot, keys, 'of another');
    const plan = await planFor();
    const { runner, id, view } = start(plan);
    await runner.rested(id);
    expect(view()).toMatchObject({ status: 'paused', problem: { code: 'key-on-both-sides' } });
    await expectKept(slot, keys, 'of the owner');
    expect(await c.call('DBSIZE')).toBe(3);
    // Deleted at the owner: the other's value is the one to keep.
    await a.call('DEL', keys[0] ?? '');
    runner.resume(id, 'test');
    await runner.rested(id);
    expect(view().status).toBe('succeeded');
    await cluster.waitForAgreement();
    await expectKept(slot, keys.slice(0, 1), 'of another');
    await expectKept(slot, keys.slice(1), 'of the owner');
  });

  test('keys on several nodes and no owner: it asks whose the slot is, and brings them together there', async () => {
    const slot = takeSlot();
    const keys = keysOf(slot, 6);
    await fill(a, keys.slice(0, 3));
    await plant(b, a, slot, keys.slice(3), 'as it was');
    for (const node of cluster.nodes) await node.call('CLUSTER', 'DELSLOTS', String(slot));
    const undecided = await planFor();
    expect(codes(undecided)).toContain('fix-needs-choice');
    expect(undecided.steps).toEqual([]);
    await fix({ choices: [{ slots: String(slot), owner: b.id }] });
    expect((await ownerOf(slot)).id).toBe(b.id);
    await expectKept(slot, keys);
  });

  test.each(deep)('a choice of a node that cannot own slots, and one for a slot in order, are refused', async () => {
    const slot = takeSlot();
    await setSlot(a, slot, 'MIGRATING', b.id);
    const replica = cluster.replicas()[0];
    const choose = async (owner: string | undefined, slots = String(slot)) =>
      codes(await planFor({ choices: [{ slots, owner: owner ?? '' }] }));
    expect(await choose(replica?.id)).toContain('fix-owner-not-able');
    expect(await choose('nobody')).toContain('unknown-node');
    expect(await choose(a.id, '16000')).toContain('fix-choice-unused');
    expect(await choose(a.id, 'all')).toContain('slots-not-readable');
    await fix();
  });

  test.each(deep)(
    'nothing is repaired while a primary with slots is silent, unless that is asked for and its loss accepted',
    async () => {
      const slot = takeSlot();
      await setSlot(a, slot, 'MIGRATING', b.id);
      for (const node of cluster.replicas()) await node.call('CONFIG', 'SET', 'cluster-replica-no-failover', 'yes');
      c.pause();
      try {
        expect(codes(await planFor())).toContain('fix-primary-silent');
        const bold = await planFor({ withUnreachable: true });
        expect(codes(bold)).toEqual(expect.arrayContaining(['fix-despite-silent', 'fix-would-lose']));
        expect(bold.steps).toEqual([]);
        const bolder = await planFor({ withUnreachable: true, acceptLoss: true });
        expect(codes(bolder)).toContain('fix-loses');
        expect(bolder.consent?.phrase).toBe('accept loss');
      } finally {
        c.resume();
      }
      await waitUntil('the node to answer again', async () => !codes(await planFor()).includes('fix-primary-silent'));
      await fix();
    },
  );
});
