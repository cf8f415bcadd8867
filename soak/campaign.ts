import { parseArgs } from 'node:util';
import { SlotDriver } from '@slotdeck/model/plan';
import { serverNames, type ServerName } from '@slotdeck/testkit/server-binaries';
import { seededRandom, type SeededRandom } from './seeded-random.ts';

export interface Round {
  readonly seed: number;
  readonly random: SeededRandom;
  readonly server: ServerName;
  /** How many slots the reshard moves; each holds some fifty keys. */
  readonly slots: number;
  readonly driver: SlotDriver;
  /** Says what happens, for whoever reads along. */
  say(text: string): void;
}

export interface Campaign {
  readonly name: string;
  readonly runs: number;
  /** Throws what went wrong; answers one line that says what happened. */
  round(round: Round): Promise<string>;
}

/**
 * Runs rounds with one seed after the other and ends the process with 1 when any failed. A failed round names the command that
 * repeats it: moments are random by seed, though what the machine makes of them is not, so a repetition may need several runs.
 */
export async function runCampaign({ name, runs, round }: Campaign): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string' },
      seed: { type: 'string' },
      server: { type: 'string', default: 'redis-7.0' },
      slots: { type: 'string', default: '2000' },
      driver: { type: 'string', default: 'classic' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const server = serverNames.find((each) => each === values.server);
  const count = Number(values.runs ?? runs);
  const first = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
  const slots = Number(values.slots);
  const driver = SlotDriver.safeParse(values.driver);
  const isUsable = [count, first, slots].every(Number.isInteger) && count > 0 && slots > 0 && slots <= 5_000;
  if (server === undefined || !isUsable || !driver.success) {
    console.error(
      `usage: soak ${name} [--runs N] [--seed S] [--slots N] [--server ${serverNames.join('|')}] [--driver classic|atomic] [--verbose]`,
    );
    process.exitCode = 2;
    return;
  }
  console.log(
    `${name}: ${count} rounds on ${server}, ${slots} slots, ${driver.data}, seeds ${first} to ${first + count - 1}`,
  );
  const failed: number[] = [];
  for (let seed = first; seed < first + count; seed += 1) {
    const started = performance.now();
    const say = (text: string): void => {
      if (values.verbose) console.log(`  ${((performance.now() - started) / 1_000).toFixed(2)}s ${text}`);
    };
    try {
      const told = await round({ seed, random: seededRandom(seed), server, slots, driver: driver.data, say });
      console.log(`ok   seed ${seed} in ${((performance.now() - started) / 1_000).toFixed(1)} s: ${told}`);
    } catch (error) {
      failed.push(seed);
      console.log(`FAIL seed ${seed}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      console.log(
        `     again: pnpm -s soak ${name} --server ${server} --driver ${driver.data} --slots ${slots} --runs 1 --seed ${seed} --verbose`,
      );
    }
  }
  console.log(`${count - failed.length} rounds passed, ${failed.length} failed`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}
