/**
 * Makes sure that this machine has a Redis or Valkey server that can form a cluster as the tests and the demo need it (7.0 or later).
 *
 *   node scripts/servers/find-redis.mjs
 */
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { runProgram } from '../run-program.mjs';
import { fetchServers } from './fetch-servers.mjs';
import { findOnPath } from './find-on-path.mjs';
import { canInstallWithApt, installWithApt } from './install-with-apt.mjs';
import { catalog, readServerVersion, serverPath, serversFolder } from './server-catalog.mjs';

const oldestMajor = 7;

/** @returns {Promise<{ server: string, version: string } | null>} the machine's own server before one of the cache. */
export async function findRedis({ folder = serversFolder(), path = process.env.PATH } = {}) {
  const candidates = [
    findOnPath(['redis-server'], path),
    findOnPath(['valkey-server'], path),
    ...catalog.map((server) => serverPath(folder, server)),
  ];
  for (const server of candidates) {
    if (server === null || !existsSync(server)) continue;
    const { code, output } = await runProgram({ command: server, args: ['--version'], output: 'keep' });
    const version = code === 0 ? readServerVersion(output) : null;
    if (version !== null && Number(version.split('.')[0]) >= oldestMajor) return { server, version };
  }
  return null;
}

/** As findRedis, but goes and gets one. Throws with what to install when nothing helps. */
export async function ensureRedisServer({ say = console.log } = {}) {
  const found = await findRedis();
  if (found !== null) return found;
  const tried = [];
  if (canInstallWithApt()) {
    say('Installing redis-server and redis-tools with apt (no service is started)');
    const installed = await installWithApt(['redis-server', 'redis-tools']);
    const now = await findRedis();
    if (now !== null) return now;
    tried.push(
      installed.ok ? 'apt brought a Redis older than 7.0' : `apt-get install failed:\n${installed.output.trim()}`,
    );
  } else {
    tried.push('apt cannot be used here: it needs root on a Debian machine');
  }
  const { missing } = await fetchServers({ again: true, say });
  const fetched = await findRedis();
  if (fetched !== null) return fetched;
  tried.push(...missing.map(({ name, reason }) => `${name} could not be fetched: ${reason}`));
  throw new Error(
    [
      'There is no Redis or Valkey server of version 7.0 or later on this machine.',
      'Install one and put it on PATH, for example:  apt-get install redis-server redis-tools',
      'What was tried:',
      ...tried.map((line) => `  - ${line}`),
    ].join('\n'),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    const { server, version } = await ensureRedisServer();
    console.log(`${server} (${version})`);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
