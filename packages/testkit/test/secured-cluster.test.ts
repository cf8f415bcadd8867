import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { expectNoLeaks } from '@slotdeck/testkit/leaks';
import { openConnection } from '@slotdeck/testkit/node-connection';
import { withCluster } from '@slotdeck/testkit/real-cluster';
import { makeTlsFiles } from '@slotdeck/testkit/tls-files';
import { startTraffic } from '@slotdeck/testkit/traffic-checker';

afterAll(expectNoLeaks);

test('a cluster with a password and users forms, and refuses who does not know them', async () => {
  const aclUsers = { reader: 'on >letmein ~* &* +@read +cluster' };
  await withCluster({ primaries: 3, replicasPerPrimary: 1, password: 'open sesame', aclUsers }, async (cluster) => {
    const [node] = cluster.nodes;
    if (node === undefined) throw new Error('the cluster has nodes');
    const stranger = openConnection({ host: node.host, port: node.port });
    await expect(stranger.call('PING')).rejects.toMatchObject({ code: 'NOAUTH' });
    stranger.close();
    const wrong = openConnection({ host: node.host, port: node.port, password: 'wrong' });
    await expect(wrong.call('PING')).rejects.toMatchObject({ code: 'NOAUTH' });
    wrong.close();
    const reader = openConnection({ host: node.host, port: node.port, username: 'reader', password: 'letmein' });
    await expect(reader.call('FLUSHALL')).rejects.toMatchObject({ code: 'NOPERM' });
    reader.close();
    expect(await cluster.cli(['PING'])).toEqual({ exitCode: 0, stdout: 'PONG\n', stderr: '' });
  });
});

test('a cluster that speaks only TLS forms, carries traffic and refuses a plain client', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slotdeck-tls-'));
  try {
    const tls = await makeTlsFiles(folder);
    await withCluster({ primaries: 3, replicasPerPrimary: 1, tls }, async (cluster) => {
      const traffic = await startTraffic({ nodes: cluster.nodes, access: cluster.access, clients: 2, keyspace: 20 });
      await traffic.waitForWrites(100);
      expect(await traffic.verify()).toMatchObject({ isClean: true });
      expect(await cluster.cli(['PING'])).toMatchObject({ exitCode: 0, stdout: 'PONG\n' });
      const [node] = cluster.nodes;
      if (node === undefined) throw new Error('the cluster has nodes');
      const plain = openConnection({ host: node.host, port: node.port });
      await expect(plain.call('PING')).rejects.toMatchObject({ code: 'connection-lost' });
      plain.close();
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
