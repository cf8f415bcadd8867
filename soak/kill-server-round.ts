import { setTimeout as pause } from 'node:timers/promises';
import { startCluster } from '@slotdeck/testkit/real-cluster';
import { startTraffic } from '@slotdeck/testkit/traffic-checker';
import { waitUntil } from '@slotdeck/testkit/wait-until';
import type { Round } from './campaign.ts';
import { openConsole, type ConsoleProcess } from './console-process.ts';
import { steerByConsole } from './console-steering.ts';
import { resting, type Steering } from './steering.ts';

/** 2,000 slots hold 100,000 keys. */
const KEYS_PER_SLOT = 50;

/**
 * The server is killed at a random moment of a reshard under traffic and started again, some rounds more than once. The operation
 * is found, compared with the cluster and finished; no write is lost, no client sees an error, nothing is left open.
 */
export async function killServerRound({ random, server, slots, driver, say }: Round): Promise<string> {
  const cluster = await startCluster({ server });
  let console: ConsoleProcess | null = null;
  try {
    const [, target] = cluster.primaries();
    if (target === undefined) throw new Error('a cluster without primaries');
    await cluster.fillKeys({ count: slots * KEYS_PER_SLOT, valueBytes: 100, slots: [[0, slots - 1]] });
    const traffic = await startTraffic({
      seeds: cluster.seeds,
      clients: 8,
      keyspace: 8_000,
      slots: [[0, slots - 1]],
      pauseMsBetween: 1,
    });
    try {
      console = await openConsole();
      const steering = await steerByConsole(console.call, cluster);
      await traffic.waitForWrites(2_000);
      await steering.start({
        slots: `0-${slots - 1}`,
        to: target.id,
        pace: random.pick(['gentle', 'balanced', 'fast']),
        driver,
      });
      const told: string[] = [];
      const kills = random.pick([1, 1, 2]);
      for (let kill = 0; kill < kills; kill += 1) {
        const soFar = (await steering.look()).slotsDone;
        const after = Math.floor(random.between(soFar, slots));
        await waitUntil(
          `slot ${after} to be moved`,
          async () => {
            const seen = await steering.look();
            return seen.slotsDone >= after || resting.includes(seen.status);
          },
          // 2,000 slots at the gentle pace take minutes on a busy machine.
          { everyMs: 5, timeoutMs: 600_000 },
        );
        await pause(random.between(0, 150));
        const before = await steering.look();
        if (resting.includes(before.status)) break;
        await console.kill();
        say(`killed at ${before.slotsDone} slots (${before.status})`);
        told.push(`killed at ${before.slotsDone} slots`);
        await pause(random.between(0, 500));
        await console.start();
        say('started again');
      }
      const end = await ending(steering);
      if (end.status !== 'succeeded')
        throw new Error(
          `ended as ${end.status}: ${JSON.stringify(end.problem)} (${told.join(', ')})\n${console.log()}`,
        );
      await cluster.waitForAgreement();
      const report = await traffic.verify();
      if (report.lost.length > 0 || Object.keys(report.errors).length > 0 || Object.keys(report.foreign).length > 0)
        throw new Error(
          `lost ${JSON.stringify(report.lost.slice(0, 5))}, errors ${JSON.stringify(report.errors)}, ` +
            `foreign ${JSON.stringify(report.foreign)} (${told.join(', ')})`,
        );
      const moments = told.length === 0 ? 'ended before it could be killed' : told.join(', ');
      return `${moments}; ${end.status}; ${report.acknowledged} writes, none lost, no error`;
    } finally {
      await traffic.stop();
    }
  } finally {
    await console?.close();
    await cluster.shutdown();
  }
}

async function ending(steering: Pick<Steering, 'look'>) {
  return waitUntil(
    'the operation to rest',
    async () => {
      const seen = await steering.look();
      return resting.includes(seen.status) ? seen : null;
    },
    { timeoutMs: 240_000, everyMs: 50 },
  );
}
