import { execFile, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { superviseFolder } from './child-supervisor.ts';
import { describeOwnership, readClusterTable, type TableRow } from './cluster-table.ts';
import { fillKeys, type FillOptions } from './fill-keys.ts';
import { formCluster } from './form-cluster.ts';
import type { CommandArgs, ConnectionTarget } from './node-connection.ts';
import { readTls, startNode, type NodeSettings, type RealNode, type StartedNode } from './real-node.ts';
import { isList, textOf, type RespValue } from './resp.ts';
import { requireServer, serversUnderTest, type ServerBinary, type ServerName } from './server-binaries.ts';
import type { TlsFiles } from './tls-files.ts';
import { waitUntil } from './wait-until.ts';

export type { RealNode } from './real-node.ts';

export type ClusterShape = {
  /** Default: the first of `serversUnderTest()`. */
  readonly server?: ServerName;
  /** Default 3. With 0 the nodes are started and left alone, for tests that form a cluster themselves. */
  readonly primaries?: number;
  /** Default 1. */
  readonly replicasPerPrimary?: number;
  /** Nodes that are started but neither met nor given slots. Default 0. */
  readonly emptyNodes?: number;
  /** `cluster-node-timeout`. Default 2000. */
  readonly nodeTimeoutMs?: number;
  /** Default 'none': no snapshot, no append-only file. */
  readonly persistence?: 'none' | 'aof';
  /** Default true, as the servers have it. */
  readonly requireFullCoverage?: boolean;
  /** Of the default user; replication uses it too. */
  readonly password?: string;
  /** Name → rules as in an ACL file. */
  readonly aclUsers?: Readonly<Record<string, string>>;
  readonly tls?: TlsFiles;
  /** Further configuration lines for every node. */
  readonly config?: Readonly<Record<string, string>>;
};

export type CliResult = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

export type CliInput = { readonly input?: string; readonly answers?: readonly string[] };

export type RealCluster = {
  readonly server: ServerBinary;
  /** Primaries first, then replicas, as the cluster was formed; added nodes at the end. */
  readonly nodes: readonly RealNode[];
  /** By the roles seen last: see `refreshRoles`. */
  primaries(): RealNode[];
  replicas(): RealNode[];
  readonly seeds: string[];
  /** What a client must show: the default user's password, and the authority and client certificate of a TLS cluster. */
  readonly access: Pick<ConnectionTarget, 'password' | 'tls'>;
  nodeById(id: string): RealNode;
  /** An empty node that knows nobody. */
  addNode(): Promise<RealNode>;
  call(node: RealNode | string, ...args: CommandArgs): Promise<RespValue>;
  /** What one node says of the whole cluster. */
  table(node: RealNode | string): Promise<TableRow[]>;
  /**
   * The server's own command line tool, aimed at the first running node. Does not throw on a failure exit. `answers` are typed one at a
   * time, each when the tool has asked for something: it loses what it finds on standard input beyond the first line.
   */
  cli(args: readonly string[], options?: CliInput): Promise<CliResult>;
  /** Returns the names of the keys written. */
  fillKeys(options: FillOptions): Promise<string[]>;
  /**
   * Waits until all members that run and are not paused (a member is a node that another one knows) say cluster_state:ok, tell the same owners, roles and epochs,
   * have no slot open, and each replica's link to its primary is up.
   */
  waitForAgreement(timeoutMs?: number): Promise<void>;
  /** Asks every node that can answer for its role now. */
  refreshRoles(): Promise<void>;
  /** Asks every node that runs for its id: a hard reset gives it a new one. */
  refreshIds(): Promise<void>;
  shutdown(): Promise<void>;
};

/** Starts a real cluster on free ports of 127.0.0.1; when anything fails on the way, what was started is ended. */
export async function startCluster(shape: ClusterShape = {}): Promise<RealCluster> {
  const settings = settingsOf(shape);
  const folder = await mkdtemp(join(tmpdir(), 'slotdeck-cluster-'));
  superviseFolder(folder);
  const started: StartedNode[] = [];
  const cluster = wrapCluster(folder, settings, started);
  const primaries = shape.primaries ?? 3;
  const replicas = primaries * (shape.replicasPerPrimary ?? 1);
  const empty = shape.emptyNodes ?? 0;
  try {
    const starts = await Promise.allSettled(
      Array.from({ length: primaries + replicas + empty }, () => startNode(folder, settings)),
    );
    for (const start of starts) if (start.status === 'fulfilled') started.push(start.value);
    for (const start of starts) if (start.status === 'rejected') throw start.reason;
    if (primaries > 0) {
      await formCluster(cluster.nodes.slice(0, primaries + replicas), primaries);
      await cluster.waitForAgreement(60_000);
    }
    return cluster;
  } catch (error) {
    await cluster.shutdown();
    throw error;
  }
}

/** Runs `work` with a cluster and ends the cluster whatever happens. */
export async function withCluster<T>(shape: ClusterShape, work: (cluster: RealCluster) => Promise<T>): Promise<T> {
  const cluster = await startCluster(shape);
  try {
    return await work(cluster);
  } finally {
    await cluster.shutdown();
  }
}

function settingsOf(shape: ClusterShape): NodeSettings {
  const binary = shape.server === undefined ? serversUnderTest()[0] : requireServer(shape.server);
  if (binary === undefined)
    throw new Error('no Redis or Valkey server on this machine; node scripts/servers/find-redis.mjs brings one');
  return {
    binary,
    nodeTimeoutMs: shape.nodeTimeoutMs ?? 2_000,
    persistence: shape.persistence ?? 'none',
    requireFullCoverage: shape.requireFullCoverage ?? true,
    password: shape.password,
    aclUsers: shape.aclUsers ?? {},
    tls: shape.tls,
    config: shape.config ?? {},
  };
}

function wrapCluster(folder: string, settings: NodeSettings, started: StartedNode[]): RealCluster {
  const nodes = (): RealNode[] => started.map((each) => each.node);
  const resolve = (node: RealNode | string): RealNode => (typeof node === 'string' ? nodeById(node) : node);

  function nodeById(id: string): RealNode {
    const node = nodes().find((each) => each.id === id);
    if (node === undefined) throw new Error(`the cluster has no node ${id}`);
    return node;
  }

  /** Those that can be asked: neither down nor paused. */
  function answering(): RealNode[] {
    return nodes().filter((node) => node.isRunning && !node.isPaused);
  }

  function firstRunning(): RealNode {
    const [node] = answering();
    if (node === undefined) throw new Error('no node is running');
    return node;
  }

  async function table(node: RealNode | string): Promise<TableRow[]> {
    return readClusterTable(textOf(await resolve(node).call('CLUSTER', 'NODES')));
  }

  async function refreshRoles(): Promise<void> {
    await Promise.all(
      started
        .filter((each) => each.node.isRunning && !each.node.isPaused)
        .map(async (each) => {
          const role = await each.node.call('ROLE');
          each.setRole(isList(role) && role[0] === 'master' ? 'primary' : 'replica');
        }),
    );
  }

  async function findDisagreement(): Promise<string | null> {
    const views = await Promise.all(answering().map(async (node) => ({ node, rows: await table(node) })));
    const members = views.filter(({ node }) =>
      views.some((view) => view.node !== node && view.rows.some((row) => row.id === node.id)),
    );
    const judged = members.length === 0 ? views.slice(0, 1) : members;
    const first = judged[0];
    if (first === undefined) return 'no node is running';
    for (const { node, rows } of judged) {
      const where = `port ${node.port}`;
      const missing = judged.find((other) => !rows.some((row) => row.id === other.node.id));
      if (missing !== undefined) return `${where} does not know port ${missing.node.port}`;
      const odd = rows.find(
        (row) => row.openSlots.length > 0 || row.health === 'handshake' || row.health === 'suspected',
      );
      if (odd !== undefined) return `${where}: port ${odd.port} is ${odd.health}, open slots ${odd.openSlots.length}`;
      if (describeOwnership(rows) !== describeOwnership(first.rows)) {
        return `${where} and port ${first.node.port} differ:\n${describeOwnership(rows)}\n--\n${describeOwnership(first.rows)}`;
      }
      const info = textOf(await node.call('CLUSTER', 'INFO'));
      if (!info.includes('cluster_state:ok')) return `${where}: ${/cluster_state:\w+/.exec(info)?.[0] ?? 'no state'}`;
      const role = await node.call('ROLE');
      if (isList(role) && role[0] === 'slave' && role[3] !== 'connected')
        return `${where}: replica link ${JSON.stringify(role[3])}`;
    }
    return null;
  }

  return {
    server: settings.binary,
    get nodes() {
      return nodes();
    },
    primaries: () => nodes().filter((node) => node.role === 'primary'),
    replicas: () => nodes().filter((node) => node.role === 'replica'),
    get seeds() {
      return nodes().map((node) => `${node.host}:${node.port}`);
    },
    access: {
      password: settings.password,
      tls: settings.tls === undefined ? undefined : readTls(settings.tls),
    },
    nodeById,
    table,
    refreshRoles,
    async refreshIds() {
      const running = started.filter(({ node }) => node.isRunning && !node.isPaused);
      await Promise.all(running.map(async (each) => each.setId(textOf(await each.node.call('CLUSTER', 'MYID')))));
    },
    async addNode() {
      const added = await startNode(folder, settings);
      started.push(added);
      return added.node;
    },
    call: async (node, ...args) => resolve(node).call(...args),
    cli: (args, options = {}) => runCli(settings, firstRunning(), args, options),
    async fillKeys(options) {
      const owners = new Map<number, RealNode>();
      for (const row of await table(firstRunning())) {
        for (const [from, to] of row.slots)
          for (let slot = from; slot <= to; slot += 1) owners.set(slot, nodeById(row.id));
      }
      return fillKeys(options, (slot) => {
        const owner = owners.get(slot);
        if (owner === undefined) throw new Error(`slot ${slot} has no owner`);
        return owner;
      });
    },
    async waitForAgreement(timeoutMs = 30_000) {
      let last: string | null = null;
      try {
        await waitUntil('all nodes to agree', async () => (last = await findDisagreement()) === null, {
          timeoutMs,
          everyMs: 50,
        });
      } catch (error) {
        throw new Error(`the nodes do not agree after ${timeoutMs} ms: ${last}`, { cause: error });
      }
      await refreshRoles();
    },
    async shutdown() {
      await Promise.all(started.map((each) => each.discard()));
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function runCli(
  settings: NodeSettings,
  node: RealNode,
  args: readonly string[],
  { input, answers }: CliInput,
): Promise<CliResult> {
  const { tls, password, binary } = settings;
  const tlsArgs =
    tls === undefined ? [] : ['--tls', '--cacert', tls.caCert, '--cert', tls.clientCert, '--key', tls.clientKey];
  // The environment, not `-a`: an argument makes the tool print a warning and shows the password to every user of the machine.
  const env = password === undefined ? process.env : { ...process.env, REDISCLI_AUTH: password };
  return new Promise((resolve, reject) => {
    const child = execFile(
      binary.cli,
      ['-h', node.host, '-p', String(node.port), ...tlsArgs, ...args],
      { env, maxBuffer: 256 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const exitCode = child.exitCode;
        if (exitCode === null)
          reject(new Error(`${binary.cli} was ended by ${child.signalCode ?? 'nobody'}`, { cause: error }));
        else resolve({ exitCode, stdout, stderr });
      },
    );
    child.stdin?.on('error', (error: NodeJS.ErrnoException) => {
      // The tool may end before it has read anything; what it made of that is in its exit code.
      if (error.code !== 'EPIPE') reject(error);
    });
    if (answers === undefined) child.stdin?.end(input ?? '');
    else answerQuestions(child, answers);
  });
}

/** Types the next answer whenever what was printed last is a question; after the last one nothing more is to be read. */
function answerQuestions({ stdin, stdout }: ChildProcess, answers: readonly string[]): void {
  const waiting = [...answers];
  let asked = '';
  stdout?.on('data', (text: unknown) => {
    asked += String(text);
    if (!/[?:)] $/.test(asked)) return;
    asked = '';
    const next = waiting.shift();
    if (next === undefined) stdin?.end();
    else stdin?.write(`${next}\n`);
  });
}
