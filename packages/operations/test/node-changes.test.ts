import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readNodeTimeouts } from '@slotdeck/cluster/observe/node-timeouts';
import { openConnections } from '@slotdeck/cluster/connection/node-connections';
import { planFailover } from '@slotdeck/cluster/plan/failover';
import { planReplicate } from '@slotdeck/cluster/plan/replicate';
import { planSetTimeout } from '@slotdeck/cluster/plan/set-timeout';
import { NodeId, OperationId } from '@slotdeck/model/ids';
import type { OperationView } from '@slotdeck/model/operation-view';
import { isBlocked, type Plan } from '@slotdeck/model/plan';
import { findNode } from '@slotdeck/model/topology';
import { expectNoLeaks } from '@slotdeck/testkit/leaks';
import { startCluster, type RealCluster } from '@slotdeck/testkit/real-cluster';
import { serversUnderTest, type ServerName } from '@slotdeck/testkit/server-binaries';
import { startTraffic } from '@slotdeck/testkit/traffic-checker';
import { waitUntil } from '@slotdeck/testkit/wait-until';
import { failoverOperation, replicateOperation, setTimeoutOperation } from '../src/catalog/node-changes.ts';
import { createMemoryStore } from '../src/engine/memory-journal.ts';
import { createRunner } from '../src/engine/operations-runner.ts';
import { createLife } from './life.ts';
import { clock, openMoveLab, type MoveLab } from './move-lab.ts';

const tried: ServerName[] = ['redis-7.0', 'redis-8.6', 'valkey-9.1'];
const servers = serversUnderTest().filter(({ name }) => tried.includes(name));

afterAll(expectNoLeaks);

const codes = (plan: Plan): string[] => plan.problems.map((problem) => problem.code);

function open(plan: Plan): Plan {
  if (isBlocked(plan)) throw new Error(`the plan is blocked: ${JSON.stringify(plan.problems)}`);
  return plan;
}

let operations = 0;

/** Carries a plan out in one life, to its rest. */
async function carryOut(lab: MoveLab, plan: Plan): Promise<OperationView> {
  operations += 1;
  const id = OperationId.parse(`op-node${operations}`);
  const runner = createRunner({
    ...createMemoryStore({ clock }),
    definitions: [failoverOperation, replicateOperation, setTimeoutOperation].map((make) =>
      lab.define(createLife(), make),
    ),
    clock,
    holder: 'node changes',
    onFault: (error) => {
      throw error;
    },
  });
  runner.start({ id, plan: open(plan), by: 'test' });
  await runner.rested(id);
  const view = runner.state(id)?.view;
  if (view === undefined) throw new Error('the operation is gone');
  return view;
}

describe.each(servers.map(({ name }) => name))('on %s', (server) => {
  let cluster: RealCluster;
  let lab: MoveLab;
  const id = (at: number): NodeId => NodeId.parse(cluster.nodes[at]?.id ?? '');

  beforeAll(async () => {
    // A full copy begins at once instead of waiting five seconds for a second replica.
    const config = { 'cluster-allow-replica-migration': 'no', 'repl-diskless-sync-delay': '0' };
    cluster = await startCluster({ server, config });
    lab = openMoveLab(cluster);
  });
  afterAll(async () => {
    await lab.close();
    await cluster.shutdown();
  });

  /** Whoever of two nodes is the replica now takes the other's place. */
  async function failoverBetween(mode: 'normal' | 'force' | 'takeover'): Promise<Plan> {
    await cluster.waitForAgreement();
    const input = await lab.input();
    const pair = input.topology.nodes.filter(({ id: each }) => each === id(0) || each === id(3));
    const replica = pair.find((node) => node.role === 'replica');
    if (replica === undefined) throw new Error('neither is a replica');
    return planFailover({ ...input, params: { node: replica.id, mode } });
  }

  test('a failover under writes loses nothing, and every node agrees afterwards', async () => {
    const traffic = await startTraffic({ seeds: cluster.seeds, clients: 4, keyspace: 400, pauseMsBetween: 1 });
    await traffic.waitForWrites(200);
    const view = await carryOut(lab, await failoverBetween('normal'));
    expect(view).toMatchObject({ status: 'succeeded', problem: null });
    await traffic.waitForWrites(200);
    const report = await traffic.verify();
    expect(report.lost).toEqual([]);
    await cluster.waitForAgreement();
  });

  test('a replica follows another primary and is in step when it is done', async () => {
    await cluster.waitForAgreement();
    await cluster.refreshRoles();
    const input = await lab.input();
    const replica = input.topology.nodes.find(
      (node) => node.role === 'replica' && node.id !== id(0) && node.id !== id(3),
    );
    const other = input.topology.nodes.find((node) => node.role === 'primary' && node.id !== replica?.primaryId);
    if (replica === undefined || other === undefined) throw new Error('no pair to try');
    const plan = planReplicate({ ...input, params: { node: replica.id, primary: other.id } });
    expect(codes(plan)).toContain('leaves-primary-alone');
    expect(await carryOut(lab, plan)).toMatchObject({ status: 'succeeded' });
    expect(findNode(await lab.topology(), replica.id)?.primaryId).toBe(other.id);
    const back = planReplicate({
      ...(await lab.input()),
      params: { node: replica.id, primary: replica.primaryId ?? '' },
    });
    expect(await carryOut(lab, back)).toMatchObject({ status: 'succeeded' });
    await cluster.waitForAgreement();
  });

  test('the node timeout is set on every node, read back, and a difference is told first', async () => {
    await cluster.nodes[1]?.call('CONFIG', 'SET', 'cluster-node-timeout', 2500);
    const connections = openConnections({});
    try {
      const input = await lab.input();
      const current = await readNodeTimeouts(connections, input.topology);
      const plan = planSetTimeout({ ...input, params: { ms: 3000 }, current });
      expect(codes(plan)).toEqual(['timeouts-differ']);
      expect(await carryOut(lab, plan)).toMatchObject({ status: 'succeeded' });
      const after = await readNodeTimeouts(connections, input.topology);
      expect([...after.values()]).toEqual(Array.from({ length: 6 }, () => 3000));
      expect(codes(planSetTimeout({ ...input, params: { ms: 3000 }, current: after }))).toEqual(['timeout-already']);
    } finally {
      await connections.close();
    }
  });

  test('a primary that is gone: normal is refused, force succeeds with its phrase, and the others agree', async () => {
    await cluster.waitForAgreement();
    const input = await lab.input();
    const primary = input.topology.nodes.find((node) => node.role === 'primary' && node.slots.length > 0);
    const replica = input.topology.nodes.find((node) => node.primaryId === primary?.id);
    if (primary === undefined || replica === undefined) throw new Error('no pair to try');
    // So that the cluster does not elect the replica before we do.
    await cluster.call(replica.id, 'CONFIG', 'SET', 'cluster-replica-no-failover', 'yes');
    const victim = cluster.nodeById(primary.id);
    await victim.kill();
    await waitUntil('the primary to be called failed', async () =>
      (await cluster.table(replica.id)).some((row) => row.id === primary.id && row.health === 'failed'),
    );
    const params = { node: replica.id };
    expect(codes(planFailover({ ...(await lab.input()), params: { ...params, mode: 'normal' } }))).toContain(
      'failover-primary-gone',
    );
    const plan = planFailover({ ...(await lab.input()), params: { ...params, mode: 'force' } });
    expect(plan.consent?.phrase).toBe(`force ${replica.name}`);
    expect(await carryOut(lab, plan)).toMatchObject({ status: 'succeeded' });
    await victim.start();
    await cluster.call(replica.id, 'CONFIG', 'SET', 'cluster-replica-no-failover', 'no');
    await cluster.waitForAgreement();
  });

  test('what makes no sense is refused', async () => {
    const input = await lab.input();
    const { nodes } = input.topology;
    const primary = nodes.find((node) => node.role === 'primary');
    const replica = nodes.find((node) => node.role === 'replica');
    if (primary === undefined || replica === undefined) throw new Error('no nodes');
    const failover = (node: string) => codes(planFailover({ ...input, params: { node, mode: 'normal' } }));
    const replicate = (node: string, to: string) => codes(planReplicate({ ...input, params: { node, primary: to } }));
    expect(failover('f'.repeat(40))).toEqual(['unknown-node']);
    expect(failover(primary.id)).toEqual(['already-primary']);
    expect(replicate(primary.id, primary.id)).toEqual(['replicate-itself']);
    expect(replicate(primary.id, replica.id)).toContain('replicate-has-slots');
    expect(
      replicate(replica.id, nodes.find((node) => node.role === 'replica' && node !== replica)?.id ?? ''),
    ).toContain('replicate-not-a-primary');
  });
});
