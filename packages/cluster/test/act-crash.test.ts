import { describe, expect, test } from 'vitest';
import { withCluster, type RealCluster, type RealNode } from '@slotdeck/testkit/real-cluster';
import { serversUnderTest } from '@slotdeck/testkit/server-binaries';
import { moveSlots } from '../src/act/move-slots.ts';
import { rollBack } from '../src/act/roll-back.ts';
import { actingOn, batchOf, countExisting, Crash, dyingAfter, the, withConnections } from './acting.ts';

/** The oldest Redis we steer and the newest Valkey differ most in how they take SETSLOT. */
const servers = serversUnderTest()
  .map((server) => server.name)
  .filter((name) => name === 'redis-7.0' || name === 'valkey-9.1');

const slots = [[10, 13]] as const;
const keys = { count: 24, valueBytes: 20, slots: [[10, 12]] } as const;

describe.each(servers)('on %s', (server) => {
  test('a process that dies after any command is followed by one that finishes the move', async () => {
    await withCluster({ server }, async (cluster) => {
      const names = await cluster.fillKeys(keys);
      const [a, b] = [the(cluster.primaries()[0]), the(cluster.primaries()[1])];
      let ends: readonly [RealNode, RealNode] = [a, b];
      let moment = 1;
      for (; ; moment += 1) {
        const died = await dieAt(moment, ends, cluster);
        await finish(ends, cluster);
        expect(await countExisting(cluster, names), `after command ${moment}`).toBe(names.length);
        if (!died) break;
        ends = [ends[1], ends[0]];
      }
      // Open and hand over four slots at both ends, raise the epoch, move three slots of keys.
      expect(moment).toBeGreaterThan(12);
      await cluster.waitForAgreement();
    });
  });

  test('a process that dies after any command is followed by one that rolls back to a clean cluster', async () => {
    await withCluster({ server }, async (cluster) => {
      const names = await cluster.fillKeys(keys);
      const [a, b] = [the(cluster.primaries()[0]), the(cluster.primaries()[1])];
      let moment = 1;
      for (; ; moment += 1) {
        const died = await dieAt(moment, [a, b], cluster);
        await withConnections(async (calls) => {
          const acting = actingOn(cluster, calls);
          const result = await rollBack(batchOf(a, b, slots), acting.context);
          expect(result.outcome, `after command ${moment}`).toBe('stopped');
        });
        await cluster.waitForAgreement();
        expect(await countExisting(cluster, names), `after command ${moment}`).toBe(names.length);
        if (!died) break;
        // Whatever arrived goes back, so that each moment starts alike.
        await finish([b, a], cluster);
      }
    });
  });
});

/** False when the move was done before the moment came. */
async function dieAt(
  moment: number,
  [from, to]: readonly [RealNode, RealNode],
  cluster: RealCluster,
): Promise<boolean> {
  return withConnections(async (calls) => {
    const acting = actingOn(cluster, dyingAfter(calls, moment));
    try {
      const result = await moveSlots(batchOf(from, to, slots), acting.context);
      expect(result.outcome).toBe('done');
      return false;
    } catch (error) {
      if (error instanceof Crash) return true;
      throw error;
    }
  });
}

async function finish([from, to]: readonly [RealNode, RealNode], cluster: RealCluster): Promise<void> {
  await withConnections(async (calls) => {
    const own = (await cluster.table(from)).find((row) => row.id === from.id);
    const acting = actingOn(cluster, calls);
    const result = await moveSlots(batchOf(from, to, slots), acting.context);
    expect(result, JSON.stringify(own)).toMatchObject({ outcome: 'done', arrived: slots });
  });
  await cluster.waitForAgreement();
}
