import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The servers that tests run on besides the machine's own, and the Debian suite that carries each. `libraries` come from the suite `base`:
 * a server brings its own C library, so it runs on a machine that is older or newer than it.
 *
 * @typedef {{ name: string, flavour: 'redis' | 'valkey', suite: string, base: string, libraries: readonly string[] }} CatalogServer
 */

const everySuite = [
  'libc6',
  'libgcc-s1',
  'libstdc++6',
  'libatomic1',
  'libjemalloc2',
  'liblzf1',
  'libsystemd0',
  'libcap2',
  'libzstd1',
  'zlib1g',
];
const sinceTrixie = [...everySuite, 'libssl3t64'];
const bookworm = [...everySuite, 'libssl3', 'libgcrypt20', 'libgpg-error0', 'liblz4-1', 'liblzma5'];

/** @type {readonly CatalogServer[]} */
export const catalog = [
  { name: 'valkey-9.1', flavour: 'valkey', suite: 'forky', base: 'forky', libraries: sinceTrixie },
  { name: 'redis-8.6', flavour: 'redis', suite: 'experimental', base: 'forky', libraries: sinceTrixie },
  { name: 'redis-8.0', flavour: 'redis', suite: 'trixie', base: 'trixie', libraries: sinceTrixie },
  { name: 'valkey-8.0', flavour: 'valkey', suite: 'bookworm-backports', base: 'bookworm', libraries: bookworm },
];

/** The same folder that the test kit looks in. */
export function serversFolder(env = process.env) {
  return env.SLOTDECK_SERVERS ?? join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'slotdeck', 'servers');
}

/** @param {string} folder @param {CatalogServer} server */
export function serverPath(folder, server) {
  return join(folder, server.name, 'bin', `${server.flavour}-server`);
}

/** @param {string} folder */
export function missingServers(folder) {
  return catalog.filter((server) => !existsSync(serverPath(folder, server)));
}

/** "Redis server v=7.0.15 sha=…" and "Valkey server v=9.1.2 sha=…" → "7.0.15", "9.1.2"; null when the text says neither. */
export function readServerVersion(text) {
  return /\bv=(\d+\.\d+\.\d+)/.exec(text)?.[1] ?? null;
}
