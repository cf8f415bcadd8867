import { setTimeout as pause } from 'node:timers/promises';
import { countSlots, normalise, SLOT_COUNT, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { describeOwnership, type TableRow } from '@slotdeck/testkit/cluster-table';
import { startCluster, type RealCluster, type RealNode } from '@slotdeck/testkit/real-cluster';
import { startTraffic, type Verification } from '@slotdeck/testkit/traffic-checker';
import { waitUntil } from '@slotdeck/testkit/wait-until';
import type { Round } from './campaign.ts';
import { resting, type OperationSeen, type Steering } from './steering.ts';

export type Steer = (cluster: RealCluster) => Promise<Steering>;

/** 2,000 slots hold 100,000 keys. */
const KEYS_PER_SLOT = 50;

/**
 * A write acknowledged this long before its node died had been passed on to the replica, or replication had stopped for reasons
 * that are none of ours. The servers send to replicas in the same turn in which they acknowledge.
 */
const REPLICATION_MS = 1_000;

/** Times a person would try before giving up. */
const RESUMES = 4;

/**
 * The primary at one end of a reshard is killed at a random moment; its replica takes over, a person resumes or cancels, and the
 * dead node comes back. At the end all nodes agree, nothing is open, and no write is lost that replication had passed on.
 */
export async function killNodeRound(
  { seed, random, server, slots, driver, say }: Round,
  steer: Steer,
): Promise<string> {
  const cluster = await startCluster({ server, nodeTimeoutMs: 1_500, requireFullCoverage: false });
  try {
    const [source, target] = cluster.primaries();
    if (source === undefined || target === undefined) throw new Error('a cluster without primaries');
    await cluster.fillKeys({ count: slots * KEYS_PER_SLOT, valueBytes: 100, slots: [[0, slots - 1]] });
    const traffic = await startTraffic({
      seeds: cluster.seeds,
      clients: 8,
      keyspace: 8_000,
      slots: [[0, slots - 1]],
      survives: 'failover',
      pauseMsBetween: 1,
    });
    const steering = await steer(cluster);
    try {
      await traffic.waitForWrites(2_000);
      await steering.start({
        slots: `0-${slots - 1}`,
        to: target.id,
        pace: random.pick(['gentle', 'balanced', 'fast']),
        driver,
      });
      const kills = seed % 2 === 0 ? 'source' : 'target';
      const victim = kills === 'source' ? source : target;
      const after = Math.floor(random.between(0, slots));
      await waitUntil(
        `slot ${after} to be moved`,
        async () => {
          const seen = await steering.look();
          return seen.slotsDone >= after || resting.includes(seen.status);
        },
        { everyMs: 5, timeoutMs: 600_000 },
      );
      await pause(random.between(0, 150));
      const before = await steering.look();
      const killedAt = Date.now();
      await victim.kill();
      // Until it is gone it can acknowledge what it will not replicate any more.
      const goneAt = Date.now();
      say(`killed the ${kills} at ${before.slotsDone} slots`);

      const rested = await rest(steering);
      say(`rests: ${describe(rested)}`);
      await failedOver(cluster, victim);
      say('failed over');
      // People take their time, and the applications do not wait for them.
      const writesMeanwhile = Math.floor(random.between(0, 4_000));
      await traffic.waitForWrites(writesMeanwhile, 60_000);
      say(`${writesMeanwhile} writes later`);
      const told = [`${kills} killed at ${before.slotsDone} slots`, describe(rested)];
      const wish = random.pick(['resume', 'cancel']);
      let seen = rested;
      for (let tries = 0; seen.status === 'paused' && tries < RESUMES; tries += 1) {
        await (wish === 'resume' ? steering.resume() : steering.cancel());
        seen = await rest(steering, tries);
        told.push(`${wish}: ${describe(seen)}`);
        say(`${wish}: ${describe(seen)}`);
      }
      if (seen.status === 'paused' || seen.status === 'failed')
        throw new Error(`no end was reached: ${told.join('; ')}\n${await steering.history()}`);
      await cluster.waitForAgreement();
      await traffic.stop();
      await victim.start();
      await comesBack(cluster, victim);
      await cluster.waitForAgreement();
      const report = await traffic.verify();
      judge(report, { killedAt, goneAt }, told);
      return `${told.join('; ')}; ${report.acknowledged} writes, ${report.lost.length} lost in the second before the kill`;
    } finally {
      await traffic.stop();
      await steering.close();
    }
  } finally {
    await cluster.shutdown();
  }
}

async function rest(steering: Steering, tries = 0): Promise<OperationSeen> {
  return waitUntil(
    `the operation to rest (attempt ${tries})`,
    async () => {
      const seen = await steering.look();
      return resting.includes(seen.status) ? seen : null;
    },
    { timeoutMs: 180_000, everyMs: 10 },
  );
}

/**
 * Every running node knows a living owner for every slot, but for those that it is importing itself: of these a node believes no
 * news, so the target goes on naming the dead source until the slots are closed. Closing them is ours.
 */
async function failedOver(cluster: RealCluster, victim: RealNode): Promise<void> {
  let last: string[] = [];
  try {
    await waitUntil(
      'a living owner for every slot',
      async () => {
        const running = cluster.nodes.filter((node) => node.isRunning);
        const tables = await Promise.all(running.map((node) => cluster.table(node)));
        last = tables.map(describeOwnership);
        return tables.every((rows) => countSlots(livingSlots(rows, victim)) === SLOT_COUNT);
      },
      { timeoutMs: 40_000 },
    );
  } catch (error) {
    throw new Error(`slots without a living owner:\n${[...new Set(last)].join('\n--\n')}`, { cause: error });
  }
}

function livingSlots(rows: readonly TableRow[], victim: RealNode): SlotRanges {
  const owned = rows.filter((row) => row.role === 'primary' && row.id !== victim.id).flatMap((row) => row.slots);
  const open = rows.filter((row) => row.isMyself).flatMap((row) => row.openSlots);
  const importing = open.filter((each) => each.direction === 'importing').map(({ slot }) => [slot, slot] as const);
  return normalise([...owned, ...importing]);
}

async function comesBack(cluster: RealCluster, victim: RealNode): Promise<void> {
  await waitUntil('the killed node to follow its heir', async () => {
    const table = await cluster.table(victim);
    return table.some((row) => row.isMyself && row.role === 'replica');
  });
}

function judge(
  report: Verification,
  { killedAt, goneAt }: { readonly killedAt: number; readonly goneAt: number },
  told: readonly string[],
): void {
  const unexcused = report.lost.filter(
    ({ acknowledgedAt }) => acknowledgedAt < killedAt - REPLICATION_MS || acknowledgedAt > goneAt,
  );
  if (unexcused.length > 0 || Object.keys(report.foreign).length > 0)
    throw new Error(
      `${unexcused.length} of ${report.acknowledged} writes lost without excuse, kill at ${killedAt}: ` +
        `${JSON.stringify(unexcused.slice(0, 5))} foreign ${JSON.stringify(report.foreign)} (${told.join('; ')})`,
    );
}

function describe(seen: OperationSeen): string {
  return seen.problem === null ? seen.status : `${seen.status} (${seen.problem.code}: ${seen.problem.message})`;
}
