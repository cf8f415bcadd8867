import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { intersectSlots } from '@slotdeck/model/slot-ranges';
import { tagOfSlot } from '@slotdeck/testkit/fill-keys';
import { expectNoLeaks } from '@slotdeck/testkit/leaks';
import { startCluster, type RealCluster, type RealNode } from '@slotdeck/testkit/real-cluster';
import { isList, textOf } from '@slotdeck/testkit/resp';
import { serversUnderTest, type ServerName } from '@slotdeck/testkit/server-binaries';
import { shapeOf, startTwins, type Shape, type Twin, type Twins } from './twin-clusters.ts';

const tried: ServerName[] = ['redis-7.0', 'redis-8.6', 'valkey-9.1'];
const servers = serversUnderTest().filter(({ name }) => tried.includes(name));

afterAll(expectNoLeaks);

/**
 * Two clusters that are alike go through the same commands, word for word, one by the server's own tool and one by ours. After each the
 * two must be alike again: roles, slots per node, who follows whom, who knows whom, open slots and keys.
 */
describe.each(servers.map(({ name }) => name))('beside the tool of %s, on a twin of the cluster', (server) => {
  let twins: Twins;
  const state = mkdtempSync(join(tmpdir(), 'slotdeck-twins-'));
  const isValkey = server === 'valkey-9.1';

  beforeAll(async () => {
    twins = await startTwins(
      {
        server,
        replicasPerPrimary: 0,
        emptyNodes: 4,
        // A node that was removed is not taken in again for a minute, so each is added once.
        // Else a primary that was emptied follows one of the receivers, whichever told it first.
        config: { 'repl-diskless-sync-delay': '0', 'cluster-allow-replica-migration': 'no' },
      },
      state,
    );
    await twins.both(({ cluster }) => cluster.fillKeys({ count: 900, valueBytes: 20 }));
  });
  afterAll(async () => {
    rmSync(state, { recursive: true, force: true });
    await twins.shutdown();
  });

  const node = ({ cluster }: Twin, at: number): RealNode => {
    const found = cluster.nodes[at];
    if (found === undefined) throw new Error(`there is no node ${at}`);
    return found;
  };
  const id = (twin: Twin, at: number): string => node(twin, at).id;
  const seed = ({ cluster }: Twin): string => cluster.seeds[0] ?? '';

  /** How theirs moves keys; ours finds it out, and takes the words. */
  const how = ['--cluster-timeout', '30000', '--cluster-pipeline', '20', '--cluster-replace'];

  /** Runs the same words on both sides. @returns what the clusters are then, after both were seen to be the same */
  async function same(
    words: (twin: Twin) => readonly string[],
    { answers = () => [], exitCode = 0 }: { answers?: (twin: Twin) => string[]; exitCode?: number } = {},
  ): Promise<Shape> {
    const ends = await twins.both((twin) => twin.run(['--cluster', ...words(twin)], answers(twin)));
    const told = `theirs:\n${ends.theirs.stdout}\nours:\n${ends.ours.stdout}${ends.ours.stderr}`;
    expect([ends.theirs.exitCode, ends.ours.exitCode], told).toEqual([exitCode, exitCode]);
    const shapes = await twins.both(({ cluster }) => shapeOf(cluster));
    expect(withoutSlots(shapes.ours), told).toEqual(withoutSlots(shapes.theirs));
    // Theirs cuts a share that a computer's fractions make a little too small: of 90 slots that two equal nodes give it moves 89.
    const [a, b] = [slots(shapes.theirs), slots(shapes.ours)];
    expect(Math.max(...b.map((count, at) => Math.abs(count - (a[at] ?? 0)))), told).toBeLessThanOrEqual(1);
    expect(shapes.ours.keys).toBe(900);
    return shapes.ours;
  }
  const withoutSlots = ({ nodes, keys }: Shape): Shape => ({
    nodes: nodes.map((each) => ({ ...each, slots: 0 })),
    keys,
  });
  const slots = ({ nodes }: Shape): number[] => nodes.map((each) => each.slots);

  test('reshard by arguments and by answers, from one node and from all', async () => {
    const before = slots(await shapeOf(twins.ours.cluster));
    const move = (from: number, to: number) =>
      same((twin) => {
        const ends = ['--cluster-from', id(twin, from), '--cluster-to', id(twin, to)];
        return ['reshard', seed(twin), ...ends, '--cluster-slots', '100', '--cluster-yes', ...how];
      });
    expect(slots(await move(0, 1))[1]).toBe((before[1] ?? 0) + 100);
    expect(slots(await move(1, 0))).toEqual(before);
    const asked = await same((twin) => ['reshard', seed(twin)], {
      answers: (twin) => ['100', id(twin, 2), id(twin, 0), id(twin, 1), 'done', 'yes'],
    });
    expect(slots(asked)[2]).toBe((before[2] ?? 0) + 100);
    const all = await same((twin) => ['reshard', seed(twin)], { answers: (twin) => ['90', id(twin, 2), 'all', 'yes'] });
    expect(slots(all)[2]).toBe((before[2] ?? 0) + 190);
  });

  test('rebalance: looked at only, left alone below the threshold, by weights, back to even shares', async () => {
    const before = await shapeOf(twins.ours.cluster);
    expect(await same((twin) => ['rebalance', seed(twin), '--cluster-simulate', ...how])).toEqual(before);
    expect(await same((twin) => ['rebalance', seed(twin), '--cluster-threshold', '50'])).toEqual(before);
    const weights = (twin: Twin): string[] => [`${id(twin, 0)}=1.05`, `${id(twin, 1)}=1`];
    const weighed = await same((twin) => ['rebalance', seed(twin), '--cluster-weight', ...weights(twin)]);
    expect(slots(weighed)).toEqual([5640, 5372, 5372, 0, 0, 0, 0]);
    const even = await same((twin) => ['rebalance', seed(twin), '--cluster-threshold', '1']);
    expect(slots(even).toSorted((a, b) => a - b)).toEqual([0, 0, 0, 0, 5461, 5461, 5462]);
  });

  test('a primary is added, gets its share, is refused to go while it has slots, is emptied and goes', async () => {
    const added = await same((twin) => ['add-node', twin.cluster.seeds[3] ?? '', seed(twin)]);
    expect(added.nodes.map(({ knows }) => knows)).toEqual([4, 4, 4, 4, 1, 1, 1]);
    const useEmpty = isValkey ? '--cluster-use-empty-primaries' : '--cluster-use-empty-masters';
    const shared = await same((twin) => ['rebalance', seed(twin), useEmpty, '--cluster-weight', `${id(twin, 3)}=0.03`]);
    expect(slots(shared)[3]).toBe(162);
    expect(await same((twin) => ['del-node', seed(twin), id(twin, 3)], { exitCode: 1 })).toEqual(shared);
    const emptied = await same((twin) => ['rebalance', seed(twin), '--cluster-weight', `${id(twin, 3)}=0`]);
    expect(slots(emptied)[3]).toBe(0);
    const left = await same((twin) => ['del-node', seed(twin), id(twin, 3)]);
    expect(left.nodes.map(({ knows }) => knows)).toEqual([3, 3, 3, 1, 1, 1, 1]);
  });

  test('replicas are added to the primary that is named, one where it is wanted most, and removed', async () => {
    const [replica = '', primary = ''] = isValkey
      ? ['--cluster-replica', '--cluster-primary-id']
      : ['--cluster-slave', '--cluster-master-id'];
    for (const at of [0, 1]) {
      const named = await same((twin) => {
        const words = ['add-node', twin.cluster.seeds[4 + at] ?? '', seed(twin)];
        return [...words, replica, primary, id(twin, at)];
      });
      expect(named.nodes[4 + at]).toMatchObject({ role: 'replica', follows: at });
    }
    const wanted = await same((twin) => ['add-node', twin.cluster.seeds[6] ?? '', seed(twin), replica]);
    expect(wanted.nodes[6]).toMatchObject({ role: 'replica', follows: 2 });
    const gone = await same((twin) => ['del-node', seed(twin), id(twin, 6)]);
    expect(gone.nodes[6]).toMatchObject({ role: 'primary', knows: 1 });
  });

  test('set-timeout reaches every node', async () => {
    await same((twin) => ['set-timeout', seed(twin), '2345']);
    const timeouts = await twins.both(async ({ cluster }) => {
      const members = cluster.nodes.slice(0, 3);
      return Promise.all(members.map((each) => each.call('CONFIG', 'GET', 'cluster-node-timeout')));
    });
    expect(timeouts.ours).toEqual(timeouts.theirs);
    expect(JSON.stringify(timeouts.ours)).toContain('2345');
  });

  test('fix finishes a move that was cut off with most of the keys over there', async () => {
    const slot = await slotOfBoth(0);
    await twins.both(async (twin) => {
      const [from, to] = [node(twin, 0), node(twin, 1)];
      for (let at = 0; at < 6; at += 1) await from.call('SET', `{${tagOfSlot(slot)}}:${at}`, 'x');
      await to.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', from.id);
      await from.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', to.id);
      // More than half: theirs goes back where most of the keys are, ours always on.
      const most = Array.from({ length: 5 }, (_, at) => `{${tagOfSlot(slot)}}:${at}`);
      await from.call('MIGRATE', to.host, to.port, '', 0, 5000, 'KEYS', ...most);
    });
    const ends = await twins.both((twin) => twin.run(['--cluster', 'fix', seed(twin), '--cluster-yes']));
    expect([ends.theirs.exitCode, ends.ours.exitCode]).toEqual([0, 0]);
    const owners = await twins.both(async (twin) => {
      await twin.cluster.waitForAgreement();
      const rows = await twin.cluster.table(node(twin, 2));
      const owner = rows.find((row) => row.slots.some(([first, last]) => first <= slot && slot <= last));
      return twin.cluster.nodes.findIndex((each) => each.id === owner?.id);
    });
    expect(owners, `theirs:\n${ends.theirs.stdout}`).toEqual({ theirs: 1, ours: 1 });
    const counts = await twins.both((twin) => node(twin, 1).call('CLUSTER', 'COUNTKEYSINSLOT', slot));
    // The tool of Redis 8.6 left one behind at the source when this was written; where it does not, the two are the same.
    expect(Number(counts.ours)).toBeGreaterThanOrEqual(Number(counts.theirs));
    expect(Number(counts.ours)).toBeGreaterThanOrEqual(6);
  });

  /** The two may have moved different slots before. */
  async function slotOfBoth(at: number): Promise<number> {
    const owned = await twins.both(async (twin) => {
      const rows = await twin.cluster.table(node(twin, at));
      return rows.find((row) => row.id === id(twin, at))?.slots ?? [];
    });
    const [first] = intersectSlots(owned.theirs, owned.ours);
    if (first === undefined) throw new Error('they share no slot');
    return first[0];
  }

  describe('import', () => {
    let sources: { theirs: RealCluster; ours: RealCluster };

    beforeAll(async () => {
      const alone = {
        server,
        primaries: 0,
        emptyNodes: 1,
        config: { 'cluster-enabled': 'no' },
        password: 'pw',
      } as const;
      sources = { theirs: await startCluster(alone), ours: await startCluster(alone) };
    });
    afterAll(async () => {
      await Promise.all([sources.theirs.shutdown(), sources.ours.shutdown()]);
    });

    const sourceOf = (twin: Twin): RealNode => {
      const [only] = (twin === twins.theirs ? sources.theirs : sources.ours).nodes;
      if (only === undefined) throw new Error('no source');
      return only;
    };

    /** Every key of the source as it is somewhere in the cluster: its value as it is dumped, and whether it will expire. */
    async function taken({ cluster }: Twin): Promise<unknown> {
      const found = await Promise.all(
        cluster.nodes.slice(0, 3).map(async (each) => {
          const reply = await each.call('KEYS', 'in:*');
          const names = isList(reply) ? reply.map(textOf) : [];
          return Promise.all(
            names.map(async (name) => {
              const ttl = Number(await each.call('TTL', name));
              return `${name} ${textOf(await each.call('TYPE', name))} ${ttl > 0 ? 'expires' : 'stays'}`;
            }),
          );
        }),
      );
      return found.flat().toSorted();
    }

    test('a copy, and then all of it with what is there already replaced', async () => {
      await twins.both(async (twin) => {
        const source = sourceOf(twin);
        await source.pipeline(Array.from({ length: 200 }, (_, at) => ['SET', `in:${at}`, `value ${at}`]));
        await source.pipeline([
          ['HSET', 'in:hash', 'a', '1', 'b', '2'],
          ['RPUSH', 'in:list', 'a', 'b'],
          ['ZADD', 'in:ranks', '1', 'a'],
          ['SET', 'in:soon', 'gone', 'EX', '1000'],
        ]);
      });
      for (const [more, left] of [
        [['--cluster-copy'], 204],
        [['--cluster-replace'], 0],
      ] as const) {
        const ends = await twins.both((twin) =>
          twin.run([
            '--cluster',
            'import',
            seed(twin),
            '--cluster-from',
            `${sourceOf(twin).host}:${sourceOf(twin).port}`,
            '--cluster-from-pass',
            'pw',
            ...more,
          ]),
        );
        expect([ends.theirs.exitCode, ends.ours.exitCode], ends.ours.stdout).toEqual([0, 0]);
        const there = await twins.both(taken);
        expect(there.ours).toEqual(there.theirs);
        expect(there.ours).toHaveLength(204);
        const remaining = await twins.both((twin) => sourceOf(twin).call('DBSIZE'));
        expect(remaining).toEqual({ theirs: left, ours: left });
      }
    });
  });
});
