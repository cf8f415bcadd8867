/**
 * Brings the servers of server-catalog.mjs into the cache folder without root and without touching the machine: an apt with a state
 * of its own, in a temporary folder, downloads the packages from the archive the machine uses already, and they are unpacked, not installed.
 *
 *   node scripts/servers/fetch-servers.mjs [--again]
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runProgram } from '../run-program.mjs';
import { findDebianArchive } from './apt-sources.mjs';
import { catalog, missingServers, readServerVersion, serversFolder } from './server-catalog.mjs';

/** A machine that could not get a server this morning is not asked again by every test run of the day. */
const retryAfterMs = 24 * 60 * 60 * 1000;

/**
 * @param {{ folder?: string, again?: boolean, say?: (line: string) => void }} [options] `again` tries also what failed within the last day.
 * @returns {Promise<{ present: string[], missing: { name: string, reason: string }[] }>} Never throws for a server that cannot be had.
 */
export async function fetchServers({ folder = serversFolder(), again = false, say = console.log } = {}) {
  const wanted = missingServers(folder);
  const remembered = again ? null : readLastTry(folder);
  const missing = wanted.length === 0 ? [] : (remembered ?? (await fetchAll(folder, wanted, say)));
  const names = new Set(missingServers(folder).map((server) => server.name));
  return {
    present: catalog.filter((server) => !names.has(server.name)).map((server) => server.name),
    missing: missing.filter((each) => names.has(each.name)),
  };
}

async function fetchAll(folder, servers, say) {
  const allFor = (reason) => servers.map(({ name }) => ({ name, reason }));
  const archive = process.platform === 'linux' ? findDebianArchive() : null;
  if (archive === null) return allFor('this machine has no Debian package source to take it from');
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, '.fetch-'));
  try {
    say(`Fetching ${servers.map((server) => server.name).join(', ')} for the tests (once; into ${folder})`);
    const apt = await preparePrivateApt(work, archive, servers);
    if (!apt.ok) return remember(folder, allFor(apt.reason));
    const failures = [];
    for (const server of servers) {
      const reason = await fetchOne({ server, folder, work, apt });
      if (reason !== null) failures.push({ name: server.name, reason });
    }
    return remember(folder, failures);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function preparePrivateApt(work, archive, servers) {
  const architecture = await runProgram({ command: 'dpkg', args: ['--print-architecture'], output: 'keep' });
  if (architecture.code !== 0) return { ok: false, reason: 'dpkg does not work here' };
  const state = join(work, 'apt');
  for (const part of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(state, part), { recursive: true });
  const suites = new Set(servers.flatMap((server) => [server.suite, server.base]));
  const keys = existsSync(archive.keyring) ? ` signed-by=${archive.keyring}` : '';
  const options = `arch=${architecture.output.trim()}${keys}`;
  writeFileSync(
    join(state, 'sources.list'),
    [...suites].map((suite) => `deb [${options}] ${archive.uri} ${suite} main\n`).join(''),
  );
  writeFileSync(
    join(state, 'apt.conf'),
    [
      `Dir::Etc::SourceList "${join(state, 'sources.list')}";`,
      'Dir::Etc::SourceParts "/dev/null";',
      `Dir::State::Lists "${join(state, 'lists')}";`,
      `Dir::Cache "${join(state, 'cache')}";`,
      // These two would be rebuilt for a handful of look-ups.
      'Dir::Cache::pkgcache "";',
      'Dir::Cache::srcpkgcache "";',
      'Acquire::Languages "none";',
      'Acquire::Retries "1";',
      'Acquire::http::Timeout "20";',
      // Otherwise apt, as root, gives up its rights and cannot write here.
      'APT::Sandbox::User "";',
      '',
    ].join('\n'),
  );
  const env = { APT_CONFIG: join(state, 'apt.conf'), DEBIAN_FRONTEND: 'noninteractive' };
  const update = await runProgram({ command: 'apt-get', args: ['-qq', 'update'], output: 'keep', env });
  // apt calls an update without any network a success, with warnings.
  const hasLists = readdirSync(join(state, 'lists')).some((name) => name.includes('_Packages'));
  if (update.code === 0 && hasLists) return { ok: true, env };
  return { ok: false, reason: `the package lists cannot be read: ${tellingLine(update.output)}` };
}

/** @returns {Promise<string | null>} why it failed, or null. */
async function fetchOne({ server, folder, work, apt }) {
  const home = join(work, server.name);
  const debs = join(home, 'deb');
  const packages = [
    ...[`${server.flavour}-server`, `${server.flavour}-tools`].map((name) => `${name}/${server.suite}`),
    ...server.libraries.map((name) => `${name}/${server.base}`),
  ];
  mkdirSync(debs, { recursive: true });
  const script = 'cd "$0" && exec apt-get -qq download "$@"';
  const download = await runProgram({
    command: 'sh',
    args: ['-c', script, debs, ...packages],
    output: 'keep',
    env: apt.env,
  });
  if (download.code !== 0) return tellingLine(download.output);
  for (const file of readdirSync(debs)) {
    const unpack = await runProgram({
      command: 'dpkg-deb',
      args: ['-x', join(debs, file), join(home, 'root')],
      output: 'keep',
    });
    if (unpack.code !== 0) return tellingLine(unpack.output);
  }
  rmSync(debs, { recursive: true });
  const loader = findLoader(join(home, 'root'));
  if (loader === null) return 'the packages bring no loader';
  mkdirSync(join(home, 'bin'));
  for (const tool of ['server', 'cli', 'benchmark']) writeLauncher(home, loader, `${server.flavour}-${tool}`);
  const said = await runProgram({
    command: join(home, 'bin', `${server.flavour}-server`),
    args: ['--version'],
    output: 'keep',
  });
  const version = readServerVersion(said.output);
  if (version === null) return `it does not start: ${tellingLine(said.output)}`;
  if (`${server.flavour}-${version}`.startsWith(`${server.name}.`)) return moveInto(home, join(folder, server.name));
  return `Debian ${server.suite} carries ${server.flavour} ${version} by now`;
}

/** Where the suite's C library put its loader: { path, libraries }, both relative to the unpacked root. */
function findLoader(root) {
  for (const base of ['usr/lib', 'lib']) {
    if (!existsSync(join(root, base))) continue;
    for (const triplet of readdirSync(join(root, base))) {
      if (!triplet.endsWith('-linux-gnu')) continue;
      const name = readdirSync(join(root, base, triplet)).find((each) => /^ld-linux.*\.so\.\d+$/.test(each));
      if (name !== undefined) return { path: `${base}/${triplet}/${name}`, triplet };
    }
  }
  return null;
}

/** The shell replaces itself, so the pid that a test started is the server's. */
function writeLauncher(home, loader, program) {
  const file = join(home, 'bin', program);
  writeFileSync(
    file,
    [
      '#!/bin/sh',
      'root=${0%/*}/../root',
      `libraries=$root/usr/lib/${loader.triplet}:$root/lib/${loader.triplet}`,
      `exec "$root/${loader.path}" --library-path "$libraries" --argv0 ${program} "$root/usr/bin/${program}" "$@"`,
      '',
    ].join('\n'),
  );
  chmodSync(file, 0o755);
}

/** In one step, so that nobody finds half a server. When another run was faster, its result is as good. */
function moveInto(from, to) {
  try {
    renameSync(from, to);
  } catch (error) {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  }
  return null;
}

function lastTryFile(folder) {
  return join(folder, '.last-try.json');
}

function remember(folder, missing) {
  writeFileSync(lastTryFile(folder), JSON.stringify({ at: Date.now(), missing }));
  return missing;
}

function readLastTry(folder) {
  if (!existsSync(lastTryFile(folder))) return null;
  const { at, missing } = JSON.parse(readFileSync(lastTryFile(folder), 'utf8'));
  // A server that has vanished since then was not among the failures: try it.
  const covers = missingServers(folder).every((server) => missing.some((each) => each.name === server.name));
  return covers && Date.now() - at < retryAfterMs ? missing : null;
}

/** apt ends with a summary; the reason stands in the first error or warning before it. */
function tellingLine(text) {
  const lines = text.trim().split('\n');
  return lines.find((line) => /^[EW]: /.test(line)) ?? lines.at(-1) ?? '';
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { present, missing } = await fetchServers({ again: process.argv.includes('--again') });
  for (const name of present) console.log(`${name} is here`);
  for (const { name, reason } of missing) console.log(`${name} is missing: ${reason}`);
  process.exitCode = missing.length === 0 ? 0 : 1;
}
