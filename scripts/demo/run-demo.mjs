import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { root } from '../run-program.mjs';
import { makeClient } from '../../packages/contract/dist/client.js';
import { superviseChild, superviseFolder } from '../../packages/testkit/dist/child-supervisor.js';
import { startCluster } from '../../packages/testkit/dist/real-cluster.js';
import { writeSampleData } from '../../packages/testkit/dist/sample-data.js';
import { startTraffic } from '../../packages/testkit/dist/traffic-checker.js';

const wantedPort = Number(process.env.SLOTDECK_PORT ?? 7700);
const sampleKeys = 40_000;
/** Four clients at this pause make some hundred commands per second: visible on every chart, unnoticeable on a laptop. */
const trafficPauseMs = 20;

/** Resolves when the demo was asked to end and everything in it has ended. */
export async function runDemo() {
  const parent = process.ppid;
  const closing = [];
  let ending = null;
  const end = () => (ending ??= endAll(closing));
  const asked = new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, resolve);
    // npm killed outright sends us no signal; a changed parent is how that shows.
    const watch = setInterval(() => process.ppid !== parent && resolve(), 500);
    closing.push(async () => clearInterval(watch));
  });

  try {
    await Promise.race([startAll(closing), asked.then(() => Promise.reject(new Interrupted()))]);
    await asked;
    console.log('\nEnding the console and the cluster');
  } catch (error) {
    if (!(error instanceof Interrupted)) {
      console.error(`\nThe demo could not be started: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    }
  } finally {
    await end();
  }
  process.exit();
}

class Interrupted extends Error {}

async function startAll(closing) {
  const cluster = await startCluster({ primaries: 3, replicasPerPrimary: 1, nodeTimeoutMs: 5_000 });
  closing.push(() => cluster.shutdown());
  const keys = await fill(cluster);
  const traffic = await startTraffic({
    seeds: cluster.seeds,
    clients: 4,
    keyspace: 2_000,
    pauseMsBetween: trafficPauseMs,
    survives: 'failover',
  });
  closing.push(() => traffic.stop());

  const folder = mkdtempSync(join(tmpdir(), 'slotdeck-demo-'));
  superviseFolder(folder);
  closing.push(async () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  const port = (await isFree(wantedPort)) ? wantedPort : await anyFreePort();
  if (port !== wantedPort) console.log(`Port ${wantedPort} is taken by another program; using ${port}`);
  const password = randomBytes(9).toString('base64url');
  const url = `http://127.0.0.1:${port}`;
  await startServer({ url, port, folder, password, closing });
  await addCluster({ url, password, cluster });

  console.log(
    [
      '',
      `  Console   ${url}`,
      `  Sign in   admin / ${password}`,
      `  Cluster   3 primaries, 3 replicas, ${keys.toLocaleString('en')} keys, light traffic (${cluster.seeds.join(' ')})`,
      '',
      '  Ctrl-C ends all of it.',
      '',
    ].join('\n'),
  );
}

async function fill(cluster) {
  const owners = new Map();
  for (const row of await cluster.table(cluster.nodes[0])) {
    for (const [from, to] of row.slots)
      for (let slot = from; slot <= to; slot += 1) owners.set(slot, cluster.nodeById(row.id));
  }
  return writeSampleData(sampleKeys, (slot) => {
    const owner = owners.get(slot);
    if (owner === undefined) throw new Error(`slot ${slot} has no owner`);
    return owner;
  });
}

async function startServer({ url, port, folder, password, closing }) {
  let output = '';
  const child = spawn(process.execPath, [join(root, 'apps', 'server', 'dist', 'main.js')], {
    // A group of its own: Ctrl-C reaches us alone, and we end it in order.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      SLOTDECK_HOST: '127.0.0.1',
      SLOTDECK_PORT: String(port),
      SLOTDECK_DATA: folder,
      SLOTDECK_ADMIN_PASSWORD: password,
      SLOTDECK_LOG: 'warn',
    },
  });
  superviseChild(child, 'the console');
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes) => (output = (output + bytes).slice(-20_000)));
  const gone = new Promise((resolve) => child.once('exit', resolve));
  closing.push(async () => {
    if (child.exitCode === null) child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await gone;
    clearTimeout(timer);
  });
  const deadline = performance.now() + 20_000;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the console ended with ${child.exitCode}:\n${output}`);
    if (await answers(`${url}/readyz`)) return;
    if (performance.now() > deadline) throw new Error(`the console does not answer:\n${output}`);
    await pause(50);
  }
}

async function answers(url) {
  try {
    return (await fetch(url)).ok;
  } catch (error) {
    // `fetch` says TypeError while nobody listens yet, which is what is being waited for.
    if (error instanceof TypeError) return false;
    throw error;
  }
}

async function addCluster({ url, password, cluster }) {
  const answer = await fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ username: 'admin', password }),
  });
  if (!answer.ok) throw new Error(`signing in answered ${answer.status}: ${await answer.text()}`);
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  const call = makeClient({ base: url, fetch, headers: () => ({ cookie, origin: url }) });
  await call('addCluster', { body: { name: 'demo', seeds: cluster.seeds.slice(0, 3) } });
}

/** The last that was started ends first. One part that fails does not keep the others running. */
async function endAll(closing) {
  for (const close of closing.toReversed()) {
    try {
      await close();
    } catch (error) {
      console.error(`While ending: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    }
  }
}

async function isFree(port) {
  const inUse = await new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
  return !inUse;
}

async function anyFreePort() {
  const server = createServer();
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
