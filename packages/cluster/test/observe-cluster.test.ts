import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClusterId, NodeId } from '@slotdeck/model/ids';
import { countSlots, SLOT_COUNT } from '@slotdeck/model/slot-ranges';
import type { Topology, TopologyNode } from '@slotdeck/model/topology';
import { diffTopology, type TopologyChange } from '@slotdeck/model/topology-diff';
import { expectNoLeaks } from '@slotdeck/testkit/leaks';
import {
  startCluster,
  withCluster,
  type ClusterShape,
  type RealCluster,
  type RealNode,
} from '@slotdeck/testkit/real-cluster';
import { readTls } from '@slotdeck/testkit/real-node';
import { serversUnderTest } from '@slotdeck/testkit/server-binaries';
import { makeTlsFiles } from '@slotdeck/testkit/tls-files';
import { waitUntil } from '@slotdeck/testkit/wait-until';
import { afterAll, expect, test } from 'vitest';
import type { ConnectionSettings } from '../src/connection/connection-settings.ts';
import { parseAddress } from '../src/connection/node-address.ts';
import type { NodeAddress, NodeCalls } from '../src/connection/node-calls.ts';
import { openConnections } from '../src/connection/node-connections.ts';
import { diagnose, type Diagnosis } from '../src/diagnose/diagnose.ts';
import { mergeViews } from '../src/observe/merge-views.ts';
import { createObserver, type Observation, type RoundOptions } from '../src/observe/observe-cluster.ts';
import { countSlotKeys } from '../src/observe/slot-counts.ts';
import { statsFromViews } from '../src/observe/stats-from-views.ts';

const clock = { now: () => Date.now(), monotonic: () => performance.now() };
const clusterId = ClusterId.parse('cl-observed');

afterAll(() => expectNoLeaks());

interface Watch {
  readonly calls: NodeCalls;
  readonly changes: TopologyChange[];
  topology(): Topology;
  observation(): Observation;
  diagnosis(): Diagnosis;
  look(options?: RoundOptions): Promise<Topology>;
  node(real: RealNode): TopologyNode;
}

async function watching(
  seeds: readonly string[],
  settings: ConnectionSettings,
  work: (watch: Watch) => Promise<void>,
): Promise<void> {
  const calls = openConnections({ connectTimeoutMs: 1_000, replyTimeoutMs: 1_000, ...settings });
  const observer = createObserver({ calls, clock, seeds: seeds.map(addressOf) });
  let topology: Topology | null = null;
  let observation: Observation | null = null;
  let diagnosis: Diagnosis | null = null;
  const changes: TopologyChange[] = [];
  const seen = <T>(value: T | null): T => {
    if (value === null) throw new Error('nothing was looked at yet');
    return value;
  };
  const watch: Watch = {
    calls,
    changes,
    topology: () => seen(topology),
    observation: () => seen(observation),
    diagnosis: () => seen(diagnosis),
    async look(options = {}) {
      observation = await observer.round(options);
      const before = topology;
      topology = mergeViews(observation.views, { clusterId, previous: topology, now: clock.now() });
      if (before !== null) changes.push(...diffTopology(before, topology));
      diagnosis = diagnose(topology, { now: clock.now(), previous: diagnosis, strangers: observation.strangers });
      return topology;
    },
    node(real) {
      const found = seen(topology).nodes.find((node) => node.id === real.id);
      if (found === undefined) throw new Error(`port ${real.port} is not in the topology`);
      return found;
    },
  };
  try {
    await work(watch);
  } finally {
    await calls.close();
  }
}

function addressOf(text: string): NodeAddress {
  const address = parseAddress(text);
  if (address === null) throw new Error(`no address: ${text}`);
  return address;
}

function first(nodes: readonly RealNode[]): RealNode {
  const node = nodes[0];
  if (node === undefined) throw new Error('no node');
  return node;
}

const shape: ClusterShape = { server: 'redis-7.0', primaries: 3, replicasPerPrimary: 1, nodeTimeoutMs: 1_000 };
const codes = (watch: Watch): string[] => watch.diagnosis().findings.map((finding) => finding.code);

test.each(serversUnderTest().map((server) => server.name))(
  'a healthy cluster of %s is seen whole from one seed of several',
  async (server) => {
    await withCluster({ ...shape, server }, async (cluster) => {
      const { port } = first(cluster.replicas());
      await cluster.fillKeys({ count: 500, valueBytes: 10 });
      await watching(['127.0.0.1:1', `localhost:${port}`], {}, async (watch) => {
        const topology = await watch.look();
        expect(topology).toMatchObject({ answered: 6, unassigned: [], unreachable: [], disputes: [], open: [] });
        expect(topology.nodes.map((node) => node.health)).toEqual(Array.from({ length: 6 }, () => 'healthy'));
        expect(topology.nodes.map((node) => node.server)).toEqual(
          Array.from({ length: 6 }, () => ({ flavour: cluster.server.flavour, version: cluster.server.version })),
        );
        expect(topology.shards.map((shard) => [shard.index, shard.replicaIds.length])).toEqual([
          [1, 1],
          [2, 1],
          [3, 1],
        ]);
        const before = watch.observation().views;
        await watch.look({ depth: 'map' });
        expect(watch.topology()).toBe(topology);
        await waitUntil('rates of all nodes', async () => {
          await watch.look();
          const stats = statsFromViews(before, watch.observation().views);
          return (
            stats.length === 6 && stats.every((each) => each.commandsPerSecond !== null && each.commandsPerSecond > 0)
          );
        });
        const { counts, problems } = await countSlotKeys(watch.calls, watch.topology(), [[0, SLOT_COUNT - 1]]);
        expect(problems).toEqual([]);
        expect(counts.size).toBe(SLOT_COUNT);
        expect([...counts.values()].reduce((sum, { keys }) => sum + keys, 0)).toBe(500);
      });
    });
  },
);

test('a cluster behind TLS with an ACL user is seen whole', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slotdeck-observe-'));
  try {
    const tls = await makeTlsFiles(folder);
    const rules = 'on >secret -@all +cluster|nodes +cluster|info +info +client|setname +ping';
    await withCluster({ ...shape, replicasPerPrimary: 0, tls, aclUsers: { watcher: rules } }, async (cluster) => {
      const settings = { username: 'watcher', password: 'secret', tls: { ca: readTls(tls).ca } };
      await watching(cluster.seeds.slice(0, 1), settings, async (watch) => {
        expect(await watch.look()).toMatchObject({ answered: 3, unassigned: [], unreachable: [] });
      });
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('a killed primary is seen silent, then failed, then replaced; its shard keeps its name; back it is a replica', async () => {
  await withCluster(shape, async (cluster) => {
    await watching(cluster.seeds, {}, async (watch) => {
      const before = await watch.look();
      const victim = first(cluster.primaries());
      const shard = before.shards.find((each) => each.primaryId === victim.id);
      const heir = shard?.replicaIds[0];
      await victim.kill();
      await waitUntil('the silence to be seen', async () => {
        await watch.look({ depth: 'map' });
        return watch.node(victim).view.state === 'silent';
      });
      expect(watch.node(victim).health).toBe('no-answer');
      expect(countSlots(watch.topology().unreachable)).toBeGreaterThan(5_000);
      await waitUntil('the failover to be seen', async () => {
        const topology = await watch.look({ depth: 'map' });
        return topology.unreachable.length === 0 && topology.disputes.length === 0;
      });
      expect(watch.node(victim).health).toBe('failed');
      expect(codes(watch)).toContain('node-failed');
      const after = watch.topology().shards.find((each) => each.key === shard?.key);
      expect(after).toMatchObject({ index: shard?.index, primaryId: heir, replicaIds: [victim.id] });
      await victim.start();
      await waitUntil('the old primary to be back as a replica', async () => {
        await watch.look();
        return (
          watch.topology().nodes.every((node) => node.health === 'healthy') && watch.node(victim).role === 'replica'
        );
      });
      const kinds = watch.changes
        .filter((change) => 'node' in change && change.node === victim.id)
        .map((change) => change.kind);
      expect(kinds).toContain('health-changed');
      expect(kinds).toContain('role-changed');
      expect(watch.changes.filter((change) => change.kind === 'slots-moved')).toEqual([
        { kind: 'slots-moved', slots: shard?.slots, from: victim.id, to: heir },
      ]);
    });
  });
});

test('a frozen node does not hold up the others, and keeps its last view until its time is over', async () => {
  await withCluster({ ...shape, nodeTimeoutMs: 15_000 }, async (cluster) => {
    await watching(cluster.seeds, { replyTimeoutMs: 1_500 }, async (watch) => {
      await watch.look();
      const frozen = first(cluster.replicas());
      frozen.pause();
      try {
        await watch.look({ depth: 'map', deadlineMs: 100 });
        expect(watch.node(frozen).view.state).toBe('answered');
        const others = watch.observation().views.filter((view) => view.nodeId !== frozen.id);
        expect(others.every((view) => view.state === 'answered')).toBe(true);
        await waitUntil('the silence to be told', async () => {
          await watch.look({ depth: 'map', deadlineMs: 100 });
          return watch.node(frozen).view.state === 'silent';
        });
        expect(watch.node(frozen).view).toMatchObject({ problem: { code: 'timeout' } });
        await waitUntil('the finding', async () => {
          await watch.look({ depth: 'map', deadlineMs: 100 });
          return codes(watch).includes('node-no-answer');
        });
      } finally {
        frozen.resume();
      }
      await waitUntil('the node to be back', async () => {
        await watch.look();
        return watch.node(frozen).health === 'healthy';
      });
    });
  });
});

test('slots left open are seen on each side, and named by how they are open', async () => {
  await withCluster({ ...shape, replicasPerPrimary: 0 }, async (cluster) => {
    const [a, b, c] = cluster.primaries();
    if (a === undefined || b === undefined || c === undefined) throw new Error('three primaries');
    const slot = (await cluster.table(a)).find((row) => row.isMyself)?.slots[0]?.[0] ?? 0;
    await watching(cluster.seeds, {}, async (watch) => {
      await b.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', a.id);
      await a.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', b.id);
      await a.call('CLUSTER', 'SETSLOT', slot + 1, 'MIGRATING', b.id);
      await c.call('CLUSTER', 'SETSLOT', slot + 2, 'IMPORTING', a.id);
      await waitUntil('the three findings', async () => {
        await watch.look({ depth: 'map' });
        return ['slot-open-both-sides', 'slot-migrating-only', 'slot-importing-only'].every((code) =>
          codes(watch).includes(code),
        );
      });
      const slotsOf = (code: string) => watch.diagnosis().findings.find((finding) => finding.code === code)?.slots;
      expect(slotsOf('slot-open-both-sides')).toEqual([[slot, slot]]);
      expect(slotsOf('slot-migrating-only')).toEqual([[slot + 1, slot + 1]]);
      expect(slotsOf('slot-importing-only')).toEqual([[slot + 2, slot + 2]]);
    });
  });
});

test('a slot that changes hands is seen with its new owner', async () => {
  await withCluster({ ...shape, replicasPerPrimary: 0 }, async (cluster) => {
    const [a, b] = cluster.primaries();
    if (a === undefined || b === undefined) throw new Error('two primaries');
    const slot = (await cluster.table(a)).find((row) => row.isMyself)?.slots[0]?.[0] ?? 0;
    await watching(cluster.seeds, {}, async (watch) => {
      await watch.look();
      await b.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', a.id);
      await b.call('CLUSTER', 'SETSLOT', slot, 'NODE', b.id);
      await waitUntil('all to agree on the new owner', async () => {
        const topology = await watch.look({ depth: 'map' });
        return (
          topology.disputes.length === 0 &&
          topology.open.length === 0 &&
          watch.node(b).slots.some(([from]) => from === slot)
        );
      });
      expect(watch.changes).toContainEqual({ kind: 'slots-moved', slots: [[slot, slot]], from: a.id, to: b.id });
    });
  });
});

test('another cluster at a known address is kept out and named', async () => {
  await withCluster({ ...shape, replicasPerPrimary: 0 }, async (ours) => {
    await withCluster({ ...shape, replicasPerPrimary: 0 }, async (theirs) => {
      const seed = first(theirs.nodes);
      await watching(
        [first(ours.nodes), seed].map(({ host, port }) => `${host}:${port}`),
        {},
        async (watch) => {
          const topology = await watch.look();
          expect(new Set<NodeId>(topology.nodes.map((node) => node.id))).toEqual(
            new Set(ours.nodes.map((node) => node.id)),
          );
          expect(watch.observation().strangers).toMatchObject([{ nodeId: seed.id, knownNodes: 3, inPlaceOf: null }]);
          expect(codes(watch)).toContain('other-cluster-at-address');
        },
      );
      // The same address in the place of a member: as when a machine is set up anew under an old address.
      const gone = ours.nodes[2];
      if (gone === undefined) throw new Error('three nodes');
      const natMap = { [`127.0.0.1:${gone.port}`]: `127.0.0.1:${seed.port}` };
      await watching(ours.seeds.slice(0, 1), { natMap }, async (watch) => {
        await watch.look();
        expect(watch.observation().strangers).toMatchObject([{ nodeId: seed.id, inPlaceOf: gone.id }]);
        expect(watch.node(gone)).toMatchObject({ health: 'refuses', view: { state: 'silent' } });
      });
    });
  });
});

test('an added node is followed without a seed of its own, and gone again when it was removed', async () => {
  await withCluster({ ...shape, replicasPerPrimary: 0 }, async (cluster) => {
    await watching(cluster.seeds.slice(0, 1), {}, async (watch) => {
      await watch.look();
      const added = await cluster.addNode();
      await first(cluster.nodes).call('CLUSTER', 'MEET', added.host, added.port, added.busPort);
      await waitUntil('the new node to be known to all', async () => {
        const topology = await watch.look();
        return topology.answered === 4 && topology.nodes.length === 4 && watch.node(added).health === 'healthy';
      });
      expect(watch.topology().shards.map((shard) => shard.index)).toEqual([1, 2, 3, 4]);
      await added.call('CLUSTER', 'RESET', 'SOFT');
      for (const node of cluster.nodes) if (node !== added) await node.call('CLUSTER', 'FORGET', added.id);
      await waitUntil('the removed node to be gone', async () => {
        const topology = await watch.look();
        return topology.nodes.length === 3 && topology.nodes.every((node) => node.health === 'healthy');
      });
      expect(watch.changes.map((change) => change.kind)).toContain('node-vanished');
    });
  });
});

test('when all seeds are down the members known from before lead to the cluster', async () => {
  const cluster: RealCluster = await startCluster({ ...shape, replicasPerPrimary: 0 });
  const calls = openConnections({});
  try {
    const [down, up] = cluster.nodes;
    if (down === undefined || up === undefined) throw new Error('two nodes');
    const known = cluster.nodes.map((node) => ({
      id: NodeId.parse(node.id),
      address: { host: node.host, port: node.port },
    }));
    await down.kill();
    const observer = createObserver({ calls, clock, seeds: [{ host: down.host, port: down.port }], known });
    const { views } = await observer.round();
    expect(views.filter((view) => view.state === 'answered').map((view) => view.nodeId)).toContain(up.id);
    expect(views.find((view) => view.nodeId === down.id)).toMatchObject({
      state: 'silent',
      problem: { code: 'connection-refused' },
    });
    expect(views).toHaveLength(3);
  } finally {
    await calls.close();
    await cluster.shutdown();
  }
});
