import { afterAll, expect, test } from 'vitest';
import { expectNoLeaks } from '@slotdeck/testkit/leaks';
import { proxyCluster } from '@slotdeck/testkit/proxied-cluster';
import { withCluster } from '@slotdeck/testkit/real-cluster';
import { serversUnderTest } from '@slotdeck/testkit/server-binaries';
import { startTraffic } from '@slotdeck/testkit/traffic-checker';

afterAll(expectNoLeaks);

test.each(serversUnderTest().map((server) => server.name))(
  'clients of a proxied cluster on %s meet only the proxies',
  async (server) => {
    await withCluster({ server, primaries: 3, replicasPerPrimary: 0 }, async (cluster) => {
      const proxied = await proxyCluster(cluster, 1);
      try {
        const traffic = await startTraffic({ seeds: proxied.seeds, clients: 4, keyspace: 40 });
        await traffic.waitForWrites(200);
        const result = await traffic.verify();
        expect(result).toMatchObject({ isClean: true, redirects: { moved: 0, ask: 0 } });
        for (const node of cluster.nodes) expect(proxied.proxyOf(node).bytes.toTarget).toBeGreaterThan(1_000);
        // A lower bound holds on any machine: no operation can beat the wire.
        expect(result.latencyMs.write.p50).toBeGreaterThanOrEqual(1);
      } finally {
        await proxied.close();
      }
      await cluster.waitForAgreement();
    });
  },
);
