import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NodeId, OperationId, PlanId } from '@slotdeck/model/ids';
import type { OperationView } from '@slotdeck/model/operation-view';
import { isBlocked, type Plan, type PlanOf } from '@slotdeck/model/plan';
import { countSlots } from '@slotdeck/model/slot-ranges';
import { findNode, type Topology } from '@slotdeck/model/topology';
import { tagOfSlot } from '@slotdeck/testkit/fill-keys';
import { expectNoLeaks } from '@slotdeck/testkit/leaks';
import { startCluster, type RealCluster, type RealNode } from '@slotdeck/testkit/real-cluster';
import { serversUnderTest, type ServerName } from '@slotdeck/testkit/server-binaries';
import { waitUntil } from '@slotdeck/testkit/wait-until';
import { createClusterOperation } from '../src/catalog/create-cluster.ts';
import type { OperationDefinition } from '../src/engine/define-operation.ts';
import { createMemoryStore } from '../src/engine/memory-journal.ts';
import { createRunner, type OperationsRunner } from '../src/engine/operations-runner.ts';
import { makePlan } from '../src/planning/make-plan.ts';
import { crashOnce, failStep, repeatEveryStep, type World } from './every-step.ts';
import { createLife } from './life.ts';
import { clock, openMoveLab, type MoveLab } from './move-lab.ts';

const tried: ServerName[] = ['redis-7.0', 'redis-8.6', 'valkey-9.1'];
const servers = serversUnderTest().filter(({ name }) => tried.includes(name));

afterAll(expectNoLeaks);

let count = 0;

const codes = (plan: Plan): string[] => plan.problems.map((problem) => problem.code);
const addressOf = ({ host, port }: RealNode): string => `${host}:${port}`;

describe.each(servers.map(({ name }) => name))('on %s', (server) => {
  let cluster: RealCluster;
  let lab: MoveLab;
  /** What does not differ between servers is tried on one. */
  const deep = server === 'redis-7.0' ? [server] : [];

  beforeAll(async () => {
    cluster = await startCluster({
      server,
      primaries: 0,
      emptyNodes: 6,
      requireFullCoverage: false,
      config: { 'repl-diskless-sync-delay': '0' },
    });
    lab = openMoveLab(cluster);
  });
  afterAll(async () => {
    await lab.close();
    await cluster.shutdown();
  });

  async function planFor(params: Partial<PlanOf<'create'>['params']> = {}): Promise<Plan> {
    count += 1;
    const nodes = cluster.nodes.map(addressOf);
    const asked = { nodes, replicas: 1, zones: {}, allowFew: false, allowSameZone: true, ...params };
    const planId = PlanId.parse(`pl-create${count}`);
    return makePlan(
      lab.site,
      { kind: 'create', params: asked },
      { planId, createdBy: 'test', parent: null, now: clock.now() },
    );
  }

  function runnerOf(definition: OperationDefinition): OperationsRunner {
    return createRunner({
      ...createMemoryStore({ clock }),
      definitions: [definition],
      clock,
      holder: 'create',
      onFault: (error) => {
        throw error;
      },
    });
  }

  async function carryOut(plan: Plan): Promise<OperationView> {
    if (isBlocked(plan)) throw new Error(`the plan is blocked: ${JSON.stringify(plan.problems)}`);
    const id = OperationId.parse(`op-create${count}`);
    const runner = runnerOf(lab.define(createLife(), createClusterOperation));
    runner.start({ id, plan, by: 'test', pace: 'fast' });
    await runner.rested(id);
    const view = runner.state(id)?.view;
    if (view === undefined) throw new Error('the operation is gone');
    return view;
  }

  /** As they were started: empty, alone, without an epoch. */
  async function scatter(): Promise<void> {
    await Promise.all(cluster.nodes.map((node) => node.call('CLUSTER', 'RESET', 'HARD')));
    await cluster.refreshIds();
    await expectScattered();
  }

  /** By an observer that has not met these nodes under other ids. */
  async function seenAnew(): Promise<Topology> {
    const fresh = openMoveLab(cluster);
    try {
      return await fresh.topology();
    } finally {
      await fresh.close();
    }
  }

  async function expectScattered(): Promise<void> {
    const tables = await Promise.all(cluster.nodes.map((node) => cluster.table(node)));
    expect(tables.map((rows) => rows.length)).toEqual(cluster.nodes.map(() => 1));
    expect(tables.flat().filter((row) => row.slots.length > 0)).toEqual([]);
  }

  test('nodes that cannot be trusted to be empty are refused, each with its reason, and nothing is sent', async () => {
    const [first, second] = cluster.nodes;
    if (first === undefined || second === undefined) throw new Error('too few nodes');
    await first.call('CLUSTER', 'ADDSLOTS', '0');
    // A node that was started just now calls its cluster down for a moment.
    await waitUntil('the node to take a key', async () => {
      const [reply] = await first.pipeline([['SET', `{${tagOfSlot(0)}}`, 'precious']]);
      return reply === 'OK';
    });
    expect(codes(await planFor())).toEqual(expect.arrayContaining(['candidate-has-slots', 'candidate-has-keys']));
    await first.call('DEL', `{${tagOfSlot(0)}}`);
    await first.call('CLUSTER', 'DELSLOTS', '0');
    expect(codes(await planFor({ nodes: [addressOf(first), addressOf(second)] }))).toContain('create-few-primaries');
    const twice = [first, second, first, second].map(addressOf);
    expect(codes(await planFor({ nodes: twice, replicas: 0 }))).toContain('candidate-named-twice');
    expect(codes(await planFor({ allowSameZone: false }))).toContain('placement-same-zone');
    const nobody = await planFor({ nodes: [...cluster.nodes.map(addressOf), '127.0.0.1:1'] });
    expect(codes(nobody)).toContain('candidate-no-answer');
    expect(nobody.steps).toEqual([]);
    await expectScattered();
  });

  test('six empty nodes become three shards whose replicas stand in another zone, as every node says', async () => {
    await scatter();
    const zones = Object.fromEntries(cluster.nodes.map((node, at) => [addressOf(node), `rack-${Math.floor(at / 2)}`]));
    const plan = await planFor({ zones, allowSameZone: false });
    expect(await carryOut(plan)).toMatchObject({ status: 'succeeded' });
    await cluster.waitForAgreement();
    const now = await seenAnew();
    const zoneOf = (id: string): string => zones[now.nodes.find((node) => node.id === id)?.name ?? ''] ?? '?';
    const replicas = now.nodes.filter(({ role }) => role === 'replica');
    expect(replicas).toHaveLength(3);
    for (const { id, primaryId } of replicas) expect(zoneOf(id)).not.toBe(zoneOf(primaryId ?? ''));
    expect(now.nodes.map(({ slots }) => countSlots(slots)).toSorted((a, b) => b - a)).toEqual([
      5462, 5461, 5461, 0, 0, 0,
    ]);
    const epochs = now.nodes.filter(({ role }) => role === 'primary').map(({ configEpoch }) => configEpoch);
    expect(new Set(epochs).size).toBe(3);
    expect(codes(await planFor())).toContain('candidate-knows-others');
    await scatter();
  });

  test.each(deep)('one primary is made when it is asked for', async () => {
    const nodes = cluster.nodes.slice(0, 2).map(addressOf);
    expect(await carryOut(await planFor({ nodes, allowFew: true }))).toMatchObject({ status: 'succeeded' });
    const id = NodeId.parse(cluster.nodes[0]?.id);
    expect(countSlots(findNode(await seenAnew(), id)?.slots ?? [])).toBe(16_384);
    await scatter();
  });

  test.each(deep)('a creation that cannot go on is cancelled, and every node is empty and alone again', async () => {
    const plan = await planFor();
    const [lost] = cluster.nodes.slice(-1);
    if (lost === undefined) throw new Error('no node');
    const id = OperationId.parse('op-createcancel');
    const made = lab.define(createLife(), createClusterOperation);
    const { introduce } = made.components;
    if (introduce === undefined) throw new Error('a creation introduces its nodes');
    // It falls silent once all have been told their slots.
    const components = {
      ...made.components,
      introduce: {
        run: async (...args: Parameters<typeof introduce.run>) => {
          lost.pause();
          return introduce.run(...args);
        },
      },
    };
    const runner = runnerOf({ ...made, components });
    runner.start({ id, plan, by: 'test', pace: 'fast' });
    const isRetrying = () => runner.state(id)?.view.steps.some(({ state }) => state === 'retrying') === true;
    await waitUntil('the step to find the silent node', async () => isRetrying());
    lost.resume();
    runner.cancel(id, 'test');
    await runner.rested(id);
    expect(runner.state(id)?.view).toMatchObject({ status: 'cancelled' });
    await cluster.refreshIds();
    await expectScattered();
  });

  test('a creation may be cut off at any command or write', { timeout: 240_000 }, async () => {
    const world: World = {
      clock,
      async nextPlan() {
        await scatter();
        const plan = await planFor();
        if (isBlocked(plan)) throw new Error(`the plan is blocked: ${JSON.stringify(plan.problems)}`);
        return plan;
      },
      definition: (life) => lab.define(life, createClusterOperation),
      async check(view) {
        if (view.status !== 'succeeded') throw new Error(`${view.status}: ${JSON.stringify(view.problem)}`);
        await cluster.waitForAgreement();
      },
    };
    const ended = [await repeatEveryStep(world), await failStep(world, 2, 'after-it-acted')];
    const cuts = server === 'valkey-9.1' ? [14, 47] : [25];
    for (const moment of ['before', 'after'] as const)
      for (const nth of cuts) {
        ended.push((await crashOnce(world, { by: 'act', moment, count: nth })).view);
      }
    expect(ended.filter(({ status }) => status !== 'succeeded')).toEqual([]);
  });
});
