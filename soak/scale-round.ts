import type { Call } from '@slotdeck/contract/client';
import type { ClusterId } from '@slotdeck/model/ids';
import { isBlocked } from '@slotdeck/model/plan';
import type { RebalanceParams } from '@slotdeck/model/plan-params';
import { startCluster, type RealCluster } from '@slotdeck/testkit/real-cluster';
import { startTraffic } from '@slotdeck/testkit/traffic-checker';
import { waitUntil } from '@slotdeck/testkit/wait-until';
import type { Round } from './campaign.ts';
import { openConsole } from './console-process.ts';
import { resting } from './steering.ts';

/**
 * Three primaries become six and three again under traffic: three empty nodes join, a rebalance gives them their share, a second
 * one with weight 0 takes it back. No write is lost, no client sees an error, everybody has the share the plan promised.
 */
export async function scaleRound({ random, server, slots, say }: Round): Promise<string> {
  const cluster = await startCluster({ server, emptyNodes: 3 });
  const console = await openConsole();
  try {
    const added = cluster.nodes.slice(-3);
    const [first] = cluster.primaries();
    if (first === undefined) throw new Error('a cluster without primaries');
    await cluster.fillKeys({ count: slots * 20, valueBytes: 100 });
    for (const node of added) await first.call('CLUSTER', 'MEET', node.host, node.port, node.busPort);
    await cluster.waitForAgreement();
    const traffic = await startTraffic({ seeds: cluster.seeds, clients: 8, keyspace: 8_000, pauseMsBetween: 1 });
    try {
      const { id } = await console.call('addCluster', { body: { name: 'scaled', seeds: cluster.seeds.slice(0, 2) } });
      await traffic.waitForWrites(2_000);
      const pace = random.pick(['balanced', 'fast'] as const);
      const grown = await rebalance(console.call, id, { useEmpty: true }, pace);
      say(`six primaries after ${grown} slots`);
      await expectSizes(cluster, (slotsOf) => cluster.nodes.filter((node) => slotsOf(node.id) >= 2730).length === 6);
      const weights = Object.fromEntries(added.map((node) => [node.id, 0]));
      const shrunk = await rebalance(console.call, id, { weights }, pace);
      say(`three primaries after ${shrunk} slots`);
      await expectSizes(cluster, (slotsOf) => added.every((node) => slotsOf(node.id) === 0));
      await cluster.waitForAgreement(60_000);
      const report = await traffic.verify();
      if (report.lost.length > 0 || Object.keys(report.errors).length > 0 || Object.keys(report.foreign).length > 0)
        throw new Error(
          `lost ${JSON.stringify(report.lost.slice(0, 5))}, errors ${JSON.stringify(report.errors)}, ` +
            `foreign ${JSON.stringify(report.foreign)}`,
        );
      return `3 → 6 → 3 primaries, ${grown} and ${shrunk} slots moved at the ${pace} pace; ${report.acknowledged} writes, none lost, no error`;
    } finally {
      await traffic.stop();
    }
  } finally {
    await console.close();
    await cluster.shutdown();
  }
}

/** @returns how many slots moved. */
async function rebalance(
  call: Call,
  clusterId: ClusterId,
  params: Partial<RebalanceParams>,
  pace: 'balanced' | 'fast',
): Promise<number> {
  // The console sees nodes that have just joined a moment later.
  const plan = await waitUntil('a rebalance to be possible', async () => {
    const made = await call('makePlan', {
      params: { clusterId },
      body: { kind: 'rebalance', params: { by: 'slots', weights: {}, useEmpty: false, threshold: 2, ...params } },
    });
    if (isBlocked(made)) throw new Error(`the plan is blocked: ${JSON.stringify(made.problems)}`);
    return made;
  });
  const { id } = await call('startOperation', { params: { clusterId }, body: { planId: plan.id, pace } });
  const end = await waitUntil(
    'the rebalance to rest',
    async () => {
      const seen = await call('getOperation', { params: { operationId: id } });
      return resting.includes(seen.status) ? seen : null;
    },
    { timeoutMs: 600_000, everyMs: 50 },
  );
  if (end.status !== 'succeeded') throw new Error(`ended as ${end.status}: ${JSON.stringify(end.error)}`);
  return plan.slots;
}

async function expectSizes(cluster: RealCluster, holds: (slotsOf: (id: string) => number) => boolean): Promise<void> {
  await waitUntil('every node to have its share', async () => {
    const rows = await cluster.table(cluster.nodes[0]?.id ?? '');
    const sizes = new Map(rows.map((row) => [row.id, row.slots.reduce((sum, [from, to]) => sum + to - from + 1, 0)]));
    return holds((id) => sizes.get(id) ?? 0);
  });
}
