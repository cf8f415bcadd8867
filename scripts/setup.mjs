/**
 * Brings what a bare clone lacks. Every other script begins here, so this file uses nothing but Node.
 *
 *   node scripts/setup.mjs      all of it: packages, Redis, the other servers of the tests, Chromium
 *
 * Each `ensure…` is quick when there is nothing to do. When one cannot be met, it says what is missing and what to install, and ends
 * the process: no script can go on without it.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, runProgram } from './run-program.mjs';
import { fetchServers } from './servers/fetch-servers.mjs';
import { ensureChromiumBrowser } from './servers/find-chromium.mjs';
import { ensureRedisServer } from './servers/find-redis.mjs';

const oldestNode = [20, 19];
const stampFile = join(root, 'node_modules', '.slotdeck-installed');

/** The workspace's packages, exactly as the lockfile has them. */
export function ensureInstalled() {
  return orExplain(async () => {
    checkNode();
    const wanted = hashOfManifests();
    if (readStamp() === wanted && isComplete()) return;
    const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    console.log(`Installing packages with ${packageManager}`);
    const args = ['--yes', packageManager, 'install', '--frozen-lockfile'];
    const env = { npm_config_update_notifier: 'false', npm_config_fund: 'false', CI: 'true' };
    const { code, output, seconds } = await runProgram({ command: 'npx', args, output: 'keep', env });
    if (code !== 0) {
      const advice = 'Packages come from the npm registry that this machine is set up for: npm config get registry';
      throw new Error(`The packages could not be installed (npx ${args.join(' ')}):\n${output.trimEnd()}\n\n${advice}`);
    }
    mkdirSync(join(root, 'node_modules'), { recursive: true });
    writeFileSync(stampFile, wanted);
    console.log(`Packages installed (${seconds.toFixed(0)} s)`);
  });
}

/** A Redis or Valkey server of version 7.0 or later; returns its path and version. */
export function ensureRedis() {
  return orExplain(() => ensureRedisServer());
}

/** The further servers that tests run on. Without them those tests are skipped, so a missing one is said and is no error. */
export function ensureServers() {
  return orExplain(async () => {
    const result = await fetchServers();
    for (const { name, reason } of result.missing) console.log(`Tests will not run on ${name}: ${reason}`);
    return result;
  });
}

/** A Chromium for the browser tests; SLOTDECK_CHROMIUM names it for every program started from here. */
export function ensureChromium() {
  return orExplain(async () => {
    const chromium = await ensureChromiumBrowser();
    process.env.SLOTDECK_CHROMIUM = chromium;
    return chromium;
  });
}

async function orExplain(work) {
  try {
    return await work();
  } catch (error) {
    console.error(`\n${error.message}`);
    process.exit(1);
  }
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  throw new Error(
    `Slotdeck needs Node ${oldestNode.join('.')} or later; this is ${process.versions.node} (${process.execPath})`,
  );
}

/** Everything that decides what an install brings. */
function hashOfManifests() {
  const hash = createHash('sha256');
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', '.npmrc', ...manifests()]) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

function manifests() {
  return ['package.json', ...workspaceFolders().map((folder) => join(folder, 'package.json'))];
}

function workspaceFolders() {
  const groups = ['apps', 'packages'].flatMap((group) =>
    existsSync(join(root, group)) ? readdirSync(join(root, group)).map((name) => join(group, name)) : [],
  );
  return [...groups, 'e2e'].filter((folder) => existsSync(join(root, folder, 'package.json'))).sort(byName);
}

function byName(a, b) {
  return a < b ? -1 : 1;
}

function readStamp() {
  return existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : null;
}

/** Somebody may have deleted a part: each package with dependencies has a folder of its own for them. */
function isComplete() {
  return workspaceFolders().every((folder) => {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(
      readFileSync(join(root, folder, 'package.json'), 'utf8'),
    );
    const needsFolder = Object.keys(dependencies).length + Object.keys(devDependencies).length > 0;
    return !needsFolder || existsSync(join(root, folder, 'node_modules'));
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await ensureInstalled();
  const { server, version } = await ensureRedis();
  console.log(`Server for the demo: ${server} (${version})`);
  const { present } = await ensureServers();
  console.log(`Further servers for the tests: ${present.join(', ') || 'none'}`);
  console.log(`Browser for the tests: ${await ensureChromium()}`);
}
