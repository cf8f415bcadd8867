import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NodeId, OperationId, PlanId } from '@slotdeck/model/ids';
import type { OperationView } from '@slotdeck/model/operation-view';
import { isBlocked, type Plan, type PlanAsked } from '@slotdeck/model/plan';
import { findNode } from '@slotdeck/model/topology';
import { expectNoLeaks } from '@slotdeck/testkit/leaks';
import { startCluster, type RealCluster, type RealNode } from '@slotdeck/testkit/real-cluster';
import { textOf } from '@slotdeck/testkit/resp';
import { serversUnderTest, type ServerName } from '@slotdeck/testkit/server-binaries';
import { startTraffic } from '@slotdeck/testkit/traffic-checker';
import { waitUntil } from '@slotdeck/testkit/wait-until';
import { addNodeOperation, detachOperation, removeNodeOperation } from '../src/catalog/membership.ts';
import { createMemoryStore } from '../src/engine/memory-journal.ts';
import { createRunner } from '../src/engine/operations-runner.ts';
import { makePlan } from '../src/planning/make-plan.ts';
import { createLife } from './life.ts';
import { clock, openMoveLab, type MoveLab } from './move-lab.ts';

const tried: ServerName[] = ['redis-7.0', 'redis-8.6', 'valkey-9.1'];
const servers = serversUnderTest().filter(({ name }) => tried.includes(name));

afterAll(expectNoLeaks);

let count = 0;

const codes = (plan: Plan): string[] => plan.problems.map((problem) => problem.code);

async function planFor(lab: MoveLab, asked: PlanAsked): Promise<Plan> {
  count += 1;
  return makePlan(lab.site, asked, {
    planId: PlanId.parse(`pl-member${count}`),
    createdBy: 'test',
    parent: null,
    now: clock.now(),
  });
}

async function carryOut(lab: MoveLab, plan: Plan): Promise<OperationView> {
  if (isBlocked(plan)) throw new Error(`the plan is blocked: ${JSON.stringify(plan.problems)}`);
  const id = OperationId.parse(`op-member${count}`);
  const runner = createRunner({
    ...createMemoryStore({ clock }),
    definitions: [addNodeOperation, removeNodeOperation, detachOperation].map((make) => lab.define(createLife(), make)),
    clock,
    holder: 'membership',
    onFault: (error) => {
      throw error;
    },
  });
  runner.start({ id, plan, by: 'test', pace: 'fast' });
  await runner.rested(id);
  const view = runner.state(id)?.view;
  if (view === undefined) throw new Error('the operation is gone');
  if (view.status !== 'succeeded') throw new Error(`${view.status}: ${JSON.stringify(view.problem)}`);
  return view;
}

const library = '#!lua name=greeting\nredis.register_function("greet", function() return "hello" end)';

describe.each(servers.map(({ name }) => name))('on %s', (server) => {
  let cluster: RealCluster;
  let lab: MoveLab;

  beforeAll(async () => {
    const config = { 'repl-diskless-sync-delay': '0' };
    cluster = await startCluster({ server, config });
    lab = openMoveLab(cluster);
  });
  afterAll(async () => {
    await lab.close();
    await cluster.shutdown();
  });

  const addressOf = ({ host, port }: RealNode): string => `${host}:${port}`;
  const idOf = ({ id }: RealNode): NodeId => NodeId.parse(id);

  test('a primary is added with the functions of the cluster, and every node knows it when it is done', async () => {
    for (const node of cluster.primaries()) await node.call('FUNCTION', 'LOAD', library);
    const fresh = await cluster.addNode();
    const plan = await planFor(lab, { kind: 'add-node', params: { address: addressOf(fresh), as: 'primary' } });
    await carryOut(lab, plan);
    await cluster.waitForAgreement();
    const now = await lab.topology();
    expect(findNode(now, idOf(fresh))).toMatchObject({ role: 'primary', slots: [] });
    expect(now.nodes.every(({ unknownTo }) => unknownTo.length === 0)).toBe(true);
    expect(await fresh.call('FUNCTION', 'LIST')).toHaveLength(1);

    const removal = await planFor(lab, {
      kind: 'remove-node',
      params: { node: idOf(fresh), then: 'reset', drain: false, to: ['all'] },
    });
    await carryOut(lab, removal);
    await cluster.waitForAgreement();
    expect(findNode(await lab.topology(), idOf(fresh))).toBeUndefined();
    expect(await cluster.table(fresh)).toHaveLength(1);
  });

  test('a replica is added to the primary that has the fewest, copies it, and is removed and shut down again', async () => {
    await cluster.fillKeys({ count: 300, valueBytes: 50 });
    const fresh = await cluster.addNode();
    const chosen = cluster.primaries()[1];
    if (chosen === undefined) throw new Error('no primary');
    const params = { address: addressOf(fresh), as: 'replica', primary: chosen.id } as const;
    await carryOut(lab, await planFor(lab, { kind: 'add-node', params }));
    await cluster.waitForAgreement();
    expect(findNode(await lab.topology(), idOf(fresh))).toMatchObject({ role: 'replica', primaryId: chosen.id });
    expect(await fresh.call('DBSIZE')).toBe(await chosen.call('DBSIZE'));
    await carryOut(
      lab,
      await planFor(lab, {
        kind: 'remove-node',
        params: { node: idOf(fresh), then: 'shutdown', drain: false, to: ['all'] },
      }),
    );
    expect(findNode(await lab.topology(), idOf(fresh))).toBeUndefined();
    await fresh.kill();
    await cluster.waitForAgreement();
  });

  test('a primary with slots and a replica is drained, its replica given away, and removed, under writes', async () => {
    await cluster.waitForAgreement();
    const serving = (await lab.topology()).nodes.filter(({ slots }) => slots.length > 0);
    const leaving = cluster.nodeById(serving.at(-1)?.id ?? '');
    const replica = (await lab.topology()).nodes.find(({ primaryId }) => primaryId === leaving.id);
    const refused = await planFor(lab, {
      kind: 'remove-node',
      params: { node: idOf(leaving), then: 'reset', drain: false, to: ['all'] },
    });
    expect(codes(refused)).toContain('remove-has-slots');
    const traffic = await startTraffic({
      seeds: cluster.seeds.filter((seed) => seed !== addressOf(leaving)),
      clients: 4,
      keyspace: 400,
      pauseMsBetween: 1,
    });
    await traffic.waitForWrites(100);
    const plan = await planFor(lab, {
      kind: 'remove-node',
      params: { node: idOf(leaving), then: 'reset-hard', drain: true, to: ['all'] },
    });
    expect(codes(plan)).toContain('remove-moves-replicas');
    await carryOut(lab, plan);
    const report = await traffic.verify();
    expect(report.lost).toEqual([]);
    await cluster.waitForAgreement();
    const now = await lab.topology();
    expect(findNode(now, idOf(leaving))).toBeUndefined();
    expect(now.unassigned).toEqual([]);
    expect(findNode(now, replica?.id ?? '')).toMatchObject({ role: 'replica' });
    expect(await cluster.table(leaving)).toHaveLength(1);
    await leaving.kill();
  });

  test('a replica becomes an empty primary and stays in the cluster with its id', async () => {
    await cluster.waitForAgreement();
    const [replica] = cluster.replicas();
    if (replica === undefined) throw new Error('no replica');
    const primary = findNode(await lab.topology(), replica.id)?.primaryId;
    await carryOut(lab, await planFor(lab, { kind: 'detach', params: { node: idOf(replica) } }));
    await cluster.waitForAgreement();
    expect(findNode(await lab.topology(), replica.id)).toMatchObject({ role: 'primary', slots: [] });
    expect(await replica.call('DBSIZE')).toBe(0);
    await replica.call('CLUSTER', 'REPLICATE', primary ?? '');
    await cluster.waitForAgreement();
  });

  test('a dead replica is forgotten by everybody and watched for', async () => {
    await cluster.waitForAgreement();
    const [dead] = cluster.replicas();
    if (dead === undefined) throw new Error('no replica');
    await dead.kill();
    const plan = await planFor(lab, {
      kind: 'remove-node',
      params: { node: idOf(dead), then: 'reset', drain: false, to: ['all'] },
    });
    expect(codes(plan)).toContain('remove-only-forgotten');
    const watch = plan.steps.at(-1);
    expect(watch).toMatchObject({ component: 'watch-return', facts: { seconds: 70 } });
    // The minute of the real watch is not waited for; what it does is the same.
    const steps = plan.steps.map((step) => (step === watch ? { ...step, facts: { ...step.facts, seconds: 3 } } : step));
    await carryOut(lab, { ...plan, steps });
    await cluster.waitForAgreement();
    expect(findNode(await lab.topology(), dead.id)).toBeUndefined();
  });

  test('what is not empty, belongs to another cluster, or is a member already is refused before anything is sent', async () => {
    await cluster.waitForAgreement();
    const serving = (await lab.topology()).nodes.find(({ slots }) => slots.length > 0);
    const member = cluster.nodeById(serving?.id ?? '');
    const plan = (node: RealNode, as: 'primary' | 'replica' = 'primary') =>
      planFor(lab, { kind: 'add-node', params: { address: addressOf(node), as } });
    expect(codes(await plan(member))).toContain('candidate-is-member');

    const full = await cluster.addNode();
    await full.call('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383);
    await waitUntil('a cluster of one node', async () => {
      const info = await full.call('CLUSTER', 'INFO');
      return textOf(info).includes('cluster_state:ok');
    });
    await full.call('SET', 'left', 'over');
    const whole = codes(await plan(full));
    expect(whole).toContain('candidate-has-slots');
    expect(whole).toContain('candidate-has-keys');

    const [one, two] = [await cluster.addNode(), await cluster.addNode()];
    await one.call('CLUSTER', 'MEET', two.host, two.port, two.busPort);
    const other = await planFor(lab, { kind: 'add-node', params: { address: addressOf(one), as: 'replica' } });
    expect(codes(other)).toContain('candidate-knows-others');
    const gone = await planFor(lab, { kind: 'add-node', params: { address: '127.0.0.1:1', as: 'primary' } });
    expect(codes(gone)).toContain('candidate-no-answer');
    for (const node of [full, one, two]) await node.kill();
  });
});
