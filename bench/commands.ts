import { Readable } from 'node:stream';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startDelayProxy, type DelayProxy } from '@slotdeck/testkit/delay-proxy';
import { proxyCluster } from '@slotdeck/testkit/proxied-cluster';
import { startCluster, type RealCluster, type RealNode } from '@slotdeck/testkit/real-cluster';
import { serverNames, type ServerName } from '@slotdeck/testkit/server-binaries';
import { run } from '../apps/cli/src/run.ts';

/**
 * Commands of the command line against the server's own tool, one after the other in one run, on loopback and with a delay on every
 * connection between clients and nodes. Ours is timed twice: the command itself, in a process that has carried it out before, as the
 * server and whoever uses the library have it, and the whole process with the start of Node. The tool is timed from start to exit.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    server: { type: 'string', default: 'redis-7.0' },
    nodes: { type: 'string', default: '30' },
    keys: { type: 'string', default: '500000' },
    runs: { type: 'string', default: '3' },
    'round-trip': { type: 'string', default: '2' },
    only: { type: 'string', default: 'check,info,call,create,import' },
  },
});

interface Row {
  readonly command: string;
  readonly network: string;
  readonly commandMs: number[];
  readonly processMs: number[];
  readonly toolMs: number[];
}

const main = fileURLToPath(new URL('../apps/cli/dist/bundle/slotdeck.js', import.meta.url));
const state = mkdtempSync(join(tmpdir(), 'slotdeck-bench-'));
const only = new Set(values.only.split(','));

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function ours(argv: readonly string[]): Promise<void> {
  let told = '';
  const status = await run({
    argv,
    env: { SLOTDECK_STATE: state },
    out: (text) => {
      told += text;
    },
    err: (text) => {
      told += text;
    },
    readLine: async () => '',
    stdin: () => Readable.from([]),
    onInterrupt: () => () => undefined,
  });
  if (status !== 0) throw new Error(`${argv.slice(0, 4).join(' ')} ended with ${status}: ${told.slice(-500)}`);
}

function oursAsProcess(argv: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [main, ...argv],
      { env: { ...process.env, SLOTDECK_STATE: state, REDISCLI_AUTH: '' }, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout) => {
        if (error === null) resolve();
        else reject(new Error(stdout.slice(-500), { cause: error }));
      },
    );
  });
}

async function tool(cluster: RealCluster, argv: readonly string[]): Promise<void> {
  const { exitCode, stdout } = await cluster.cli(argv);
  if (exitCode !== 0) throw new Error(`the tool failed: ${stdout.slice(-500)}`);
}

/** Each of the three in turn, as often as asked; `before` brings everything back to where it was. */
async function compare(
  command: string,
  network: string,
  cluster: RealCluster,
  argv: readonly string[],
  before: () => Promise<void>,
): Promise<Row> {
  const row: Row = { command, network, commandMs: [], processMs: [], toolMs: [] };
  // As in a process that lives longer than one command: the first run of a program in Node is spent on translating it.
  if (!command.startsWith('import')) await ours(argv);
  for (let turn = 0; turn < Number(values.runs); turn += 1) {
    await before();
    row.commandMs.push(await timed(() => ours(argv)));
    await before();
    row.processMs.push(await timed(() => oursAsProcess(argv)));
    await before();
    row.toolMs.push(await timed(() => tool(cluster, argv)));
  }
  return row;
}

async function compareAll(
  network: string,
  cluster: RealCluster,
  addressOf: (node: RealNode) => string,
): Promise<Row[]> {
  const [first] = cluster.nodes;
  if (first === undefined) throw new Error('a cluster without nodes');
  const rows: Row[] = [];
  const nothing = async (): Promise<void> => undefined;
  for (const command of ['check', 'info'].filter((each) => only.has(each))) {
    rows.push(await compare(command, network, cluster, ['--cluster', command, addressOf(first)], nothing));
  }
  if (only.has('call')) {
    const argv = ['--cluster', 'call', addressOf(first), 'DBSIZE'];
    rows.push(await compare('call', network, cluster, argv, nothing));
  }
  return rows;
}

/** Nodes that were never anything else, each time: what a reset leaves behind would be part of what is timed. */
async function measureCreate(server: ServerName, network: string, oneWayMs: number): Promise<Row> {
  const row: Row = { command: 'create', network, commandMs: [], processMs: [], toolMs: [] };
  const once = async (work: (cluster: RealCluster, argv: readonly string[]) => Promise<void>): Promise<number> => {
    const cluster = await startCluster({
      server,
      primaries: 0,
      emptyNodes: Number(values.nodes),
      nodeTimeoutMs: 15_000,
    });
    const proxies: DelayProxy[] = [];
    try {
      const addresses = await Promise.all(
        cluster.nodes.map(async (node) => {
          if (oneWayMs === 0) return `${node.host}:${node.port}`;
          const proxy = await startDelayProxy({ target: { host: node.host, port: node.port }, delayMs: oneWayMs });
          proxies.push(proxy);
          await node.call('CONFIG', 'SET', 'cluster-announce-port', proxy.port);
          return `${proxy.host}:${proxy.port}`;
        }),
      );
      const argv = ['--cluster', 'create', ...addresses, '--cluster-replicas', '1', '--cluster-yes'];
      return await timed(() => work(cluster, argv));
    } finally {
      await Promise.all(proxies.map((proxy) => proxy.close()));
      await cluster.shutdown();
    }
  };
  for (let turn = 0; turn < Number(values.runs); turn += 1) {
    row.commandMs.push(await once((_, argv) => ours(argv)));
    row.processMs.push(await once((_, argv) => oursAsProcess(argv)));
    row.toolMs.push(await once((cluster, argv) => tool(cluster, argv)));
  }
  return row;
}

async function measureCluster(server: ServerName): Promise<Row[]> {
  if (!['check', 'info', 'call'].some((each) => only.has(each))) return [];
  const primaries = Math.floor(Number(values.nodes) / 2);
  const cluster = await startCluster({ server, primaries, replicasPerPrimary: 1, nodeTimeoutMs: 5_000 });
  try {
    const direct = ({ host, port }: RealNode): string => `${host}:${port}`;
    const rows = await compareAll('loopback', cluster, direct);
    const trip = Number(values['round-trip']);
    const proxies = await proxyCluster(cluster, trip / 2);
    try {
      rows.push(...(await compareAll(`${trip} ms round trip`, cluster, (node) => direct(proxyNode(proxies, node)))));
    } finally {
      await proxies.close();
    }
    return rows;
  } finally {
    await cluster.shutdown();
  }
}

function proxyNode(proxies: Awaited<ReturnType<typeof proxyCluster>>, node: RealNode): RealNode {
  const { port } = proxies.proxyOf(node);
  return { ...node, host: node.host, port };
}

async function measureImport(server: ServerName): Promise<Row[]> {
  if (!only.has('import')) return [];
  const cluster = await startCluster({ server, primaries: 3, replicasPerPrimary: 0, nodeTimeoutMs: 15_000 });
  const outside = await startCluster({ server, primaries: 0, emptyNodes: 1, config: { 'cluster-enabled': 'no' } });
  try {
    const [source] = outside.nodes;
    if (source === undefined) throw new Error('no source');
    const fill = async (): Promise<void> => {
      await Promise.all([...cluster.nodes, source].map((node) => node.call('FLUSHALL')));
      await source.call('DEBUG', 'POPULATE', values.keys, 'key', '100');
    };
    const argv = [
      '--cluster',
      'import',
      cluster.seeds[0] ?? '',
      '--cluster-from',
      `${source.host}:${source.port}`,
      '--cluster-copy',
    ];
    return [await compare(`import of ${values.keys} keys`, 'loopback', cluster, argv, fill)];
  } finally {
    await cluster.shutdown();
    await outside.shutdown();
  }
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

const server = serverNames.find((each) => each === values.server) ?? 'redis-7.0';
try {
  const trip = Number(values['round-trip']);
  const created = only.has('create')
    ? [await measureCreate(server, 'loopback', 0), await measureCreate(server, `${trip} ms round trip`, trip / 2)]
    : [];
  const rows = [...(await measureCluster(server)), ...created, ...(await measureImport(server))].map((row) => {
    const [command, whole, theirs] = [row.commandMs, row.processMs, row.toolMs].map(median);
    const ratio = (own: number | undefined): number => Math.round((10 * (theirs ?? 0)) / (own ?? 1)) / 10;
    return {
      command: row.command,
      network: row.network,
      commandMs: Math.round(command ?? 0),
      processMs: Math.round(whole ?? 0),
      toolMs: Math.round(theirs ?? 0),
      ratio: ratio(command),
      ratioOfProcess: ratio(whole),
    };
  });
  if (values.json)
    process.stdout.write(
      `${JSON.stringify({ bench: 'commands', server, nodes: Number(values.nodes), results: rows })}\n`,
    );
  else {
    process.stdout.write(`${server}, ${values.nodes} nodes, median of ${values.runs}\n`);
    for (const row of rows) {
      process.stdout.write(
        `${row.command.padEnd(24)} ${row.network.padEnd(18)} ours ${row.commandMs} ms (as a process ${row.processMs} ms) · tool ${row.toolMs} ms · ${row.ratio} times as fast (${row.ratioOfProcess})\n`,
      );
    }
  }
} finally {
  rmSync(state, { recursive: true, force: true });
}
