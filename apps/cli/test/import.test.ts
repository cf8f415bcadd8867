import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectNoLeaks } from '@slotdeck/testkit/leaks';
import { startCluster, type RealCluster, type RealNode } from '@slotdeck/testkit/real-cluster';
import { serversUnderTest, type ServerName } from '@slotdeck/testkit/server-binaries';
import { slotdeck } from './slotdeck-process.ts';

const tried: ServerName[] = ['redis-7.0', 'redis-8.6', 'valkey-9.1'];
const servers = serversUnderTest().filter(({ name }) => tried.includes(name));

afterAll(expectNoLeaks);

describe.each(servers.map(({ name }) => name))('on %s', (server) => {
  let cluster: RealCluster;
  /** What does not differ between servers is tried on one. */
  const deep = server === 'redis-7.0' ? [server] : [];
  let outside: RealCluster;
  let source: RealNode;
  const state = mkdtempSync(join(tmpdir(), 'slotdeck-import-'));
  const run = (args: readonly string[], options: Parameters<typeof slotdeck>[1] = {}) =>
    slotdeck(args, { ...options, env: { SLOTDECK_STATE: state } });

  beforeAll(async () => {
    cluster = await startCluster({ server, replicasPerPrimary: 0 });
    outside = await startCluster({
      server,
      primaries: 0,
      emptyNodes: 1,
      config: { 'cluster-enabled': 'no' },
      password: 'secret %s word',
    });
    const [only] = outside.nodes;
    if (only === undefined) throw new Error('no source');
    source = only;
  });
  afterAll(async () => {
    rmSync(state, { recursive: true, force: true });
    await cluster.shutdown();
    await outside.shutdown();
  });

  const sizes = async (): Promise<number> => {
    const all = await Promise.all(cluster.nodes.map((node) => node.call('DBSIZE')));
    return all.reduce<number>((sum, size) => sum + Number(size), 0);
  };
  async function fill(keys: number): Promise<void> {
    await Promise.all([...cluster.nodes, source].map((node) => node.call('FLUSHALL')));
    for (let at = 0; at < keys; at += 1000) {
      await source.pipeline(Array.from({ length: 1000 }, (_, each) => ['SET', `key:${at + each}`, `${at + each}`]));
    }
  }
  const from = (): string => `${source.host}:${source.port}`;

  test('in the words of redis-cli, with the password asked for or given; a copy, and then all of it', async () => {
    await fill(3000);
    const words = ['--cluster', 'import', cluster.seeds[1] ?? '', '--cluster-from', from()];
    const refused = await run([...words, '--cluster-from-pass', 'wrong']);
    expect(refused.exitCode).toBe(1);
    expect(refused.stdout).toContain('cannot be read from');
    const copied = await run([...words, '--cluster-from-askpass', '--cluster-copy'], { input: 'secret %s word\n' });
    expect(copied).toMatchObject({ exitCode: 0 });
    expect([await sizes(), await source.call('DBSIZE')]).toEqual([3000, 3000]);
    const moved = await run([...words, '--cluster-from-pass', 'secret %s word', '--cluster-replace']);
    expect(moved).toMatchObject({ exitCode: 0 });
    expect([await sizes(), await source.call('DBSIZE')]).toEqual([3000, 0]);
    expect(await run(['import', cluster.seeds[1] ?? ''])).toMatchObject({ exitCode: 2 });
  });

  test.each(deep)('killed in the middle, resume goes on with it and nothing is missing', async () => {
    await fill(20_000);
    const words = ['import', cluster.seeds[0] ?? '', '--from', from(), '--from-pass', 'secret %s word'];
    let running = '';
    const killed = run([...words, '--keys-per-second', '8000', '--yes'], {
      onOutput: (text, kill) => {
        running += text;
        if (!running.includes('Operation op-')) return;
        const watch = setInterval(() => {
          sizes().then(
            (size) => {
              if (size < 4000) return;
              clearInterval(watch);
              kill('SIGKILL');
            },
            () => clearInterval(watch),
          );
        }, 20);
        running = '';
      },
    });
    const { stdout } = await killed;
    const operation = /Operation (op-\w+)/.exec(stdout)?.[1] ?? '';
    expect(await sizes()).toBeLessThan(20_000);
    const forgetful = await run(['resume', operation]);
    expect(forgetful.exitCode).toBe(1);
    const resumed = await run(['resume', operation, '--from-pass', 'secret %s word']);
    expect(resumed).toMatchObject({ exitCode: 0 });
    expect([await sizes(), await source.call('DBSIZE')]).toEqual([20_000, 0]);
  });
});
