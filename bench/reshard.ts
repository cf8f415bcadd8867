import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { NodeAddress } from '@slotdeck/cluster/connection/node-calls';
import { Pace } from '@slotdeck/model/pace';
import { SlotDriver } from '@slotdeck/model/plan';
import { countSlots, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { tagOfSlot } from '@slotdeck/testkit/fill-keys';
import type { LatencySummary } from '@slotdeck/testkit/latency-histogram';
import { proxyClusterApart } from '@slotdeck/testkit/proxied-cluster';
import { startCluster, type RealCluster, type RealNode } from '@slotdeck/testkit/real-cluster';
import { serverNames } from '@slotdeck/testkit/server-binaries';
import { startWaitProbe, type WaitProbe } from '@slotdeck/testkit/wait-probe';
import { moveOnce } from './stage/move-once.ts';
import { median } from './stage/median.ts';

/**
 * How long a reshard takes, ours against the servers' own tool with its defaults: the same slots with the same keys, back and
 * forth between the same two primaries in one run, on loopback and with a delay on every connection between clients and nodes,
 * MIGRATE's included. Ours is timed from the first look to the last verification; the tool from start to exit. Meanwhile clients of
 * both nodes, in a process of their own, measure what they wait for GET and SET.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    server: { type: 'string', default: 'redis-7.0' },
    slots: { type: 'string', default: '2000' },
    keys: { type: 'string', default: '60' },
    bytes: { type: 'string', default: '100' },
    runs: { type: 'string', default: '5' },
    pace: { type: 'string', default: 'fast' },
    driver: { type: 'string', default: 'classic' },
    'tool-pipeline': { type: 'string' },
    'round-trip': { type: 'string', default: '2' },
    network: { type: 'string', default: 'both' },
  },
});

interface Measured {
  readonly network: string;
  readonly oursMs: number[];
  readonly toolMs: number[];
  /** What clients waited, milliseconds, each run. */
  readonly oursWaits: LatencySummary[];
  readonly toolWaits: LatencySummary[];
  /** While nobody moves anything. */
  readonly quietWaits: LatencySummary;
}

interface Stage {
  readonly cluster: RealCluster;
  /** Where clients find the nodes. */
  readonly addressOf: (node: RealNode) => NodeAddress;
  readonly count: number;
}

async function main(): Promise<void> {
  const server = serverNames.find((each) => each === values.server) ?? 'redis-7.0';
  const count = Number(values.slots);
  const cluster = await startCluster({ server, primaries: 3, replicasPerPrimary: 1, nodeTimeoutMs: 15_000 });
  try {
    const slots: SlotRanges = [[0, count - 1]];
    await cluster.fillKeys({ count: count * Number(values.keys), valueBytes: Number(values.bytes), slots });
    const results: Measured[] = [];
    if (values.network !== 'delayed') {
      results.push(await compare('loopback', { cluster, addressOf: ({ host, port }) => ({ host, port }), count }));
    }
    if (values.network !== 'loopback') {
      const trip = Number(values['round-trip']);
      const proxies = await proxyClusterApart(cluster, trip / 2);
      try {
        const addressOf = (node: RealNode): NodeAddress => {
          const { host, port } = proxies.proxyOf(node);
          return { host, port };
        };
        results.push(await compare(`${trip} ms round trip`, { cluster, addressOf, count }));
      } finally {
        await proxies.close();
      }
    }
    print(server, results);
  } finally {
    await cluster.shutdown();
  }
}

/** Ours there, the tool back, as often as asked: what one run finds in memory and caches the other finds too. */
async function compare(network: string, stage: Stage): Promise<Measured> {
  const [a, b] = stage.cluster.primaries();
  if (a === undefined || b === undefined) throw new Error('the cluster has fewer than two primaries');
  // Their own slots, none of which moves: what is measured is how long the nodes keep clients waiting, not redirects.
  const probed = [a, b].map((node, at) => {
    const slot = at === 0 ? 5_000 : 10_000;
    return { ...stage.addressOf(node), key: `{${tagOfSlot(slot)}}probe` };
  });
  const probe = await startWaitProbe({ nodes: probed });
  try {
    await setTimeout(500);
    await probe.report();
    await setTimeout(1_000);
    const quiet = await probe.report();
    const measured: Measured = {
      network,
      oursMs: [],
      toolMs: [],
      oursWaits: [],
      toolWaits: [],
      quietWaits: quiet.waits,
    };
    for (let run = 0; run < Number(values.runs); run += 1) {
      await probe.report();
      measured.oursMs.push(await timeOurs(a, b, stage));
      measured.oursWaits.push(await waitsOf(probe));
      await stage.cluster.waitForAgreement();
      await probe.report();
      measured.toolMs.push(await timeTool(b, a, stage));
      measured.toolWaits.push(await waitsOf(probe));
      await stage.cluster.waitForAgreement();
    }
    return measured;
  } finally {
    await probe.close();
  }
}

async function waitsOf(probe: WaitProbe): Promise<LatencySummary> {
  const { waits, errors } = await probe.report();
  if (Object.keys(errors).length > 0) throw new Error(`clients met errors: ${JSON.stringify(errors)}`);
  return waits;
}

async function timeOurs(from: RealNode, to: RealNode, { cluster, addressOf, count }: Stage): Promise<number> {
  const { ms } = await moveOnce({
    cluster,
    addressOf,
    move: { from, to, slots: `0-${count - 1}` },
    pace: () => Pace.parse(values.pace),
    driver: SlotDriver.parse(values.driver),
  });
  return ms;
}

async function timeTool(from: RealNode, to: RealNode, { cluster, addressOf, count }: Stage): Promise<number> {
  const { host, port } = addressOf(from);
  const start = performance.now();
  const { exitCode, stdout } = await cluster.cli([
    '--cluster',
    'reshard',
    `${host}:${port}`,
    '--cluster-from',
    from.id,
    '--cluster-to',
    to.id,
    '--cluster-slots',
    String(count),
    '--cluster-yes',
    ...(values['tool-pipeline'] === undefined ? [] : ['--cluster-pipeline', values['tool-pipeline']]),
  ]);
  const ms = performance.now() - start;
  // The tool takes the lowest slots of its source, which are the ones that came with us; it may fail with exit status 0.
  const owned = (await cluster.table(to)).find((row) => row.id === to.id)?.slots ?? [];
  if (exitCode !== 0 || countSlots(owned) < count || owned[0]?.[0] !== 0)
    throw new Error(`the tool failed: ${stdout.slice(-500)}`);
  return ms;
}

function print(server: string, results: readonly Measured[]): void {
  const rows = results.map(({ network, oursMs, toolMs, oursWaits, toolWaits, quietWaits }) => ({
    network,
    clientP99Ms: {
      ours: round2(median(oursWaits.map((each) => each.p99))),
      tool: round2(median(toolWaits.map((each) => each.p99))),
      quiet: round2(quietWaits.p99),
    },
    clientP999Ms: {
      ours: round2(median(oursWaits.map((each) => each.p999))),
      tool: round2(median(toolWaits.map((each) => each.p999))),
      quiet: round2(quietWaits.p999),
    },
    oursMs: Math.round(median(oursMs)),
    toolMs: Math.round(median(toolMs)),
    ratio: Math.round((10 * median(toolMs)) / median(oursMs)) / 10,
    runs: { ours: oursMs.map(Math.round), tool: toolMs.map(Math.round) },
  }));
  const what = {
    server,
    slots: Number(values.slots),
    keysPerSlot: Number(values.keys),
    valueBytes: Number(values.bytes),
    pace: values.pace,
    toolPipeline: Number(values['tool-pipeline'] ?? 10),
    driver: values.driver,
  };
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ bench: 'reshard', ...what, results: rows })}\n`);
    return;
  }
  process.stdout.write(
    `${server}: ${what.slots} slots with ${what.keysPerSlot} keys of ${what.valueBytes} bytes, pace ${what.pace}, driver ${what.driver}, median of ${values.runs}\n`,
  );
  for (const row of rows) {
    process.stdout.write(
      `${row.network.padEnd(18)} ours ${row.oursMs} ms · redis-cli --cluster reshard ${row.toolMs} ms · ${row.ratio} times as fast\n`,
    );
    for (const [name, { ours, tool, quiet }] of [
      ['p99', row.clientP99Ms] as const,
      ['p99.9', row.clientP999Ms] as const,
    ])
      process.stdout.write(`  clients' ${name}: ${ours} ms with ours, ${tool} ms with the tool, ${quiet} ms at rest\n`);
  }
}

function round2(ms: number): number {
  return Math.round(ms * 100) / 100;
}

await main();
