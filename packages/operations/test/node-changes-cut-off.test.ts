import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planFailover } from '@slotdeck/cluster/plan/failover';
import { planReplicate } from '@slotdeck/cluster/plan/replicate';
import { NodeId } from '@slotdeck/model/ids';
import { isBlocked, type Plan } from '@slotdeck/model/plan';
import { findNode } from '@slotdeck/model/topology';
import { expectNoLeaks } from '@slotdeck/testkit/leaks';
import { startCluster, type RealCluster } from '@slotdeck/testkit/real-cluster';
import { serversUnderTest, type ServerName } from '@slotdeck/testkit/server-binaries';
import { failoverOperation, replicateOperation } from '../src/catalog/node-changes.ts';
import { crashOnce, failStep, repeatEveryStep, type World } from './every-step.ts';
import { clock, openMoveLab, type MoveLab } from './move-lab.ts';

const tried: ServerName[] = ['redis-7.0', 'valkey-9.1'];
const servers = serversUnderTest().filter(({ name }) => tried.includes(name));

afterAll(expectNoLeaks);

function open(plan: Plan): Plan {
  if (isBlocked(plan)) throw new Error(`the plan is blocked: ${JSON.stringify(plan.problems)}`);
  return plan;
}

/**
 * Every step repeated and failed, and the process killed before and after some of its commands and writes. All of them where a
 * round is quick; where every round waits for a copy of the data, those at which something else is half done.
 */
async function tryMoments(
  world: World,
  moments: { readonly act: number[]; readonly write: number[] },
): Promise<number> {
  const ended = [
    await repeatEveryStep(world),
    await failStep(world, 1, 'before-it-acts'),
    await failStep(world, 1, 'after-it-acted'),
  ];
  for (const by of ['act', 'write'] as const)
    for (const moment of ['before', 'after'] as const)
      for (const count of moments[by]) {
        const { view, life } = await crashOnce(world, { by, moment, count });
        ended.push(view);
        if (!life.isOver) break;
      }
  expect(ended.filter(({ status }) => status !== 'succeeded')).toEqual([]);
  return ended.length;
}

/** One by one up to fifty: more than any of these operations sends. */
const all = Array.from({ length: 50 }, (_, at) => at + 1);

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
  async function failoverBetween(): Promise<Plan> {
    await cluster.waitForAgreement();
    const input = await lab.input();
    const pair = input.topology.nodes.filter(({ id: each }) => each === id(0) || each === id(3));
    const replica = pair.find((node) => node.role === 'replica');
    if (replica === undefined) throw new Error('neither is a replica');
    return planFailover({ ...input, params: { node: replica.id, mode: 'normal' } });
  }

  test('a failover may be cut off anywhere', { timeout: 240_000 }, async () => {
    expect(
      await tryMoments(
        {
          clock,
          nextPlan: async () => open(await failoverBetween()),
          definition: (life) => lab.define(life, failoverOperation),
          async check(view, plan) {
            if (view.status !== 'succeeded') throw new Error(`${view.status}: ${JSON.stringify(view.problem)}`);
            await cluster.waitForAgreement();
            if (plan.kind !== 'failover') throw new Error('not the plan of this world');
            const node = findNode(await lab.topology(), plan.params.node);
            if (node?.role !== 'primary' || node.slots.length === 0) throw new Error('the replica was not promoted');
          },
        },
        server === 'valkey-9.1'
          ? { act: all, write: all }
          : // A Redis voter does not vote for the same shard twice within two node timeouts: each round takes seconds.
            { act: [8], write: [] },
      ),
    ).toBeGreaterThan(4);
  });

  test('a change of primary may be cut off anywhere', { timeout: 240_000 }, async () => {
    expect(
      await tryMoments(
        {
          clock,
          async nextPlan() {
            await cluster.waitForAgreement();
            const input = await lab.input();
            const replica = input.topology.nodes.find((node) => node.role === 'replica');
            const other = input.topology.nodes.find(
              (node) => node.role === 'primary' && node.id !== replica?.primaryId,
            );
            return open(planReplicate({ ...input, params: { node: replica?.id ?? '', primary: other?.id ?? '' } }));
          },
          definition: (life) => lab.define(life, replicateOperation),
          async check(view, plan) {
            if (view.status !== 'succeeded') throw new Error(`${view.status}: ${JSON.stringify(view.problem)}`);
            await cluster.waitForAgreement();
            if (plan.kind !== 'replicate') throw new Error('not the plan of this world');
            const node = findNode(await lab.topology(), plan.params.node);
            if (node?.primaryId !== plan.params.primary) throw new Error('it follows another');
          },
        },
        server === 'valkey-9.1' ? { act: [7, 13, 14, 15, 20], write: [3, 4, 5] } : { act: [14], write: [4] },
      ),
    ).toBeGreaterThan(4);
  });
});
