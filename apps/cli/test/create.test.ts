import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectNoLeaks } from '@slotdeck/testkit/leaks';
import { startCluster, type RealCluster } from '@slotdeck/testkit/real-cluster';
import { serversUnderTest, type ServerName } from '@slotdeck/testkit/server-binaries';
import { slotdeck } from './slotdeck-process.ts';

const tried: ServerName[] = ['redis-7.0', 'redis-8.6', 'valkey-9.1'];
const servers = serversUnderTest().filter(({ name }) => tried.includes(name));

afterAll(expectNoLeaks);

describe.each(servers.map(({ name }) => name))('on %s', (server) => {
  let cluster: RealCluster;
  /** What does not differ between servers is tried on one. */
  const deep = server === 'redis-7.0' ? [server] : [];
  const state = mkdtempSync(join(tmpdir(), 'slotdeck-create-'));
  const run = (args: readonly string[], options: Parameters<typeof slotdeck>[1] = {}) =>
    slotdeck(args, { ...options, env: { SLOTDECK_STATE: state } });

  beforeAll(async () => {
    cluster = await startCluster({ server, primaries: 0, emptyNodes: 7 });
  });
  afterAll(async () => {
    rmSync(state, { recursive: true, force: true });
    await cluster.shutdown();
  });

  const addresses = (): string[] => cluster.seeds.slice(0, 6);

  async function scatter(): Promise<void> {
    await Promise.all(cluster.nodes.map((node) => node.call('CLUSTER', 'RESET', 'HARD')));
    await cluster.refreshIds();
  }

  /** Who has which slots and how many followers, by the place in which the node was named. */
  async function shape(): Promise<unknown> {
    await cluster.waitForAgreement();
    const rows = await cluster.table(cluster.nodes[0] ?? '');
    return cluster.nodes.slice(0, 6).map(({ id }) => {
      const row = rows.find((each) => each.id === id);
      const followers = rows.filter((each) => each.primaryId === id).length;
      return { role: row?.role, slots: row?.slots, followers };
    });
  }

  test('the same nodes become the same cluster as with the tool of the server, and the same lines are told', async () => {
    const words = ['--cluster', 'create', ...addresses(), '--cluster-replicas', '1'];
    expect(await cluster.cli([...words, '--cluster-yes'])).toMatchObject({ exitCode: 0 });
    const theirs = await shape();
    await scatter();
    const refused = await run(words, { input: 'no\n' });
    expect(refused.exitCode).toBe(1);
    const asked = await run(words, { input: 'yes\n' });
    expect(asked.stdout).toContain("Can I set the above configuration? (type 'yes' to accept): ");
    expect(asked.stdout).toContain('Master[0] -> Slots 0 - 5460');
    expect(asked.stdout).toContain('[OK] All nodes agree about slots configuration.');
    expect(asked.stdout).toContain('[OK] All 16384 slots covered.');
    expect(asked).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await shape()).toEqual(theirs);
    const again = await run([...words, '--cluster-yes']);
    expect(again.exitCode).toBe(1);
    expect(again.stdout).toContain('[ERR]');
    await scatter();
  });

  test('two primaries: refused, or asked for and made, as the tool of the server has it', async () => {
    const [one = '', two = ''] = addresses();
    const words = ['--cluster', 'create', one, two];
    for (const [answer, more] of [
      ['no', []],
      ['yes', []],
      ['', ['--cluster-yes']],
    ] as const) {
      // The second yes is for the layout.
      const theirs = await cluster.cli([...words, ...more], { answers: [answer, answer] });
      await scatter();
      const ours = await run([...words, ...more], { input: `${answer}\n${answer}\n` });
      await scatter();
      const isMade = server === 'valkey-9.1' && answer !== 'no';
      expect([theirs.exitCode, ours.exitCode], `${theirs.stdout}\n${ours.stdout}`).toEqual(isMade ? [0, 0] : [1, 1]);
    }
  });

  test.each(deep)(
    'a creation that was killed is finished by resume, and one that is given up leaves every node empty',
    async () => {
      const [...nodes] = addresses();
      const words = ['create', ...nodes, '--replicas', '1', '--allow-same-zone', '--yes'];
      for (const verb of ['resume', 'cancel'] as const) {
        const killed = await run(words, {
          onOutput: (text, kill) => {
            if (text.includes('[OK] Give')) kill('SIGKILL');
          },
        });
        const operation = /Operation (op-\w+)/.exec(killed.stdout)?.[1] ?? '';
        expect(await run([verb, operation])).toMatchObject({ exitCode: 0 });
        if (verb === 'resume') await cluster.waitForAgreement();
        const known = await Promise.all(
          cluster.nodes.slice(0, 6).map(async (node) => (await cluster.table(node)).length),
        );
        expect(known).toEqual(nodes.map(() => (verb === 'resume' ? 6 : 1)));
        await scatter();
      }
    },
  );

  test.each(deep)(
    'replicas beside their primary, too few primaries and a node that is no address are refused',
    async () => {
      const same = await run(['create', ...addresses(), '--replicas', '1', '--yes']);
      expect(same).toMatchObject({ exitCode: 1 });
      expect(same.stdout).toContain('[ERR] 3 replica(s) would have to stand in the zone of their own primary');
      const few = await run(['--cluster', 'create', ...addresses().slice(0, 2), '--cluster-yes']);
      expect(few.exitCode).toBe(1);
      expect(few.stdout).toContain('Three are the least');
      expect(await run(['create', 'nonsense'])).toMatchObject({ exitCode: 2 });
      const zones = addresses().map((address, at) => `${address}=z${at}`);
      const planned = await run(['create', ...addresses(), '--replicas', '1', '--zone', ...zones, '--simulate']);
      expect(planned).toMatchObject({ exitCode: 0 });
    },
  );
});
