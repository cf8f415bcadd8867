import { describe, expect, test } from 'vitest';
import { withCluster, type RealCluster, type RealNode } from '@slotdeck/testkit/real-cluster';
import { serversUnderTest } from '@slotdeck/testkit/server-binaries';
import { waitUntil } from '@slotdeck/testkit/wait-until';
import type { NodeCalls } from '../src/connection/node-calls.ts';
import { moveSlots, type MoveResult } from '../src/act/move-slots.ts';
import { rollBack } from '../src/act/roll-back.ts';
import type { MoveBatch } from '../src/act/act-context.ts';
import {
  actingOn,
  batchOf,
  countExisting,
  idOf,
  ownerOf,
  replicasByPrimary,
  the,
  withConnections,
  type Acting,
} from './acting.ts';

const all = serversUnderTest().map((server) => server.name);
const differing = all.filter((name) => name === 'redis-7.0' || name === 'redis-8.6' || name === 'valkey-9.1');

/** Calls that do something at the n-th command whose words begin so, right after the server has obeyed. */
function afterCommand(calls: NodeCalls, words: string, count: number, act: () => Promise<void>): NodeCalls {
  let seen = 0;
  async function watch(commands: readonly (readonly unknown[])[]): Promise<void> {
    for (const command of commands) {
      if (!command.map(String).join(' ').includes(words)) continue;
      seen += 1;
      if (seen === count) await act();
    }
  }
  return {
    async call(to, command, options) {
      const reply = await calls.call(to, command, options);
      await watch([command]);
      return reply;
    },
    async pipeline(to, commands, options) {
      const outcomes = await calls.pipeline(to, commands, options);
      await watch(commands);
      return outcomes;
    },
    async transaction(to, commands, options) {
      const outcomes = await calls.transaction(to, commands, options);
      await watch(commands);
      return outcomes;
    },
  };
}

/** Goes on as an operation does: again while it may retry, until something else comes. */
async function persist(batch: MoveBatch, acting: Acting, act = moveSlots): Promise<MoveResult> {
  return waitUntil(
    'the move to end or to need a person',
    async () => {
      const result = await act(batch, acting.context);
      if (result.outcome === 'may-retry') throw new Error(result.problem.message);
      return result;
    },
    { timeoutMs: 60_000, everyMs: 200 },
  );
}

async function promotedOf(cluster: RealCluster, dead: RealNode, replicas: readonly string[]): Promise<RealNode> {
  return waitUntil(
    `a replica of port ${dead.port} to be promoted`,
    async () => {
      await cluster.refreshRoles();
      return cluster.primaries().find((node) => node.isRunning && replicas.includes(node.id));
    },
    { timeoutMs: 60_000 },
  );
}

describe.each(differing)('on %s', (server) => {
  test('a target that dies right after the hand-over keeps the slots through its replica, even one that missed it', async () => {
    await withCluster({ server }, async (cluster) =>
      withConnections(async (calls) => {
        const [source, target] = [the(cluster.primaries()[0]), the(cluster.primaries()[1])];
        const replicas = (await replicasByPrimary(cluster)).get(target.id) ?? [];
        const replica = cluster.nodeById(required(replicas[0]));
        const names = await cluster.fillKeys({ count: 30, valueBytes: 20, slots: [[40, 42]] });
        // From here on the target has the greatest epoch: the case in which a hand-over alone would not raise it.
        const first = actingOn(cluster, calls);
        expect(await moveSlots(batchOf(source, target, [[30, 31]]), first.context)).toMatchObject({ outcome: 'done' });
        const batch = batchOf(source, target, [[40, 42]]);
        const dying = afterCommand(calls, `NODE ${target.id}`, 3, async () => {
          await target.kill();
        });
        // Valkey needs its replica to acknowledge, so there it must be awake.
        const sleepy = cluster.server.flavour === 'redis';
        const lulling = afterCommand(dying, 'BUMPEPOCH', 1, async () => {
          if (sleepy) await waitForReplica(replica, target);
          if (sleepy) replica.pause();
        });
        const acting = actingOn(cluster, lulling, await replicasByPrimary(cluster));
        const hit = await moveSlots(batch, acting.context);
        if (sleepy) replica.resume();
        expect(hit.outcome).toBe('may-retry');
        const promoted = await promotedOf(cluster, target, replicas);
        const result = await persist(batch, acting);
        expect(result).toMatchObject({
          outcome: 'needs-a-person',
          problem: { code: 'node-changed-role', facts: { newPrimary: promoted.id } },
        });
        const mapped = { ...batch, to: idOf(promoted), formerly: { from: [], to: [idOf(target)] } };
        expect(await persist(mapped, acting)).toMatchObject({ outcome: 'done', arrived: [[40, 42]] });
        await cluster.waitForAgreement();
        for (const node of cluster.nodes.filter((each) => each.isRunning)) {
          expect(await ownerOf(cluster, node, 41), `port ${node.port}`).toBe(promoted.id);
        }
        expect(await countExisting(cluster, names)).toBe(names.length);
      }),
    );
  });

  test.each([
    ['source', 'MIGRATE', 'resumed'],
    ['source', 'MIGRATE', 'rolled back'],
    ['target', 'MIGRATE', 'resumed'],
    ['target', 'MIGRATE', 'rolled back'],
    ['source', 'IMPORTING', 'resumed'],
    ['target', 'MIGRATING', 'rolled back'],
  ] as const)(
    'a %s that dies after %s is named with its successor, and the move can be %s',
    async (side, words, how) => {
      await withCluster({ server }, async (cluster) =>
        withConnections(async (calls) => {
          const [source, target] = [the(cluster.primaries()[0]), the(cluster.primaries()[1])];
          const byPrimary = await replicasByPrimary(cluster);
          const victim = side === 'source' ? source : target;
          const names = await cluster.fillKeys({ count: 60, valueBytes: 20, slots: [[50, 55]] });
          await waitForReplica(cluster.nodeById(required(byPrimary.get(victim.id)?.[0])), victim);
          const dying = afterCommand(calls, words, 3, async () => {
            // Only what the replica has can survive; a test of ours is not a test of asynchronous replication.
            await waitForReplica(cluster.nodeById(required(byPrimary.get(victim.id)?.[0])), victim);
            await victim.kill();
          });
          const acting = actingOn(cluster, dying, byPrimary);
          acting.pace = 'gentle';
          const batch = batchOf(source, target, [[50, 55]]);
          const result = await persist(batch, acting);
          const promoted = await promotedOf(cluster, victim, byPrimary.get(victim.id) ?? []);
          expect(result).toMatchObject({
            outcome: 'needs-a-person',
            problem: { code: 'node-changed-role', facts: { node: victim.id, newPrimary: promoted.id } },
          });
          const mapped: MoveBatch =
            side === 'source'
              ? { ...batch, from: idOf(promoted), formerly: { from: [idOf(source)], to: [] } }
              : { ...batch, to: idOf(promoted), formerly: { from: [], to: [idOf(target)] } };
          if (how === 'resumed') expect(await persist(mapped, acting)).toMatchObject({ outcome: 'done' });
          else expect(await persist(mapped, acting, rollBack)).toMatchObject({ outcome: 'stopped' });
          await cluster.waitForAgreement();
          expect(await countExisting(cluster, names)).toBe(names.length);
        }),
      );
    },
  );
});

test('a replica that does not hear of the hand-over holds the move until it does', async (context) => {
  if (!all.includes('redis-7.0')) context.skip('Redis 7.0 is not on this machine');
  await withCluster({ server: 'redis-7.0', nodeTimeoutMs: 60_000 }, async (cluster) =>
    withConnections(async (calls) => {
      const [source, target] = [the(cluster.primaries()[0]), the(cluster.primaries()[1])];
      const byPrimary = await replicasByPrimary(cluster);
      const replica = cluster.nodeById(required(byPrimary.get(target.id)?.[0]));
      const lulling = afterCommand(calls, 'MIGRATING', 1, async () => {
        replica.pause();
      });
      const acting = actingOn(cluster, lulling, byPrimary);
      const batch = batchOf(source, target, [[60, 61]]);
      const held = await moveSlots(batch, acting.context);
      expect(held).toMatchObject({
        outcome: 'may-retry',
        problem: { code: 'replica-does-not-know', facts: { nodes: [replica.id], slots: '60-61' } },
      });
      replica.resume();
      expect(await persist(batch, acting)).toMatchObject({ outcome: 'done' });
      await cluster.waitForAgreement();
    }),
  );
});

test('a Valkey replica that does not acknowledge holds the move and leaves nothing open', async (context) => {
  if (!all.includes('valkey-9.1')) context.skip('Valkey 9.1 is not on this machine');
  await withCluster({ server: 'valkey-9.1', nodeTimeoutMs: 60_000 }, async (cluster) =>
    withConnections(async (calls) => {
      const [source, target] = [the(cluster.primaries()[0]), the(cluster.primaries()[1])];
      const byPrimary = await replicasByPrimary(cluster);
      const replica = cluster.nodeById(required(byPrimary.get(target.id)?.[0]));
      const acting = actingOn(cluster, calls, byPrimary);
      const batch = batchOf(source, target, [[60, 61]]);
      replica.pause();
      expect(await moveSlots(batch, acting.context)).toMatchObject({
        outcome: 'may-retry',
        problem: { code: 'replicas-too-few' },
      });
      replica.resume();
      expect(await persist(batch, acting, rollBack)).toMatchObject({ outcome: 'stopped' });
      expect(await persist(batch, acting)).toMatchObject({ outcome: 'done' });
      await cluster.waitForAgreement();
    }),
  );
});

async function waitForReplica(replica: RealNode, primary: RealNode): Promise<void> {
  await waitUntil('the replica to have all of the stream', async () => {
    const [theirs, ours] = [await primary.call('ROLE'), await replica.call('ROLE')];
    return Array.isArray(theirs) && Array.isArray(ours) && ours[4] === theirs[1];
  });
}

function required(id: string | undefined): string {
  if (id === undefined) throw new Error('the primary has no replica');
  return id;
}
