import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { OperationId } from '@slotdeck/model/ids';
import { isEnded } from '@slotdeck/model/operation';
import { isBlocked } from '@slotdeck/model/plan';
import { Pace } from '@slotdeck/model/pace';
import { startCluster } from '@slotdeck/testkit/real-cluster';
import { serverNames } from '@slotdeck/testkit/server-binaries';
import { waitUntil } from '@slotdeck/testkit/wait-until';
import { openViewer } from '../apps/server/test/stream-viewer.ts';
import { openConsole } from '../soak/console-process.ts';
import { carryOut } from './stage/carry-out.ts';

/**
 * What the console itself costs while it moves every slot of a cluster and somebody watches: memory and processor time of the built
 * server, what it keeps on disk, and what the watcher is sent.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    server: { type: 'string', default: 'redis-7.0' },
    keys: { type: 'string', default: '1000000' },
    bytes: { type: 'string', default: '100' },
    pace: { type: 'string', default: 'fast' },
  },
});

/** Of `/proc/PID/stat`, on every Linux that we know of. */
const TICKS_PER_SECOND = 100;
const SAMPLE_MS = 250;

async function main(): Promise<void> {
  const server = serverNames.find((each) => each === values.server) ?? 'redis-7.0';
  const cluster = await startCluster({ server, nodeTimeoutMs: 15_000 });
  try {
    await cluster.fillKeys({ count: Number(values.keys), valueBytes: Number(values.bytes), slots: [[0, 16_383]] });
    await Promise.all(cluster.nodes.map((node) => node.call('CONFIG', 'SET', 'cluster-allow-replica-migration', 'no')));
    const [a, b, c] = cluster.primaries();
    if (a === undefined || b === undefined || c === undefined)
      throw new Error('the cluster has fewer than three primaries');
    const weights = { [a.id]: 1, [b.id]: 0, [c.id]: 0 };
    const seeds = [a, b, c].map(({ host, port }) => ({ host, port }));
    await carryOut(
      { kind: 'rebalance', params: { by: 'slots', weights, useEmpty: true, threshold: 0 } },
      seeds,
      'fast',
    );
    await cluster.waitForAgreement();
    const console = await openConsole();
    try {
      const { id: clusterId } = await console.call('addCluster', {
        body: { name: 'bench', seeds: cluster.seeds.slice(0, 2) },
      });
      const params = { slots: '0-16383', from: ['all'], to: [b.id] };
      const plan = await console.call('makePlan', { params: { clusterId }, body: { kind: 'reshard', params } });
      if (isBlocked(plan)) throw new Error(JSON.stringify(plan.problems));
      const pid = console.pid ?? 0;
      const started = performance.now();
      const cpuBefore = cpuSeconds(pid);
      const { id } = await console.call('startOperation', {
        params: { clusterId },
        body: { planId: plan.id, pace: Pace.parse(values.pace) },
      });
      const operationId = OperationId.parse(id);
      const viewer = await openViewer({
        ...console.session(),
        watch: [
          { name: 'cluster', id: clusterId },
          { name: 'operation', id: operationId },
        ],
      });
      let bytes = 0;
      viewer.onText((text) => (bytes += text.length));
      let peakMb = 0;
      const status = await waitUntil(
        'the operation to end',
        async () => {
          peakMb = Math.max(peakMb, rssMb(pid));
          const seen = await console.call('getOperation', { params: { operationId } });
          return isEnded(seen.status) ? seen.status : null;
        },
        { everyMs: SAMPLE_MS, timeoutMs: 3_600_000 },
      );
      const seconds = (performance.now() - started) / 1_000;
      const cores = (cpuSeconds(pid) - cpuBefore) / seconds;
      const { last } = await console.call('getOperationEvents', { params: { operationId } });
      await viewer.close();
      const result = {
        server,
        status,
        slots: 16_384,
        keys: Number(values.keys),
        seconds: round(seconds),
        peakRssMb: round(peakMb),
        cores: round(cores),
        events: last + 1,
        storeMb: round(folderMb(console.folder)),
        viewer: { messages: viewer.messages.length, kilobytesPerSecond: round(bytes / 1_024 / seconds) },
      };
      if (values.json) process.stdout.write(`${JSON.stringify({ bench: 'console', ...result })}\n`);
      else
        process.stdout.write(
          `${server}: 16384 slots with ${result.keys} keys, pace ${values.pace}: ${status} in ${result.seconds} s\n` +
            `server: at most ${result.peakRssMb} MB of memory, ${result.cores} cores; ${result.events} events, ${result.storeMb} MB in the store\n` +
            `viewer: ${result.viewer.messages} messages, ${result.viewer.kilobytesPerSecond} kB/s\n`,
        );
      if (status !== 'succeeded') process.exitCode = 1;
    } finally {
      await console.close();
    }
  } finally {
    await cluster.shutdown();
  }
}

function rssMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024;
}

/** User and system time of the process. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function folderMb(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0) / 1_024 / 1_024;
}

function round(number: number): number {
  return Math.round(number * 100) / 100;
}

await main();
