import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { expectNoLeaks } from '@slotdeck/testkit/leaks';
import { startCluster, withCluster, type RealCluster } from '@slotdeck/testkit/real-cluster';
import { serversUnderTest, type ServerName } from '@slotdeck/testkit/server-binaries';
import { slotdeck } from './slotdeck-process.ts';

const tried: ServerName[] = ['redis-7.0', 'redis-8.6', 'valkey-9.1'];
const servers = serversUnderTest().filter(({ name }) => tried.includes(name));

afterAll(expectNoLeaks);

const Manifest = z.object({ files: z.array(z.object({ file: z.string(), bytes: z.number(), sha256: z.string() })) });
const Nodes = z.array(
  z.object({
    name: z.string(),
    host: z.string(),
    port: z.number(),
    replicate: z.string().nullable(),
    slots: z.array(z.union([z.number(), z.array(z.number())])),
    slots_count: z.number(),
    flags: z.string(),
    current_epoch: z.number(),
  }),
);

const keysIn = async (cluster: RealCluster): Promise<number> => {
  const sizes = await Promise.all(cluster.primaries().map((node) => node.call('DBSIZE')));
  return sizes.reduce<number>((sum, size) => sum + Number(size), 0);
};

describe.each(servers.map(({ name }) => name))('on %s', (server) => {
  const folder = mkdtempSync(join(tmpdir(), 'slotdeck-backup-'));
  const env = { SLOTDECK_STATE: join(folder, 'state') };
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('a backup has what the tool of the server has, and what its digests say, and comes back whole', async () => {
    const target = join(folder, 'ours');
    const theirs = mkdtempSync(join(folder, 'theirs-'));
    await withCluster({ server, password: 'a secret' }, async (cluster) => {
      await cluster.fillKeys({ count: 3_000, valueBytes: 100 });
      const words = ['--cluster', 'backup', cluster.seeds[0] ?? '', target, '-a', 'a secret'];
      expect(await slotdeck(words, { env })).toMatchObject({ exitCode: 0, stderr: '' });
      expect((await cluster.cli(['--cluster', 'backup', cluster.seeds[0] ?? '', theirs])).exitCode).toBe(0);
      const rdbs = (path: string): string[] =>
        readdirSync(path)
          .filter((name) => name.endsWith('.rdb'))
          .toSorted();
      expect(rdbs(target)).toEqual(rdbs(theirs));
      const read = (path: string): unknown => JSON.parse(readFileSync(join(path, 'nodes.json'), 'utf8'));
      const byName = (nodes: z.infer<typeof Nodes>): unknown =>
        nodes
          .map(({ name, slots, slots_count }) => ({ name, slots, slots_count }))
          .toSorted((a, b) => (a.name < b.name ? -1 : 1));
      expect(byName(Nodes.parse(read(target)))).toEqual(byName(Nodes.parse(read(theirs))));
      // The node does not keep us for a replica, and a second one does not mix with the first.
      const again = await slotdeck(words, { env });
      expect(again.exitCode).toBe(1);
      expect(again.stderr).toContain('holds a backup');
    });
    const { files } = Manifest.parse(JSON.parse(readFileSync(join(target, 'manifest.json'), 'utf8')));
    expect(files).toHaveLength(4);
    for (const { file, bytes, sha256 } of files) {
      const content = readFileSync(join(target, file));
      expect([content.length, createHash('sha256').update(content).digest('hex')]).toEqual([bytes, sha256]);
    }
    await withCluster({ server, replicasPerPrimary: 0 }, async (cluster) => {
      for (const { file } of files.filter(({ file: name }) => name.endsWith('.rdb'))) {
        // As docs/backup.md has it: a server of its own on the file, and an import from it.
        const config = { 'cluster-enabled': 'no', dir: target, dbfilename: file };
        const outside = await startCluster({ server, primaries: 0, emptyNodes: 1, config });
        try {
          const from = outside.seeds[0] ?? '';
          const imported = await slotdeck(['import', cluster.seeds[0] ?? '', '--from', from, '--yes'], { env });
          expect(imported).toMatchObject({ exitCode: 0 });
        } finally {
          await outside.shutdown();
        }
      }
      expect(await keysIn(cluster)).toBe(3_000);
    });
  });
});

test('nothing is saved while a primary is silent, and a folder that is none is told', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slotdeck-backup-'));
  try {
    await withCluster({ replicasPerPrimary: 0 }, async (cluster) => {
      const [, last] = cluster.nodes;
      writeFileSync(join(folder, 'a file'), '');
      const address = cluster.seeds[0] ?? '';
      const nowhere = await slotdeck(['backup', address, join(folder, 'a file', 'below')]);
      expect(nowhere).toMatchObject({ exitCode: 1 });
      expect(nowhere.stderr).toContain('[ERR]');
      last?.pause();
      const refused = await slotdeck(['backup', address, join(folder, 'new')]);
      last?.resume();
      expect(refused.exitCode).toBe(1);
      expect(refused.stderr).toContain('would be missing');
      expect(await slotdeck(['backup', address])).toMatchObject({ exitCode: 2 });
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
