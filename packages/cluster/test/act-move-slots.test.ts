import { describe, expect, test } from 'vitest';
import { withCluster } from '@slotdeck/testkit/real-cluster';
import { serversUnderTest } from '@slotdeck/testkit/server-binaries';
import { startTraffic } from '@slotdeck/testkit/traffic-checker';
import { moveSlots } from '../src/act/move-slots.ts';
import { verifyMoves } from '../src/act/verify-move.ts';
import { actingOn, batchOf, idOf, shrinkTo, the, withConnections } from './acting.ts';

describe.each(serversUnderTest().map((server) => server.name))('on %s', (server) => {
  test('slots move under writing clients without a lost write or an error, and every node agrees', async () => {
    await withCluster({ server }, async (cluster) =>
      withConnections(async (calls) => {
        const [source, target] = [the(cluster.primaries()[0]), the(cluster.primaries()[1])];
        const slots = [[100, 299]] as const;
        const names = await cluster.fillKeys({ count: 4_000, valueBytes: 100, slots });
        const traffic = await startTraffic({ nodes: cluster.nodes, clients: 8, keyspace: 800, slots, pairRatio: 0.2 });
        const acting = actingOn(cluster, calls);
        const epochBefore = await epochOf(source, target.id);
        const batches = [100, 150, 200, 250].map((from) => [[from, from + 49]] as const);
        for (const batch of batches) {
          const result = await moveSlots(batchOf(source, target, batch), acting.context);
          expect(result).toMatchObject({ outcome: 'done', arrived: batch });
        }
        const verified = await verifyMoves([{ from: idOf(source), to: idOf(target), slots }], acting.context);
        expect(verified).toMatchObject({ outcome: 'verified', agreeing: 6, silent: [] });
        await cluster.waitForAgreement();
        const report = await traffic.verify();
        expect(report.lost).toEqual([]);
        expect(report.errors).toEqual({});
        expect(report.isClean).toBe(true);
        expect((await target.pipeline(names.map((name) => ['EXISTS', name]))).every((reply) => reply === 1)).toBe(true);
        expect(await epochOf(source, target.id)).toBeGreaterThan(epochBefore);
        expect(acting.notes.filter((note) => note.code !== 'laggard-told')).toEqual([]);
      }),
    );
  });

  test('each hand-over raises the epoch of the target, or has reached its replicas before it holds', async () => {
    await withCluster({ server }, async (cluster) =>
      withConnections(async (calls) => {
        const [source, target] = [the(cluster.primaries()[0]), the(cluster.primaries()[1])];
        const acting = actingOn(cluster, calls);
        const epochs: number[] = [];
        for (const slot of [0, 1, 2]) {
          expect(await moveSlots(batchOf(source, target, [[slot, slot]]), acting.context)).toMatchObject({
            outcome: 'done',
          });
          epochs.push(await epochOf(source, target.id));
        }
        if (cluster.server.flavour === 'redis') expect(new Set(epochs).size).toBe(3);
        // A greater epoch would strengthen what the source no longer claims, too.
        const raisers = acting.lines.filter((line) => line.command[1] === 'BUMPEPOCH').map((line) => line.node);
        expect(new Set(raisers)).toEqual(
          new Set(cluster.server.flavour === 'redis' ? [the(cluster.primaries()[2]).id] : []),
        );
        const commands = acting.lines.map((line) => line.command.slice(0, 2).join(' '));
        expect(commands.includes('MULTI')).toBe(cluster.server.flavour === 'redis');
      }),
    );
  });

  test('asked to pause, it comes to rest with nothing open and goes on later', async () => {
    await withCluster({ server }, async (cluster) =>
      withConnections(async (calls) => {
        const [source, target] = [the(cluster.primaries()[0]), the(cluster.primaries()[1])];
        const slots = [[0, 7]] as const;
        // Each slot fills a wave; when the first is handed over the second is on its way and the third open.
        await cluster.fillKeys({ count: 24_000, valueBytes: 10, slots });
        const acting = actingOn(cluster, calls);
        const onProgress = acting.context.onProgress;
        const pausing = {
          ...acting.context,
          onProgress(progress: Parameters<typeof onProgress>[0]): void {
            if (progress.phase === 'hand-over') acting.asked = 'pause';
          },
        };
        const stopped = await moveSlots(batchOf(source, target, slots), pausing);
        expect(stopped.outcome).toBe('stopped');
        expect(stopped.arrived.length).toBe(1);
        await cluster.waitForAgreement();
        acting.asked = 'go-on';
        expect(await moveSlots(batchOf(source, target, slots), acting.context)).toMatchObject({
          outcome: 'done',
          arrived: slots,
        });
        await cluster.waitForAgreement();
      }),
    );
  });

  test('a source that gives its last slot may become a replica of the target, and that is no failure', async () => {
    await withCluster({ server }, async (cluster) =>
      withConnections(async (calls) => {
        const [source, target] = [the(cluster.primaries()[0]), the(cluster.primaries()[1])];
        const slots = await shrinkTo(cluster, source, 20, the(cluster.primaries()[2]));
        const names = await cluster.fillKeys({ count: 500, valueBytes: 10, slots });
        const acting = actingOn(cluster, calls);
        const result = await moveSlots(batchOf(source, target, slots), acting.context);
        expect(result).toMatchObject({ outcome: 'done', arrived: slots });
        const again = await moveSlots(batchOf(source, target, slots), acting.context);
        expect(again).toMatchObject({ outcome: 'done', keysMoved: 0 });
        expect((await target.pipeline(names.map((name) => ['EXISTS', name]))).every((reply) => reply === 1)).toBe(true);
        await cluster.waitForAgreement();
      }),
    );
  });
});

async function epochOf(asked: { call(...words: string[]): Promise<unknown> }, id: string): Promise<number> {
  const text = String(await asked.call('CLUSTER', 'NODES'));
  const line = text.split('\n').find((each) => each.startsWith(id)) ?? '';
  return Number(line.split(' ')[6]);
}
