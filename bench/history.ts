import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ClusterId, NodeId } from '@slotdeck/model/ids';
import type { Topology, TopologyNode } from '@slotdeck/model/topology';
import { changeEvents } from '../apps/server/src/clusters/change-events.ts';
import { openStore } from '../apps/server/src/store/open-store.ts';
import { systemClock } from '../apps/server/src/system-clock.ts';
import { seededRandom } from '../soak/seeded-random.ts';

/**
 * What a month of a busy cluster takes in the store, and how long it takes to ask for any of its hours: 100 nodes, a change every 20 seconds
 * on average (suspicions, failovers, moved slots), written as the observer writes them.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    nodes: { type: 'string', default: '100' },
    days: { type: 'string', default: '30' },
    every: { type: 'string', default: '20' },
    queries: { type: 'string', default: '500' },
  },
});
const HOUR_MS = 3_600_000;
const random = seededRandom(1);
const folder = mkdtempSync(join(tmpdir(), 'slotdeck-bench-history-'));
const cluster = ClusterId.parse('cl-bench');
const count = Number(values.nodes);
const idOf = (i: number): NodeId => NodeId.parse(i.toString(16).padStart(40, '0'));

function nodeAt(i: number): TopologyNode {
  const shards = count / 2;
  const isPrimary = i < shards;
  const share = Math.floor(16_384 / shards);
  const from = i * share;
  return {
    id: idOf(i),
    name: `10.0.${Math.floor(i / 16)}.${i % 16}:6379`,
    host: `10.0.${Math.floor(i / 16)}.${i % 16}`,
    port: 6379,
    busPort: 16_379,
    hostname: null,
    zone: `zone-${i % 3}`,
    role: isPrimary ? 'primary' : 'replica',
    primaryId: isPrimary ? null : idOf(i - shards),
    configEpoch: (i % shards) + 1,
    flags: [isPrimary ? 'master' : 'slave'],
    health: 'healthy',
    suspectedBy: [],
    failedBy: [],
    unlinkedFrom: [],
    unknownTo: [],
    view: { state: 'answered', clusterState: 'ok', currentEpoch: shards },
    server: { flavour: 'redis', version: '7.0.15' },
    replication: isPrimary ? null : { link: 'up', syncing: false, loading: false },
    slots: isPrimary ? [[from, i === shards - 1 ? 16_383 : from + share - 1]] : [],
  };
}

function start(): Topology {
  const nodes = Array.from({ length: count }, (_, i) => nodeAt(i));
  return {
    clusterId: cluster,
    version: 1,
    since: 0,
    nodes,
    shards: nodes
      .filter(({ role }) => role === 'primary')
      .map(({ id, slots }, i) => ({
        key: `s${i}`,
        index: i + 1,
        primaryId: id,
        replicaIds: [idOf(i + count / 2)],
        slots,
      })),
    unassigned: [],
    unreachable: [],
    open: [],
    disputes: [],
    disagreements: [],
    currentEpoch: count / 2,
    answered: count,
  };
}

/** A suspicion that comes or goes, or a failover of a shard. */
function next(topology: Topology): Topology {
  const version = topology.version + 1;
  const at = Math.floor(random.next() * count);
  if (random.next() < 0.8) {
    const nodes = topology.nodes.map((node, i): TopologyNode => {
      if (i !== at) return node;
      const isWell = node.health === 'healthy';
      return { ...node, health: isWell ? 'suspected' : 'healthy', suspectedBy: isWell ? [idOf((i + 1) % count)] : [] };
    });
    return { ...topology, version, nodes };
  }
  const replica = topology.nodes[at];
  const primary = topology.nodes.find(({ id }) => id === replica?.primaryId);
  if (replica === undefined || primary === undefined) return { ...topology, version, currentEpoch: version };
  const epoch = (topology.currentEpoch ?? 0) + 1;
  const nodes = topology.nodes.map((node): TopologyNode => {
    if (node.id === replica.id)
      return { ...node, role: 'primary', primaryId: null, slots: primary.slots, configEpoch: epoch, flags: ['master'] };
    if (node.id === primary.id)
      return { ...node, role: 'replica', primaryId: replica.id, slots: [], configEpoch: epoch, flags: ['slave'] };
    return node;
  });
  const shards = topology.shards.map((shard) =>
    shard.primaryId === primary.id ? { ...shard, primaryId: replica.id, replicaIds: [primary.id] } : shard,
  );
  return { ...topology, version, nodes, shards, currentEpoch: epoch };
}

const middle = (times: number[], share: number): number =>
  Number((times.sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0).toFixed(1));

try {
  const store = await openStore(folder, systemClock);
  const end = Date.now();
  const begin = end - Number(values.days) * 24 * HOUR_MS;
  let topology = start();
  let changes = 0;
  store.topologies.record(cluster, topology, begin);
  const step = Number(values.every) * 2_000;
  for (let at = begin; at < end;) {
    // Many in one commit: how fast the disk is, is not what is measured.
    store.together(() => {
      for (let i = 0; i < 500 && at < end; i += 1) {
        at += Math.ceil(random.next() * step);
        const before = topology;
        topology = next(before);
        store.topologies.record(cluster, topology, at);
        store.events.append(cluster, changeEvents(before, topology, at, []));
        changes += 1;
      }
    });
  }
  store.events.trim(cluster, begin);
  const [topologies, hours]: [number[], number[]] = [[], []];
  for (let i = 0; i < Number(values.queries); i += 1) {
    const at = Math.floor(random.between(begin, end));
    const first = performance.now();
    store.topologies.at(cluster, at);
    topologies.push(performance.now() - first);
    const second = performance.now();
    store.events.list(cluster, { from: at, to: at + HOUR_MS, limit: 1_000 });
    hours.push(performance.now() - second);
  }
  store.close();
  const told = {
    nodes: count,
    days: Number(values.days),
    changes,
    megabytes: Math.round(statSync(join(folder, 'slotdeck.db')).size / 1e6),
    topologyAtMs: { p50: middle(topologies, 0.5), p99: middle(topologies, 0.99) },
    eventsOfAnHourMs: { p50: middle(hours, 0.5), p99: middle(hours, 0.99) },
  };
  if (values.json) console.log(JSON.stringify(told));
  else
    console.log(
      `${told.changes} changes of ${told.nodes} nodes in ${told.days} days: ${told.megabytes} MB; the topology of a moment in ${told.topologyAtMs.p50} ms (p99 ${told.topologyAtMs.p99}), the events of an hour in ${told.eventsOfAnHourMs.p50} ms (p99 ${told.eventsOfAnHourMs.p99})`,
    );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
