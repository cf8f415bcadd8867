import { parseArgs } from 'node:util';
import type { NodeAddress } from '@slotdeck/cluster/connection/node-calls';
import { Pace } from '@slotdeck/model/pace';
import type { PlanAsked } from '@slotdeck/model/plan';
import { countSlots } from '@slotdeck/model/slot-ranges';
import { proxyClusterApart } from '@slotdeck/testkit/proxied-cluster';
import { startCluster, type RealCluster, type RealNode } from '@slotdeck/testkit/real-cluster';
import { serverNames } from '@slotdeck/testkit/server-binaries';
import { carryOut } from './stage/carry-out.ts';
import { median } from './stage/median.ts';

/**
 * How long it takes to spread a cluster over twice as many primaries, ours against the servers' own tool: the same slots with the same
 * keys in one run, brought back in between. On loopback and with a delay on every connection, MIGRATE's included.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    server: { type: 'string', default: 'redis-7.0' },
    primaries: { type: 'string', default: '4' },
    replicas: { type: 'string', default: '1' },
    keys: { type: 'string', default: '20' },
    bytes: { type: 'string', default: '100' },
    runs: { type: 'string', default: '3' },
    'delayed-runs': { type: 'string', default: '1' },
    pace: { type: 'string', default: 'fast' },
    'round-trip': { type: 'string', default: '2' },
    network: { type: 'string', default: 'both' },
  },
});

interface Measured {
  readonly network: string;
  readonly oursMs: number[];
  readonly toolMs: number[];
}

const few = Number(values.primaries);
const pace = Pace.parse(values.pace);

async function main(): Promise<void> {
  const server = serverNames.find((each) => each === values.server) ?? 'redis-7.0';
  const cluster = await startCluster({
    server,
    primaries: few * 2,
    replicasPerPrimary: Number(values.replicas),
    nodeTimeoutMs: 15_000,
  });
  try {
    await cluster.fillKeys({
      count: 16_384 * Number(values.keys),
      valueBytes: Number(values.bytes),
      slots: [[0, 16_383]],
    });
    // A primary that gives its last slot would else become a replica of whoever gets it.
    await Promise.all(cluster.nodes.map((node) => node.call('CONFIG', 'SET', 'cluster-allow-replica-migration', 'no')));
    const results: Measured[] = [];
    if (values.network !== 'delayed') results.push(await compare('loopback', cluster, directly, Number(values.runs)));
    if (values.network !== 'loopback') {
      const trip = Number(values['round-trip']);
      // Slots are brought back without delay: that part is not measured.
      const proxies = await proxyClusterApart(cluster, trip / 2);
      const throughProxy = (node: RealNode): NodeAddress => {
        const { host, port } = proxies.proxyOf(node);
        return { host, port };
      };
      try {
        results.push(await compare(`${trip} ms round trip`, cluster, throughProxy, Number(values['delayed-runs'])));
      } finally {
        await proxies.close();
      }
    }
    print(server, results);
  } finally {
    await cluster.shutdown();
  }
}

function directly({ host, port }: RealNode): NodeAddress {
  return { host, port };
}

async function compare(
  network: string,
  cluster: RealCluster,
  addressOf: (node: RealNode) => NodeAddress,
  runs: number,
): Promise<Measured> {
  const seeds = cluster.primaries().map(addressOf);
  const [seed] = seeds;
  if (seed === undefined) throw new Error('the cluster has no primary');
  const measured: Measured = { network, oursMs: [], toolMs: [] };
  const spread: PlanAsked = { kind: 'rebalance', params: { by: 'slots', weights: {}, useEmpty: true, threshold: 2 } };
  for (let run = 0; run < runs; run += 1) {
    await gather(cluster, seeds);
    measured.oursMs.push(await carryOut(spread, seeds, pace));
    await requireEven(cluster);
    await gather(cluster, seeds);
    const start = performance.now();
    const args = ['--cluster', 'rebalance', `${seed.host}:${seed.port}`, '--cluster-use-empty-masters'];
    const { exitCode, stdout } = await cluster.cli(args);
    measured.toolMs.push(performance.now() - start);
    if (exitCode !== 0) throw new Error(`the tool failed: ${stdout.slice(-500)}`);
    await requireEven(cluster);
  }
  return measured;
}

/** All slots on the first half of the primaries. */
async function gather(cluster: RealCluster, seeds: readonly NodeAddress[]): Promise<void> {
  await cluster.waitForAgreement();
  const weights = Object.fromEntries(cluster.primaries().map(({ id }, at) => [id, at < few ? 1 : 0]));
  await carryOut({ kind: 'rebalance', params: { by: 'slots', weights, useEmpty: true, threshold: 0 } }, seeds, 'fast');
  await cluster.waitForAgreement();
}

async function requireEven(cluster: RealCluster): Promise<void> {
  await cluster.waitForAgreement();
  const [first] = cluster.primaries();
  if (first === undefined) throw new Error('the cluster has no primary');
  const sizes = (await cluster.table(first)).map(({ slots }) => countSlots(slots)).filter((size) => size > 0);
  const even = 16_384 / (few * 2);
  if (sizes.length !== few * 2 || sizes.some((size) => Math.abs(size - even) > even * 0.03))
    throw new Error(`not spread evenly: ${sizes.join(' ')}`);
}

function print(server: string, results: readonly Measured[]): void {
  const rows = results.map(({ network, oursMs, toolMs }) => ({
    network,
    oursMs: Math.round(median(oursMs)),
    toolMs: Math.round(median(toolMs)),
    ratio: Math.round((10 * median(toolMs)) / median(oursMs)) / 10,
    runs: { ours: oursMs.map(Math.round), tool: toolMs.map(Math.round) },
  }));
  const what = {
    server,
    from: few,
    to: few * 2,
    keysPerSlot: Number(values.keys),
    valueBytes: Number(values.bytes),
    pace,
  };
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ bench: 'rebalance', ...what, results: rows })}\n`);
    return;
  }
  process.stdout.write(
    `${server}: ${what.from} to ${what.to} primaries, ${what.keysPerSlot} keys of ${what.valueBytes} bytes per slot, pace ${pace}\n`,
  );
  for (const row of rows) {
    process.stdout.write(
      `${row.network.padEnd(18)} ours ${row.oursMs} ms · redis-cli --cluster rebalance ${row.toolMs} ms · ${row.ratio} times as fast\n`,
    );
  }
}

await main();
