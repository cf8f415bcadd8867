import { execFileSync } from 'node:child_process';
import { afterAll, expect, test } from 'vitest';
import { expectNoLeaks } from '@slotdeck/testkit/leaks';
import { startCluster, withCluster } from '@slotdeck/testkit/real-cluster';
import { serversUnderTest } from '@slotdeck/testkit/server-binaries';
import { waitUntil } from '@slotdeck/testkit/wait-until';

afterAll(expectNoLeaks);

test.each(serversUnderTest().map((server) => server.name))(
  'a cluster of three primaries and three replicas forms on %s',
  async (server) => {
    await withCluster({ server }, async (cluster) => {
      expect(cluster.primaries()).toHaveLength(3);
      expect(cluster.replicas()).toHaveLength(3);
      const keys = await cluster.fillKeys({ count: 2_000, valueBytes: 10 });
      const sizes = await Promise.all(cluster.primaries().map((node) => node.call('DBSIZE')));
      expect(sizes.reduce<number>((sum, size) => sum + Number(size), 0)).toBe(keys.length);
    });
  },
);

test('keys can be placed in chosen slots', async () => {
  await withCluster({ replicasPerPrimary: 0 }, async (cluster) => {
    await cluster.fillKeys({
      count: 30,
      valueBytes: 1,
      slots: [
        [5, 6],
        [100, 100],
      ],
    });
    const [first] = cluster.primaries();
    expect(await first?.call('CLUSTER', 'COUNTKEYSINSLOT', 5)).toBe(10);
    expect(await first?.call('CLUSTER', 'COUNTKEYSINSLOT', 100)).toBe(10);
  });
});

test('a killed node keeps its place and comes back on its port', async () => {
  await withCluster({ primaries: 1, replicasPerPrimary: 1 }, async (cluster) => {
    const [replica] = cluster.replicas();
    if (replica === undefined) throw new Error('the cluster has a replica');
    await replica.kill();
    expect(replica.isRunning).toBe(false);
    await replica.start();
    await cluster.waitForAgreement();
    expect(await replica.call('CLUSTER', 'MYID')).toBe(replica.id);
  });
});

test('a paused node answers nothing until it is resumed', async () => {
  await withCluster({ primaries: 1, replicasPerPrimary: 0 }, async (cluster) => {
    const [node] = cluster.nodes;
    if (node === undefined) throw new Error('the cluster has a node');
    const state = () => execFileSync('ps', ['-o', 'state=', '-p', String(node.pid)], { encoding: 'utf8' }).trim();
    node.pause();
    await waitUntil('the process to be stopped', () => state().startsWith('T'));
    const answer = node.call('PING');
    node.resume();
    expect(await answer).toBe('PONG');
    expect(state()).not.toMatch(/^T/);
  });
});

test('the rest of a cluster agrees without a paused primary, and with it again when it is back', async () => {
  await withCluster({ nodeTimeoutMs: 1_000 }, async (cluster) => {
    const [frozen] = cluster.primaries();
    if (frozen === undefined) throw new Error('the cluster has primaries');
    frozen.pause();
    await waitUntil('a replica to be promoted', async () => {
      await cluster.refreshRoles();
      return cluster.primaries().length === 4;
    });
    await cluster.waitForAgreement();
    frozen.resume();
    await waitUntil('the old primary to step down', async () => {
      await cluster.refreshRoles();
      return frozen.role === 'replica';
    });
    await cluster.waitForAgreement();
    expect(cluster.primaries()).toHaveLength(3);
  });
});

test('an added node is empty and alone', async () => {
  await withCluster({ primaries: 1, replicasPerPrimary: 0 }, async (cluster) => {
    const added = await cluster.addNode();
    expect(await cluster.table(added)).toHaveLength(1);
    await cluster.waitForAgreement();
    expect(await cluster.cli(['PING'])).toMatchObject({ exitCode: 0, stdout: 'PONG\n' });
  });
});

test('a cluster that cannot start leaves nothing behind and says why', async () => {
  await expect(startCluster({ config: { 'no-such-directive': 'yes' } })).rejects.toThrow(/server-exited/);
});
