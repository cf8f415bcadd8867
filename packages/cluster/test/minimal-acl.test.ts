import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { NodeId } from '@slotdeck/model/ids';
import { withCluster, type RealCluster } from '@slotdeck/testkit/real-cluster';
import { serversUnderTest } from '@slotdeck/testkit/server-binaries';
import type { ActContext } from '../src/act/act-context.ts';
import { moveSlots } from '../src/act/move-slots.ts';
import { openConnections, type NodeConnections } from '../src/connection/node-connections.ts';
import { observeCluster } from '../src/observe/observe-cluster.ts';

/** The rules as the documentation tells people to copy them, in the order: looking, moving. */
const page = await readFile(new URL('../../../docs/minimal-acl.md', import.meta.url), 'utf8');
const [looking = '', moving = ''] = page.split('\n').filter((line) => line.startsWith('ACL SETUSER'));
const login = { username: 'slotdeck', password: 'choose-a-password' };

const clock: ActContext['clock'] = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) => setTimeout(ms, undefined, signal === undefined ? {} : { signal }),
};

async function asUser<T>(
  cluster: RealCluster,
  rules: string,
  work: (calls: NodeConnections, refused: readonly string[]) => Promise<T>,
): Promise<T> {
  for (const node of cluster.nodes) expect(await cluster.call(node, ...rules.split(' '))).toBe('OK');
  const calls = openConnections(login);
  const refused: string[] = [];
  try {
    return await work(noting(calls, refused), refused);
  } finally {
    await calls.close();
  }
}

/** Some refusals are tolerated by the code (a size that only shapes batches); here every one counts. */
function noting(calls: NodeConnections, refused: string[]): NodeConnections {
  const look = (error: unknown): void => {
    if (error instanceof Error && /NOPERM/.test(error.message)) refused.push(error.message);
  };
  return {
    ...calls,
    call: (...given) =>
      calls.call(...given).catch((error: unknown) => {
        look(error);
        throw error;
      }),
    pipeline: async (...given) => {
      const outcomes = await calls.pipeline(...given);
      for (const outcome of outcomes) if (!outcome.ok) look(outcome.error);
      return outcomes;
    },
    transaction: async (...given) => {
      const outcomes = await calls.transaction(...given);
      for (const outcome of outcomes) if (!outcome.ok) look(outcome.error);
      return outcomes;
    },
  };
}

function observe(calls: NodeConnections, cluster: RealCluster) {
  const seeds = cluster.nodes.slice(0, 1).map(({ host, port }) => ({ host, port }));
  return observeCluster({ calls, clock, seeds, depth: 'full' });
}

test.each(serversUnderTest())('on $name a user with the documented rights can look, and no more', async ({ name }) => {
  await withCluster({ server: name }, (cluster) =>
    asUser(cluster, looking, async (calls, refused) => {
      const { views } = await observe(calls, cluster);
      expect(views.map(({ state }) => state)).toEqual(Array.from({ length: 6 }, () => 'answered'));
      expect(refused).toEqual([]);
      const [node] = cluster.primaries();
      expect(node).toBeDefined();
      if (node === undefined) return;
      await expect(calls.call(node, ['CLUSTER', 'BUMPEPOCH'])).rejects.toThrow(/NOPERM/);
    }),
  );
});

test.each(serversUnderTest())(
  'on $name a user with the documented rights can move slots with their keys',
  async ({ name }) => {
    await withCluster({ server: name }, (cluster) =>
      asUser(cluster, moving, async (calls, refused) => {
        // The last one has the greatest epoch, so that the epoch has to be raised before the hand-over.
        const [source, , target] = cluster.primaries();
        expect(source).toBeDefined();
        expect(target).toBeDefined();
        if (source === undefined || target === undefined) return;
        await cluster.fillKeys({ count: 400, valueBytes: 50, slots: [[0, 19]] });
        expect((await observe(calls, cluster)).views).toHaveLength(6);
        const { outcome, ...rest } = await moveSlots(
          { from: NodeId.parse(source.id), to: NodeId.parse(target.id), slots: [[0, 19]] },
          {
            calls,
            clock,
            members: () =>
              cluster.nodes.map(({ id, host, port }) => ({
                id: NodeId.parse(id),
                name: `${host}:${port}`,
                address: { host, port },
              })),
            replicasOf: () => [],
            migrateAuth: login,
            signal: new AbortController().signal,
            asked: () => 'go-on',
            pace: () => 'fast',
            onCommand: () => undefined,
            onProgress: () => undefined,
            note: () => undefined,
          },
        );
        expect({ outcome, ...rest }).toEqual({ outcome: 'done', arrived: [[0, 19]], keysMoved: 400 });
        expect(refused).toEqual([]);
      }),
    );
  },
);
