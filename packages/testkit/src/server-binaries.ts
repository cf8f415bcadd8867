import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

export const serverNames = ['redis-7.0', 'redis-8.0', 'redis-8.6', 'valkey-8.0', 'valkey-9.1'] as const;

export type ServerName = (typeof serverNames)[number];
export type ServerFlavour = 'redis' | 'valkey';

export type ServerBinary = {
  readonly name: ServerName;
  readonly flavour: ServerFlavour;
  /** As the binary says it, for instance `7.0.15`. */
  readonly version: string;
  /** Paths of the two programs. The server may be a script that replaces itself by the real program, so its pid stays. */
  readonly server: string;
  readonly cli: string;
};

/** Where `scripts/servers/fetch-servers.mjs` puts the servers that the machine does not bring itself. */
export function serversFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env['SLOTDECK_SERVERS'] ?? join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'slotdeck', 'servers');
}

const found = new Map<string, ServerBinary | null>();

/** The server of that name in the servers folder or, when its version fits, on PATH; null when this machine has none. */
export function findServer(name: ServerName): ServerBinary | null {
  const key = `${serversFolder()}\0${name}`;
  const known = found.get(key);
  if (known !== undefined) return known;
  const flavour: ServerFlavour = name.startsWith('valkey') ? 'valkey' : 'redis';
  const candidates = [join(serversFolder(), name, 'bin'), ...(process.env['PATH'] ?? '').split(delimiter)];
  const binary = candidates.map((folder) => readBinary(name, flavour, folder)).find((each) => each !== null) ?? null;
  found.set(key, binary);
  return binary;
}

/** Every server this machine can start, in the order of `serverNames`. */
export function availableServers(): ServerBinary[] {
  return serverNames.map(findServer).filter((server) => server !== null);
}

/**
 * The servers that tests run on: those named in SLOTDECK_TEST_SERVERS (comma list), else all that are available.
 * A named server that is missing is an error: a test that was asked for must not be skipped in silence.
 */
export function serversUnderTest(): ServerBinary[] {
  const wanted = process.env['SLOTDECK_TEST_SERVERS'];
  if (wanted === undefined || wanted.trim() === '') return availableServers();
  return wanted.split(',').map((part) => {
    const name = serverNames.find((each) => each === part.trim());
    if (name === undefined)
      throw new Error(`SLOTDECK_TEST_SERVERS names "${part}"; known are ${serverNames.join(', ')}`);
    return requireServer(name);
  });
}

/** As `findServer`, but a missing server is an error that says how to get it. */
export function requireServer(name: ServerName): ServerBinary {
  const server = findServer(name);
  if (server === null) {
    throw new Error(
      `${name} is neither in ${serversFolder()} nor on PATH; node scripts/servers/fetch-servers.mjs brings it`,
    );
  }
  return server;
}

function readBinary(name: ServerName, flavour: ServerFlavour, folder: string): ServerBinary | null {
  const server = join(folder, `${flavour}-server`);
  const cli = join(folder, `${flavour}-cli`);
  if (!isExecutable(server) || !isExecutable(cli)) return null;
  const version = readVersion(execFileSync(server, ['--version'], { encoding: 'utf8', timeout: 10_000 }));
  if (version === null || !version.startsWith(`${name.slice(flavour.length + 1)}.`)) return null;
  return { name, flavour, version, server, cli };
}

/** "Redis server v=7.0.15 sha=…" and "Valkey server v=9.1.2 sha=…" alike. */
function readVersion(line: string): string | null {
  return /\bv=(\d+\.\d+\.\d+)/.exec(line)?.[1] ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch (error) {
    // Absent or not ours to run: either way it is not a candidate; anything else is a broken machine.
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'EACCES' || code === 'ENOTDIR') return false;
    throw error;
  }
}
