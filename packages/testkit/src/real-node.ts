import { readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { releasePort, reservePort } from './free-ports.ts';
import { openConnection, type CommandArgs, type NodeConnection } from './node-connection.ts';
import { textOf, type RespValue } from './resp.ts';
import type { ServerBinary } from './server-binaries.ts';
import { createServerProcess, ServerDidNotStart } from './server-process.ts';
import type { TlsFiles } from './tls-files.ts';

export type NodeSettings = {
  readonly binary: ServerBinary;
  readonly nodeTimeoutMs: number;
  readonly persistence: 'none' | 'aof';
  readonly requireFullCoverage: boolean;
  readonly password: string | undefined;
  /** Name → rules as in an ACL file, for instance `{ ops: 'on >secret ~* &* +@all' }`. */
  readonly aclUsers: Readonly<Record<string, string>>;
  readonly tls: TlsFiles | undefined;
  /** Further lines of the configuration; they win over ours. */
  readonly config: Readonly<Record<string, string>>;
};

export type RealNode = {
  /** CLUSTER MYID at the start; a CLUSTER RESET HARD in a test makes it stale until the cluster's `refreshIds`. */
  readonly id: string;
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly busPort: number;
  readonly dir: string;
  readonly logFile: string;
  /** Null while the process is down. */
  readonly pid: number | null;
  /** A paused node is running. */
  readonly isRunning: boolean;
  readonly isPaused: boolean;
  /** As last seen by the cluster's `waitForAgreement` or `refreshRoles`; both look again. */
  readonly role: 'primary' | 'replica';
  /** SIGKILL. Resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM: the server closes in order. */
  stop(): Promise<void>;
  /** SIGSTOP: connections stay open and nothing answers. */
  pause(): void;
  resume(): void;
  /** Starts the process again on the same folder and port. Does not wait for the cluster. */
  start(): Promise<void>;
  /** The reply in RESP2 shapes; error replies are thrown as `RespError`. */
  call(...args: CommandArgs): Promise<RespValue>;
  pipeline(commands: readonly CommandArgs[]): Promise<RespValue[]>;
};

export type StartedNode = {
  readonly node: RealNode;
  setRole(role: RealNode['role']): void;
  setId(id: string): void;
  /** Ends the process, closes the connection and gives the ports back. */
  discard(): Promise<void>;
};

/** Starts one empty node in a new folder below `parent`. When another program takes its port first, it tries another port. */
export async function startNode(parent: string, settings: NodeSettings): Promise<StartedNode> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await reservePort();
    const busPort = await reservePort();
    try {
      return await startOnPorts(join(parent, String(port)), port, busPort, settings);
    } catch (error) {
      releasePort(port);
      releasePort(busPort);
      if (!(error instanceof ServerDidNotStart) || error.code !== 'port-taken' || attempt >= 10) throw error;
    }
  }
}

async function startOnPorts(dir: string, port: number, busPort: number, settings: NodeSettings): Promise<StartedNode> {
  await mkdir(dir, { recursive: true });
  const configFile = join(dir, 'server.conf');
  const logFile = join(dir, 'server.log');
  await writeFile(configFile, renderConfig({ dir, logFile, port, busPort, settings }));
  const connection = openConnection({
    host: '127.0.0.1',
    port,
    password: settings.password,
    tls: settings.tls === undefined ? undefined : readTls(settings.tls),
  });
  const process = createServerProcess({ binary: settings.binary, configFile, logFile, dir, port, connection });
  try {
    await process.start();
    // A server of its own, for tests that need one beside a cluster, has no id.
    const id = settings.config['cluster-enabled'] === 'no' ? '' : textOf(await connection.call('CLUSTER', 'MYID'));
    return wrapNode({ id, port, busPort, dir, logFile, connection, process });
  } catch (error) {
    connection.close();
    await process.end('SIGKILL');
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
}

type NodeParts = Pick<RealNode, 'id' | 'port' | 'busPort' | 'dir' | 'logFile'> & {
  readonly connection: NodeConnection;
  readonly process: ReturnType<typeof createServerProcess>;
};

function wrapNode({ connection, process, id: firstId, ...facts }: NodeParts): StartedNode {
  let id = firstId;
  let role: RealNode['role'] = 'primary';
  const node: RealNode = {
    ...facts,
    host: '127.0.0.1',
    get id() {
      return id;
    },
    get pid() {
      return process.pid;
    },
    get isRunning() {
      return process.isRunning;
    },
    get isPaused() {
      return process.isPaused;
    },
    get role() {
      return role;
    },
    kill: () => process.end('SIGKILL'),
    stop: () => process.end('SIGTERM'),
    pause: () => process.signal('SIGSTOP'),
    resume: () => process.signal('SIGCONT'),
    start: () => process.start(),
    call: (...args) => connection.call(...args),
    pipeline: (commands) => connection.pipeline(commands),
  };
  return {
    node,
    setRole: (next) => {
      role = next;
    },
    setId: (next) => {
      id = next;
    },
    async discard() {
      connection.close();
      await process.end('SIGKILL');
      releasePort(facts.port);
      releasePort(facts.busPort);
    },
  };
}

/** What `openConnection` needs, read from files. */
export function readTls(files: TlsFiles): { ca: string; cert: string; key: string } {
  const read = (path: string): string => readFileSync(path, 'utf8');
  return { ca: read(files.caCert), cert: read(files.clientCert), key: read(files.clientKey) };
}

type ConfigFacts = { dir: string; logFile: string; port: number; busPort: number; settings: NodeSettings };

function renderConfig({ dir, logFile, port, busPort, settings }: ConfigFacts): string {
  const { tls, password } = settings;
  const lines: Record<string, string> = {
    bind: '127.0.0.1',
    'protected-mode': 'no',
    'cluster-enabled': 'yes',
    'cluster-config-file': 'nodes.conf',
    'cluster-port': String(busPort),
    'cluster-node-timeout': String(settings.nodeTimeoutMs),
    'cluster-require-full-coverage': settings.requireFullCoverage ? 'yes' : 'no',
    dir,
    logfile: logFile,
    loglevel: 'notice',
    save: '""',
    appendonly: settings.persistence === 'aof' ? 'yes' : 'no',
    'enable-debug-command': 'yes',
    // The default of 5 seconds waits for more replicas to join one transfer; here it would only be 5 seconds.
    'repl-diskless-sync-delay': '0',
    ...(tls === undefined ? { port: String(port) } : renderTls(port, tls)),
    ...(password === undefined ? {} : { requirepass: quote(password), masterauth: quote(password) }),
    ...settings.config,
  };
  const users = Object.entries(settings.aclUsers).map(([name, rules]) => `user ${name} ${rules}`);
  return `${[...Object.entries(lines).map(([name, value]) => `${name} ${value}`), ...users].join('\n')}\n`;
}

/** The servers read quoted words with the escapes of JSON strings. */
function quote(word: string): string {
  return JSON.stringify(word);
}

function renderTls(port: number, tls: TlsFiles): Record<string, string> {
  return {
    port: '0',
    'tls-port': String(port),
    'tls-cluster': 'yes',
    'tls-replication': 'yes',
    'tls-auth-clients': 'optional',
    'tls-ca-cert-file': tls.caCert,
    'tls-cert-file': tls.serverCert,
    'tls-key-file': tls.serverKey,
  };
}
