import { describe, expect, test } from 'vitest';
import { tagOfSlot } from '@slotdeck/testkit/fill-keys';
import { withCluster } from '@slotdeck/testkit/real-cluster';
import { textOf } from '@slotdeck/testkit/resp';
import { serversUnderTest } from '@slotdeck/testkit/server-binaries';
import type { NodeCalls } from '../src/connection/node-calls.ts';
import { openConnections } from '../src/connection/node-connections.ts';
import { moveSlots } from '../src/act/move-slots.ts';
import { rollBack } from '../src/act/roll-back.ts';
import { actingOn, batchOf, countExisting, ownerOf, the, withConnections } from './acting.ts';

const all = serversUnderTest().map((server) => server.name);
const key = (slot: number, name: string): string => `${name}{${tagOfSlot(slot)}}`;

describe.each(all)('on %s', (server) => {
  test('a key on both sides is moved when equal; when different nothing is touched and a person decides', async () => {
    await withCluster({ server }, async (cluster) =>
      withConnections(async (calls) => {
        const [source, target] = [the(cluster.primaries()[0]), the(cluster.primaries()[1])];
        const acting = actingOn(cluster, calls);
        const [same, set, other, alone] = [key(7, 'same'), key(7, 'set'), key(7, 'other'), key(7, 'alone')];
        await source.pipeline([
          ['SET', same, 'value'],
          ['SADD', set, 'a', 'b', 'c', 'd'],
          ['SET', other, 'at source'],
          ['SET', alone, 'x'],
        ]);
        await target.call('CLUSTER', 'SETSLOT', 7, 'IMPORTING', source.id);
        await target.pipeline([
          ['ASKING'],
          ['SET', same, 'value'],
          ['ASKING'],
          ['SADD', set, 'd', 'c', 'b', 'a'],
          ['ASKING'],
          ['SET', other, 'at target'],
        ]);
        const result = await moveSlots(batchOf(source, target, [[7, 7]]), acting.context);
        expect(result).toMatchObject({
          outcome: 'needs-a-person',
          problem: { code: 'key-on-both-sides', facts: { count: 1, keys: [other], slot: 7 } },
        });
        expect(acting.notes).toMatchObject([
          { code: 'equal-key-on-both-sides', facts: { keys: expect.arrayContaining([same, set]) } },
        ]);
        expect(await source.call('GET', other)).toBe('at source');
        expect(await target.pipeline([['ASKING'], ['GET', other]])).toEqual(['OK', 'at target']);
        // The person chose the source's.
        await target.pipeline([['ASKING'], ['DEL', other]]);
        const again = await moveSlots(batchOf(source, target, [[7, 7]]), acting.context);
        expect(again).toMatchObject({ outcome: 'done', arrived: [[7, 7]] });
        expect(await target.call('GET', other)).toBe('at source');
        expect(await target.call('GET', same)).toBe('value');
        expect(await target.call('SCARD', set)).toBe(4);
        await cluster.waitForAgreement();
      }),
    );
  });

  test('a target whose memory is full stops the move, and rolling back brings the keys home', async () => {
    await withCluster({ server }, async (cluster) =>
      withConnections(async (calls) => {
        const [source, target] = [the(cluster.primaries()[0]), the(cluster.primaries()[1])];
        const acting = actingOn(cluster, calls);
        const names = await cluster.fillKeys({ count: 60, valueBytes: 100_000, slots: [[3, 5]] });
        const memory = await target.call('INFO', 'memory');
        const used = Number(/used_memory:(\d+)/.exec(typeof memory === 'string' ? memory : '')?.[1]);
        await target.call('CONFIG', 'SET', 'maxmemory', used + 2_000_000);
        const batch = batchOf(source, target, [[3, 5]]);
        const result = await moveSlots(batch, acting.context);
        expect(result).toMatchObject({ outcome: 'needs-a-person', problem: { code: 'target-out-of-memory' } });
        expect(result.keysMoved).toBeLessThan(60);
        const back = await rollBack(batch, acting.context);
        expect(back).toMatchObject({ outcome: 'stopped' });
        await cluster.waitForAgreement();
        expect(await countExisting(cluster, names)).toBe(60);
        await target.call('CONFIG', 'SET', 'maxmemory', 0);
        expect(await moveSlots(batch, acting.context)).toMatchObject({ outcome: 'done' });
        expect(await target.pipeline(names.map((name) => ['EXISTS', name]))).toEqual(names.map(() => 1));
      }),
    );
  });

  test('a large key that the source gave up waiting for is compared and then moved, once', async () => {
    await withCluster({ server, nodeTimeoutMs: 15_000 }, async (cluster) =>
      withConnections(async (calls) => {
        const [source, target] = [the(cluster.primaries()[0]), the(cluster.primaries()[1])];
        const acting = actingOn(cluster, calls);
        const big = key(9, 'big');
        await source.call('SETRANGE', big, 50_000_000, 'x');
        const context = { ...acting.context, migrateTimeoutMs: 1 };
        const result = await moveSlots(batchOf(source, target, [[9, 9]]), context);
        expect(result).toMatchObject({ outcome: 'done', arrived: [[9, 9]] });
        expect(acting.notes.map((note) => note.code)).toContain('migrate-io-error');
        expect(await target.call('STRLEN', big)).toBe(50_000_001);
        await cluster.waitForAgreement();
      }),
    );
  });

  test('binary names, time to live and every type arrive as they were', async () => {
    await withCluster({ server }, async (cluster) =>
      withConnections(async (calls) => {
        const [source, target] = [the(cluster.primaries()[0]), the(cluster.primaries()[1])];
        const acting = actingOn(cluster, calls);
        const tag = tagOfSlot(11);
        const name = (kind: string): Buffer =>
          Buffer.concat([Buffer.from([0, 255, 13, 10]), Buffer.from(`${kind}{${tag}}`)]);
        await source.pipeline([
          ['SET', name('string'), 'v', 'PX', 1_000_000],
          ['HSET', name('hash'), 'f', 'v'],
          ['RPUSH', name('list'), 'a', 'b'],
          ['ZADD', name('zset'), 1, 'a'],
          ['XADD', name('stream'), '1-1', 'f', 'v'],
          ['SET', name('gone'), 'v', 'PX', 1],
        ]);
        const result = await moveSlots(batchOf(source, target, [[11, 11]]), acting.context);
        expect(result).toMatchObject({ outcome: 'done' });
        expect(
          await target.pipeline([
            ['GET', name('string')],
            ['HGET', name('hash'), 'f'],
            ['LLEN', name('list')],
            ['ZSCORE', name('zset'), 'a'],
            ['XLEN', name('stream')],
            ['EXISTS', name('gone')],
          ]),
        ).toEqual(['v', 'v', 2, '1', 1, 0]);
        expect(Number(await target.call('PTTL', name('string')))).toBeGreaterThan(900_000);
        const shown = acting.lines.find((line) => line.command[0] === 'MIGRATE');
        expect(shown?.command.some((word) => word.includes('\\x00\\xff'))).toBe(true);
      }),
    );
  });

  test('slots that someone else has open, or that belong to a third node, are left alone', async () => {
    await withCluster({ server }, async (cluster) =>
      withConnections(async (calls) => {
        const [source, target, third] = cluster.primaries().map(the);
        const acting = actingOn(cluster, calls);
        await the(source).call('CLUSTER', 'SETSLOT', 20, 'MIGRATING', the(third).id);
        const open = await moveSlots(batchOf(the(source), the(target), [[20, 21]]), acting.context);
        expect(open).toMatchObject({
          outcome: 'needs-a-person',
          problem: { code: 'slot-open-for-others', facts: { slots: '20' } },
        });
        const foreign = await moveSlots(batchOf(the(source), the(target), [[16_000, 16_001]]), acting.context);
        expect(foreign).toMatchObject({
          outcome: 'needs-a-person',
          problem: { code: 'slot-owner-changed', facts: { slots: '16000-16001' } },
        });
        expect(acting.lines.every((line) => line.command.join(' ') === 'CLUSTER NODES')).toBe(true);
      }),
    );
  });
});

test('a key that a client wrote anew while keys went back keeps that value, once a person has said so', async () => {
  await withCluster({ server: all[0] ?? 'redis-7.0', nodeTimeoutMs: 15_000 }, async (cluster) =>
    withConnections(async (calls) => {
      const [source, target] = [the(cluster.primaries()[0]), the(cluster.primaries()[1])];
      const names = await cluster.fillKeys({ count: 200, valueBytes: 20, slots: [[40, 40]] });
      let migrates = 0;
      let anew: string | null = null;
      const filling: NodeCalls = {
        ...calls,
        async pipeline(to, commands, options) {
          const [first] = commands;
          if (first?.[0] === 'MIGRATE') migrates += 1;
          if (first?.[0] === 'MIGRATE' && migrates === 4) await target.call('CONFIG', 'SET', 'maxmemory', '1');
          if (first?.[0] === 'MIGRATE' && to.port === target.port && anew === null) {
            anew = String(first.at(-1));
            await source.call('SET', anew, 'anew');
          }
          return calls.pipeline(to, commands, options);
        },
      };
      const acting = actingOn(cluster, filling);
      acting.pace = 'gentle';
      const batch = batchOf(source, target, [[40, 40]]);
      expect(await moveSlots(batch, acting.context)).toMatchObject({ problem: { code: 'target-out-of-memory' } });
      // Named by who serves it, so that what a person is told to keep is what is kept.
      expect(await rollBack(batch, acting.context)).toMatchObject({
        outcome: 'needs-a-person',
        problem: { code: 'key-on-both-sides', facts: { source: `127.0.0.1:${source.port}`, keys: [anew] } },
      });
      const served = { ...acting.context, conflicts: 'served' } as const;
      expect(await rollBack(batch, served)).toMatchObject({ outcome: 'stopped', arrived: [] });
      expect(await source.call('GET', anew ?? '')).toBe('anew');
      expect(await countExisting(cluster, names)).toBe(names.length);
      await cluster.waitForAgreement();
    }),
  );
});

test('a target that may evict keys stops the move before it throws others away, and the move goes on when there is room', async () => {
  await withCluster({ server: all[0] ?? 'redis-7.0' }, async (cluster) =>
    withConnections(async (calls) => {
      const [source, target] = [the(cluster.primaries()[0]), the(cluster.primaries()[1])];
      const names = await cluster.fillKeys({ count: 4_000, valueBytes: 2_000, slots: [[40, 79]] });
      const theirs = await cluster.fillKeys({
        count: 2_000,
        valueBytes: 2_000,
        slots: [[6_000, 6_100]],
        prefix: 'theirs',
      });
      const used = Number(/used_memory:(\d+)/.exec(textOf(await target.call('INFO', 'memory')))?.[1]);
      await target.call('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru', 'maxmemory', Math.floor(used * 1.03));
      const acting = actingOn(cluster, calls);
      const batch = batchOf(source, target, [[40, 79]]);
      expect(await moveSlots(batch, acting.context)).toMatchObject({
        outcome: 'needs-a-person',
        problem: { code: 'target-memory-short', facts: { policy: 'allkeys-lru' } },
      });
      expect(await countExisting(cluster, theirs)).toBe(theirs.length);
      await target.call('CONFIG', 'SET', 'maxmemory', '0');
      expect(await moveSlots(batch, acting.context)).toMatchObject({ outcome: 'done' });
      await cluster.waitForAgreement();
      expect(await countExisting(cluster, names)).toBe(names.length);
    }),
  );
});

test('a target that hangs does not hold up its source until that is taken for dead as well', async () => {
  await withCluster({ server: all[0] ?? 'redis-7.0', nodeTimeoutMs: 15_000 }, async (cluster) =>
    withConnections(async (calls) => {
      const [source, target] = [the(cluster.primaries()[0]), the(cluster.primaries()[1])];
      await cluster.fillKeys({ count: 3_000, valueBytes: 20, slots: [[40, 50]] });
      let migrates = 0;
      const hanging: NodeCalls = {
        ...calls,
        pipeline(to, commands, options) {
          if (commands[0]?.[0] === 'MIGRATE') migrates += 1;
          if (migrates === 3) target.pause();
          return calls.pipeline(to, commands, options);
        },
      };
      const acting = actingOn(cluster, hanging);
      acting.pace = 'fast';
      const result = await moveSlots(batchOf(source, target, [[40, 50]]), acting.context);
      target.resume();
      expect(result).toMatchObject({ outcome: 'may-retry', problem: { code: 'target-not-reachable-from-source' } });
      // The source carries out what it has before it without a look at the cluster bus in between, six of them at this pace.
      const timeouts = acting.lines.flatMap(({ command }) => (command[0] === 'MIGRATE' ? [Number(command[5])] : []));
      expect(Math.max(...timeouts) * 6).toBeLessThan(6_000);
    }),
  );
});

test('a user without MIGRATE is told which permission is missing', async (context) => {
  if (!all.includes('redis-7.0')) context.skip('Redis 7.0 is not on this machine');
  const aclUsers = { mover: 'on >secret ~* &* +@all -migrate' };
  await withCluster({ server: 'redis-7.0', aclUsers }, async (cluster) => {
    const calls = openConnections({ username: 'mover', password: 'secret' });
    try {
      const [source, target] = [the(cluster.primaries()[0]), the(cluster.primaries()[1])];
      await source.call('SET', key(4, 'k'), 'v');
      const acting = actingOn(cluster, calls);
      const result = await moveSlots(batchOf(source, target, [[4, 4]]), acting.context);
      expect(result).toMatchObject({
        outcome: 'needs-a-person',
        problem: { code: 'no-permission', facts: { command: 'MIGRATE' } },
      });
      expect(JSON.stringify(acting.lines)).not.toContain('secret');
    } finally {
      await calls.close();
    }
  });
});

test('nodes that ask for a password get it, and the transcript does not show it', async (context) => {
  if (!all.includes('redis-8.6')) context.skip('Redis 8.6 is not on this machine');
  await withCluster({ server: 'redis-8.6', password: 'hush-hush' }, async (cluster) => {
    const calls = openConnections({ password: 'hush-hush' });
    try {
      const [source, target] = [the(cluster.primaries()[0]), the(cluster.primaries()[1])];
      await source.call('SET', key(4, 'k'), 'v');
      const acting = actingOn(cluster, calls);
      const context = { ...acting.context, migrateAuth: { password: 'hush-hush' } };
      expect(await moveSlots(batchOf(source, target, [[4, 4]]), context)).toMatchObject({
        outcome: 'done',
        keysMoved: 1,
      });
      expect(await target.call('GET', key(4, 'k'))).toBe('v');
      expect(JSON.stringify(acting.lines)).not.toContain('hush-hush');
    } finally {
      await calls.close();
    }
  });
});

test('keys of every numbered database move with their slot', async (context) => {
  if (!all.includes('valkey-9.1')) context.skip('Valkey 9.1 is not on this machine');
  await withCluster({ server: 'valkey-9.1', config: { 'cluster-databases': '4' } }, async (cluster) =>
    withConnections(async (calls) => {
      const [source, target] = [the(cluster.primaries()[0]), the(cluster.primaries()[1])];
      const name = key(8, 'k');
      await source.pipeline([
        ['SET', name, 'zero'],
        ['SELECT', 3],
        ['SET', name, 'three'],
        ['SELECT', 0],
      ]);
      const acting = actingOn(cluster, calls);
      expect(await moveSlots(batchOf(source, target, [[8, 8]]), acting.context)).toMatchObject({
        outcome: 'done',
        keysMoved: 2,
      });
      expect(
        await target.pipeline([
          ['GET', name],
          ['SELECT', 3],
          ['GET', name],
          ['SELECT', 0],
        ]),
      ).toEqual(['zero', 'OK', 'three', 'OK']);
      expect(await ownerOf(cluster, source, 8)).toBe(target.id);
      await cluster.waitForAgreement();
    }),
  );
});
