import { afterAll, expect, test } from 'vitest';
import { expectNoLeaks } from '@slotdeck/testkit/leaks';
import { withCluster, type RealCluster } from '@slotdeck/testkit/real-cluster';
import { startTraffic } from '@slotdeck/testkit/traffic-checker';
import { waitUntil } from '@slotdeck/testkit/wait-until';

afterAll(expectNoLeaks);

test.each(['own', 'ioredis'] as const)(
  'on a calm cluster every acknowledged write is found again (%s client)',
  async (driver) => {
    await withCluster({ replicasPerPrimary: 0 }, async (cluster) => {
      const traffic = await startTraffic({ nodes: cluster.nodes, driver, keyspace: 200, pairRatio: 0.3 });
      await traffic.waitForWrites(2_000);
      const result = await traffic.verify();
      expect(result).toMatchObject({
        isClean: true,
        lost: [],
        errors: {},
        tryAgain: 0,
        redirects: { moved: 0, ask: 0 },
      });
      expect(result.acknowledged).toBeGreaterThanOrEqual(2_000);
      expect(result.keysChecked).toBeGreaterThanOrEqual(200);
      expect(result.latencyMs.write.p999).toBeGreaterThanOrEqual(result.latencyMs.write.p50);
    });
  },
);

test('a write that is undone behind the clients’ back is reported as lost', async () => {
  await withCluster({ replicasPerPrimary: 0 }, async (cluster) => {
    const traffic = await startTraffic({ nodes: cluster.nodes, keyspace: 40, keyPrefix: 'lossy', readRatio: 0 });
    await traffic.waitForWrites(400);
    await traffic.stop();
    const [victim, stale] = await findKeys(cluster, 'lossy');
    await victim.node.call('DEL', victim.key);
    await stale.node.call('SET', stale.key, '1:old');
    const result = await traffic.verify();
    expect(result.isClean).toBe(false);
    expect(result.lost).toHaveLength(2);
    expect(result.lost).toContainEqual(expect.objectContaining({ key: victim.key, foundVersion: null }));
    expect(result.lost).toContainEqual(expect.objectContaining({ key: stale.key, foundVersion: 1 }));
  });
});

test.each(['own', 'ioredis'] as const)(
  'a slot that moves under the traffic is no error to an application (%s client)',
  async (driver) => {
    await withCluster({ primaries: 2, replicasPerPrimary: 0 }, async (cluster) => {
      const [source, target] = cluster.primaries();
      if (source === undefined || target === undefined) throw new Error('two primaries');
      const traffic = await startTraffic({
        nodes: [source],
        driver,
        clients: 4,
        keyspace: 100,
        slots: [[7, 7]],
        pairRatio: 0.5,
      });
      // Several rounds: every pair exists before its slot opens.
      await traffic.waitForWrites(1_000);
      await target.call('CLUSTER', 'SETSLOT', 7, 'IMPORTING', source.id);
      await source.call('CLUSTER', 'SETSLOT', 7, 'MIGRATING', target.id);
      for (;;) {
        const keys = await source.call('CLUSTER', 'GETKEYSINSLOT', 7, 5);
        if (!Array.isArray(keys) || keys.length === 0) break;
        await source.call('MIGRATE', target.host, target.port, '', 0, 5_000, 'KEYS', ...keys.map(String));
        await traffic.waitForWrites(5);
      }
      await target.call('CLUSTER', 'SETSLOT', 7, 'NODE', target.id);
      await source.call('CLUSTER', 'SETSLOT', 7, 'NODE', target.id);
      await traffic.waitForWrites(500);
      const result = await traffic.verify();
      expect(result.errors).toEqual({});
      expect(result.lost).toEqual([]);
      expect(result.isClean).toBe(true);
      // The detours are there to be seen, or the test would prove nothing of a move under traffic.
      const { tryAgain, redirects } = result;
      expect(driver === 'ioredis' || (tryAgain > 0 && redirects.ask > 0 && redirects.moved > 0)).toBe(true);
    });
  },
);

test('a killed primary shows as errors, and after the failover the traffic goes on', async () => {
  await withCluster({ nodeTimeoutMs: 1_000 }, async (cluster) => {
    const traffic = await startTraffic({ nodes: cluster.nodes, keyspace: 80, pauseMsBetween: 1, survives: 'failover' });
    await traffic.waitForWrites(200);
    const [victim] = cluster.primaries();
    await victim?.kill();
    await cluster.waitForAgreement();
    await traffic.waitForWrites(500);
    const result = await traffic.verify();
    expect(Object.keys(result.errors)).not.toEqual([]);
    // Nothing was beyond the reach of replication for long: what may be lost is the last moment before the kill.
    expect(result.lost.length).toBeLessThanOrEqual(8);
  });
});

async function findKeys(cluster: RealCluster, prefix: string) {
  const found = await waitUntil('two keys with a second version', async () => {
    const all = [];
    for (const node of cluster.primaries()) {
      const keys = await node.call('KEYS', `${prefix}:*`);
      if (Array.isArray(keys)) for (const key of keys.map(String)) all.push({ node, key });
    }
    return all.length >= 2 && all;
  });
  const [first, second] = found;
  if (first === undefined || second === undefined) throw new Error('two keys');
  return [first, second] as const;
}
