import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tagOfSlot } from '@slotdeck/testkit/fill-keys';
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
  let a: RealNode;
  let b: RealNode;
  const state = mkdtempSync(join(tmpdir(), 'slotdeck-fix-'));
  const run = (args: readonly string[], options: Parameters<typeof slotdeck>[1] = {}) =>
    slotdeck(args, { ...options, env: { SLOTDECK_STATE: state } });

  beforeAll(async () => {
    cluster = await startCluster({ server, replicasPerPrimary: 0, requireFullCoverage: false });
    const [first, second] = cluster.nodes;
    if (first === undefined || second === undefined) throw new Error('too few nodes');
    [a, b] = [first, second];
  });
  afterAll(async () => {
    rmSync(state, { recursive: true, force: true });
    await cluster.shutdown();
  });

  const address = (): string => cluster.seeds[2] ?? '';

  async function openSlot(slot: number): Promise<void> {
    for (let at = 0; at < 6; at += 1) await a.call('SET', `{${tagOfSlot(slot)}}:${at}`, 'as it was');
    await b.call('CLUSTER', 'SETSLOT', String(slot), 'IMPORTING', a.id);
    await a.call('CLUSTER', 'SETSLOT', String(slot), 'MIGRATING', b.id);
  }

  /** As the server's own tool judges it. */
  const check = () => cluster.cli(['--cluster', 'check', address()]);

  test('in the words of redis-cli: an open slot and lost ones are repaired, and its own check is content with it', async () => {
    await openSlot(5);
    for (const node of cluster.nodes) await node.call('CLUSTER', 'DELSLOTS', '6000', '6001', '6002');
    expect((await check()).exitCode).toBe(1);
    expect((await run(['--cluster', 'check', address()])).exitCode).toBe(1);
    const fixed = await run(['--cluster', 'fix', address()]);
    expect(fixed).toMatchObject({ exitCode: 0, stderr: '' });
    expect(fixed.stdout).toContain('[OK] All nodes agree about slots configuration.');
    expect(fixed.stdout).toContain('[OK] All 16384 slots covered.');
    expect((await check()).exitCode).toBe(0);
    const again = await run(['--cluster', 'fix', address()]);
    expect(again.stdout).toContain('No slot needs a repair');
    expect(again.exitCode).toBe(0);
  });

  // Two kinds of servers: those that show such keys and those that hide them.
  test.each(server === 'valkey-9.1' ? [] : [server])(
    'keys on a node that does not own their slot are found when they are looked for, and brought home',
    async () => {
      const key = `{${tagOfSlot(8)}}:stray`;
      await b.call('CLUSTER', 'SETSLOT', '8', 'IMPORTING', a.id);
      await b.pipeline([['ASKING'], ['SET', key, 'of a write that went astray']]);
      await b.call('CLUSTER', 'SETSLOT', '8', 'STABLE');
      const search = ['--cluster', 'check', address(), '--cluster-search-multiple-owners'];
      const found = await run(search);
      const hides = server === 'redis-8.6';
      expect(found.exitCode).toBe(hides ? 0 : 1);
      expect(found.stdout).toContain(hides ? 'may hold keys of slots that are not its own' : 'holds 1 key(s) of slots');
      expect((await run(['--cluster', 'fix', address()])).exitCode).toBe(0);
      expect((await run(search)).stdout).toContain('[OK] Every key is with the owner of its slot.');
      expect(await a.call('EXISTS', key)).toBe(1);
    },
  );

  test.each(deep)(
    'the choice of an owner, a question that yes does not answer, and a look without sending',
    async () => {
      await openSlot(7);
      await a.call('MIGRATE', b.host, String(b.port), '', '0', '5000', 'KEYS', `{${tagOfSlot(7)}}:0`);
      const looked = await run(['fix', address(), '--simulate', '--json']);
      expect(JSON.parse(looked.stdout)).toMatchObject({ ok: true, plan: { kind: 'fix', slots: 1 } });
      expect((await check()).exitCode).toBe(1);
      const chosen = await run(['fix', address(), '--choose', `7=${a.id}`, '--yes']);
      expect(chosen.exitCode).toBe(0);
      expect(await a.call('CLUSTER', 'COUNTKEYSINSLOT', '7')).toBe(6);
      expect((await check()).exitCode).toBe(0);
      expect(await run(['fix', address(), '--choose', '7=nobody', '--yes'])).toMatchObject({ exitCode: 2 });
    },
  );

  test.each(deep)('nothing is repaired while a primary is silent, whatever yes says', async () => {
    await a.call('CLUSTER', 'SETSLOT', '9', 'MIGRATING', b.id);
    const [, , c] = cluster.nodes;
    if (c === undefined) throw new Error('too few nodes');
    c.pause();
    try {
      const words = ['--cluster', 'fix', cluster.seeds[0] ?? ''];
      const refused = await run([...words, '--cluster-yes']);
      expect(refused.exitCode).toBe(1);
      expect(refused.stdout).toContain('give(s) no answer');
      const bold = await run([...words, '--cluster-fix-with-unreachable-masters', '--cluster-yes']);
      expect(bold.exitCode).toBe(1);
      expect(bold.stdout).toContain('has to be accepted in so many words');
    } finally {
      c.resume();
    }
  });
});
