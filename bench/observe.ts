import { parseArgs } from 'node:util';
import type { ClusterId } from '@slotdeck/model/ids';
import { ServerMessage } from '@slotdeck/contract/stream';
import { startCluster, type RealCluster, type RealNode } from '@slotdeck/testkit/real-cluster';
import { textOf } from '@slotdeck/testkit/resp';
import { serverNames, type ServerName } from '@slotdeck/testkit/server-binaries';
import { signIn, startServer } from '../apps/server/test/server-process.ts';
import { openViewer, type StreamViewer } from '../apps/server/test/stream-viewer.ts';
import { makeTempFolder } from '../apps/server/test/temp-folder.ts';

/**
 * How soon a change is at a page, and what watching costs the cluster.
 *
 * Delay: from the moment a node knows of a change (seen by asking that node in a tight loop, so the figure is at most one look
 * too small) to the moment the message that shows it has arrived at a websocket client. Changes at rest come after the
 * observer has gone back to its slow beat; changes in a row come while it still looks more often. Failovers are asked for and
 * forced by SIGKILL in turns. At last one replica hangs (SIGSTOP) while slots move at rest: it must not hold up what the others say.
 * Cost: commands per second as the nodes count them (INFO commandstats), with no viewer and with many.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    server: { type: 'string', default: 'redis-7.0' },
    rest: { type: 'string', default: '12' },
    row: { type: 'string', default: '20' },
    failovers: { type: 'string', default: '6' },
    hung: { type: 'string', default: '5' },
    viewers: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '15' },
  },
});

/** The observer looks faster for five seconds after a change; a change at rest waits longer than that, and not in step with it. */
const REST_MS = 5_500;

interface Delays {
  count: number;
  medianMs: number;
  p99Ms: number;
  worstMs: number;
}

async function main(): Promise<void> {
  const name: ServerName = serverNames.find((each) => each === values.server) ?? 'redis-7.0';
  const cluster = await startCluster({ server: name, primaries: 3, replicasPerPrimary: 1, nodeTimeoutMs: 2_000 });
  const folder = makeTempFolder();
  const server = startServer({ folder: folder.path, env: { SLOTDECK_LOG: 'warn' } });
  const viewers: StreamViewer[] = [];
  try {
    const base = await server.ready();
    const { call, cookie } = await signIn(base);
    const { id } = await call('addCluster', { body: { name: 'bench', seeds: cluster.seeds.slice(0, 2) } });
    const watch = [{ name: 'clusters' }, { name: 'cluster', id }] as const;
    const viewer = await openViewer({ base, cookie, watch });
    await viewer.next('cluster-snapshot');

    const atRest = await measureMoves(cluster, viewer, Number(values.rest), () => REST_MS + Math.random() * 1_000);
    const inARow = await measureMoves(cluster, viewer, Number(values.row), () => 200 + Math.random() * 800);
    const failovers = await measureFailovers(cluster, viewer, Number(values.failovers));
    const withHungNode = await measureBesideHungNode(cluster, viewer, Number(values.hung));
    await viewer.close();

    // The observer must be back at its slow beat before it is counted.
    await pause(REST_MS + 1_000);
    const alone = await commandsPerSecond(cluster, Number(values.seconds));
    for (let at = 0; at < Number(values.viewers); at += 1) viewers.push(await openViewer({ base, cookie, watch }));
    await Promise.all(viewers.map((each) => each.next('cluster-snapshot')));
    await pause(REST_MS + 1_000);
    const crowded = await commandsPerSecond(cluster, Number(values.seconds));

    const all = [...atRest, ...inARow, ...failovers, ...withHungNode];
    report({
      server: name,
      clusterId: id,
      delays: {
        atRest: summarise(atRest),
        inARow: summarise(inARow),
        failovers: summarise(failovers),
        withHungNode: summarise(withHungNode),
        all: summarise(all),
      },
      commandsPerSecond: {
        withoutViewers: alone,
        withViewers: crowded,
        viewers: viewers.length,
        ratio: crowded / alone,
      },
    });
  } finally {
    await Promise.all(viewers.map((each) => each.close()));
    server.signal('SIGTERM');
    await server.ended;
    folder.remove();
    await cluster.shutdown();
  }
}

/** Hands an empty slot from one primary to another and back, the way a reshard ends: the new owner learns of it first. */
async function measureMoves(
  cluster: RealCluster,
  viewer: StreamViewer,
  count: number,
  pauseMs: () => number,
): Promise<number[]> {
  const delays: number[] = [];
  const [a, b] = cluster.primaries();
  if (a === undefined || b === undefined) throw new Error('two primaries are needed');
  const slot = await ownSlot(cluster, a);
  let [owner, next] = [a, b];
  for (let at = 0; at < count; at += 1) {
    await pause(pauseMs());
    const arrival = whenShown(viewer, (message) => showsSlotAt(message, next.id, slot));
    await next.call('CLUSTER', 'SETSLOT', String(slot), 'IMPORTING', owner.id);
    await owner.call('CLUSTER', 'BUMPEPOCH');
    await pause(50);
    const known = whenKnown(next, (table) => new RegExp(`myself,.*\\b${slot}\\b(?!-<-)`).test(table));
    await next.call('CLUSTER', 'SETSLOT', String(slot), 'NODE', next.id);
    const knownAt = await known;
    await owner.call('CLUSTER', 'SETSLOT', String(slot), 'NODE', next.id);
    delays.push(Math.max(0, (await arrival) - knownAt));
    [owner, next] = [next, owner];
  }
  return delays;
}

async function measureFailovers(cluster: RealCluster, viewer: StreamViewer, count: number): Promise<number[]> {
  const delays: number[] = [];
  for (let at = 0; at < count; at += 1) {
    await cluster.waitForAgreement();
    await pause(REST_MS + Math.random() * 1_000);
    const replica = cluster.replicas()[at % 3];
    const primary = replica === undefined ? undefined : await primaryOf(cluster, replica);
    if (replica === undefined || primary === undefined) throw new Error('a replica with its primary is needed');
    const arrival = whenShown(viewer, (message) => showsRole(message, replica.id, 'primary'));
    const known = whenKnown(replica, (table) => /myself,master/.test(table));
    if (at % 2 === 0) await replica.call('CLUSTER', 'FAILOVER');
    else await primary.kill();
    const [shown, knownAt] = await Promise.all([arrival, known]);
    delays.push(Math.max(0, shown - knownAt));
    await primary.start();
  }
  return delays;
}

async function primaryOf(cluster: RealCluster, replica: RealNode): Promise<RealNode | undefined> {
  const row = (await cluster.table(replica)).find((each) => each.id === replica.id);
  return cluster.nodes.find((node) => node.id === row?.primaryId);
}

async function measureBesideHungNode(cluster: RealCluster, viewer: StreamViewer, count: number): Promise<number[]> {
  await cluster.waitForAgreement();
  const [replica] = cluster.replicas();
  if (replica === undefined) throw new Error('a replica is needed');
  replica.pause();
  try {
    return await measureMoves(cluster, viewer, count, () => REST_MS + Math.random() * 1_000);
  } finally {
    replica.resume();
    await cluster.waitForAgreement();
  }
}

async function ownSlot(cluster: RealCluster, node: RealNode): Promise<number> {
  const row = (await cluster.table(node)).find((each) => each.id === node.id);
  const slot = row?.slots[0]?.[0];
  if (slot === undefined) throw new Error('the node owns no slot');
  return slot;
}

/** Asks one node without rest until it says so. */
async function whenKnown(node: RealNode, isSo: (table: string) => boolean): Promise<number> {
  for (;;) {
    if (isSo(textOf(await node.call('CLUSTER', 'NODES')))) return performance.now();
  }
}

function whenShown(viewer: StreamViewer, shows: (message: ServerMessage) => boolean): Promise<number> {
  return new Promise((resolve) => {
    viewer.onText((text) => {
      const arrived = performance.now();
      if (shows(ServerMessage.parse(JSON.parse(text)))) resolve(arrived);
    });
  });
}

function nodesIn(message: ServerMessage) {
  if (message.type === 'cluster-delta') return message.topology?.nodes ?? [];
  return message.type === 'cluster-snapshot' ? (message.live.topology?.nodes ?? []) : [];
}

function showsSlotAt(message: ServerMessage, id: string, slot: number): boolean {
  return nodesIn(message).some((node) => node.id === id && node.slots.some(([from, to]) => slot >= from && slot <= to));
}

function showsRole(message: ServerMessage, id: string, role: string): boolean {
  return nodesIn(message).some((node) => node.id === id && node.role === role);
}

/** What the nodes counted over the time; the two questions of this function itself are taken off. */
async function commandsPerSecond(cluster: RealCluster, seconds: number): Promise<number> {
  const before = await countCommands(cluster);
  const begun = performance.now();
  await pause(seconds * 1_000);
  const after = await countCommands(cluster);
  return (after - before - cluster.nodes.length) / ((performance.now() - begun) / 1_000);
}

async function countCommands(cluster: RealCluster): Promise<number> {
  const counts = await Promise.all(
    cluster.nodes.map(async (node) => {
      const info = textOf(await node.call('INFO', 'commandstats'));
      return (
        [...info.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)]
          // Replication speaks by itself and has nothing to do with who watches.
          .filter(([, command]) => command !== 'replconf' && command !== 'ping' && command !== 'psync')
          .reduce((sum, [, , calls]) => sum + Number(calls), 0)
      );
    }),
  );
  return counts.reduce((a, b) => a + b, 0);
}

function summarise(delays: readonly number[]): Delays {
  const sorted = delays.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { count: sorted.length, medianMs: at(0.5), p99Ms: at(0.99), worstMs: sorted.at(-1) ?? 0 };
}

interface Report {
  server: ServerName;
  clusterId: ClusterId;
  delays: Record<'atRest' | 'inARow' | 'failovers' | 'withHungNode' | 'all', Delays>;
  commandsPerSecond: { withoutViewers: number; withViewers: number; viewers: number; ratio: number };
}

function report({ server, delays, commandsPerSecond: cost }: Report): void {
  if (values.json) {
    console.log(JSON.stringify({ bench: 'observe', server, delays, commandsPerSecond: cost }));
    return;
  }
  const ms = (value: number): string => `${value.toFixed(0).padStart(5)} ms`;
  console.log(`A change is at the page after (${server}, 3 primaries, 3 replicas):`);
  for (const [name, each] of Object.entries(delays)) {
    console.log(
      `  ${name.padEnd(12)} ${String(each.count).padStart(3)} changes  median ${ms(each.medianMs)}  p99 ${ms(each.p99Ms)}  worst ${ms(each.worstMs)}`,
    );
  }
  console.log('Commands per second to the cluster:');
  console.log(
    `  without viewers ${cost.withoutViewers.toFixed(1)}, with ${cost.viewers} viewers ${cost.withViewers.toFixed(1)} (ratio ${cost.ratio.toFixed(3)})`,
  );
}

/** A measurement needs time to pass; nothing is waited for here. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

await main();
