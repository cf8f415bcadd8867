import {
  countSlots,
  eachSlot,
  intersectSlots,
  minusSlots,
  NO_SLOTS,
  printSlotRanges,
  unionSlots,
  type SlotRanges,
} from '@slotdeck/model/slot-ranges';
import type { SlotJob } from '../commands/slot-jobs.ts';
import type { ActContext, ClusterMember, MoveBatch, MoveProgress } from './act-context.ts';
import { atomicDriverOf, type AtomicDriver } from './atomic-driver.ts';
import { createSender, type CommandSender } from './command-sender.ts';
import { raiserOf } from './hand-over.ts';
import { countKeys } from './list-keys.ts';
import { lookAt, type Sight } from './look.ts';
import { ActFailure } from './move-problems.ts';
import { moveSlots, type MoveResult } from './move-slots.ts';
import { raiseEpochAbove } from './raise-epoch.ts';
import { judgeBatch, requireEnds, type BatchState } from './reconcile-batch.ts';
import { FIRST_REST_MS, nextRest } from './resting.ts';
import { rollBack } from './roll-back.ts';
import { settleHandOver } from './settle-hand-over.ts';

/** Jobs that may fail before the slots are moved the classic way. */
const TRIES = 3;
/** A job that stays in one state for so long is given up: under steady writes a source may never find its moment. */
const STUCK_MS = 600_000;
const REST_AFTER_FAILURE_MS = 500;

/**
 * Has the servers move a batch by themselves: the source sends what it has and what changes meanwhile, holds all of its writes for a moment,
 * and the target takes all slots at once. Clients are never sent on with ASK, and no key is on its way by itself.
 *
 * What we add is what the servers leave out: another primary's epoch is raised before, so that the target takes the slots under a new
 * one and a replica of it that missed that cannot be elected without them; and nothing goes on until the target's replicas and a
 * majority show the slots there. Jobs live in the servers' memory only: one that is running is taken up again, also by another
 * process, and one that is gone is begun anew. After several failures, and for slots that were opened by hand, the classic way is taken.
 *
 * Safe to repeat. Where a server says itself that acknowledged writes may be lost, that is noted with the slots.
 */
export async function moveSlotsAtomically(batch: MoveBatch, context: ActContext): Promise<MoveResult> {
  const run = createRun(batch, context);
  try {
    const ended = await run.moveAll();
    if (ended !== 'classic') return { outcome: ended, ...run.tally() };
    const classic = await moveSlots(batch, context);
    return { ...classic, keysMoved: classic.keysMoved + run.tally().keysMoved };
  } catch (error) {
    if (!(error instanceof ActFailure)) throw error;
    return { outcome: error.mayRetry ? 'may-retry' : 'needs-a-person', problem: error.problem, ...run.tally() };
  }
}

/** Ends the job of a batch if one is running, then brings the batch to where nothing is open. */
export async function rollBackAtomically(batch: MoveBatch, context: ActContext): Promise<MoveResult> {
  const run = createRun(batch, { ...context, asked: () => 'cancel' });
  try {
    await run.endJobs();
  } catch (error) {
    if (!(error instanceof ActFailure)) throw error;
    return { outcome: error.mayRetry ? 'may-retry' : 'needs-a-person', problem: error.problem, ...run.tally() };
  }
  return rollBack(batch, context);
}

interface Seen {
  readonly sight: Sight;
  readonly source: ClusterMember;
  readonly target: ClusterMember;
  readonly driver: AtomicDriver | null;
  readonly state: BatchState;
}

interface Run {
  moveAll(): Promise<'done' | 'stopped' | 'classic'>;
  endJobs(): Promise<void>;
  tally(): { arrived: SlotRanges; keysMoved: number };
}

function createRun(batch: MoveBatch, context: ActContext): Run {
  const sender: CommandSender = createSender(context);
  let arrived = NO_SLOTS;
  let keysMoved = 0;

  function report(phase: MoveProgress['phase'], inFlight: SlotRanges): void {
    context.onProgress({ slotsDone: countSlots(arrived), keysMoved, bytesMoved: null, inFlight, phase });
  }

  /** A job that is under way changes owners while we look; it is followed to its end first. */
  async function look(): Promise<Seen> {
    for (;;) {
      context.signal.throwIfAborted();
      const sight = await lookAt(sender, context.members());
      const ends = requireEnds(sight, batch, context.replicasOf);
      const source = ends.source?.member ?? context.members().find(({ id }) => id === batch.from);
      if (source === undefined) throw new ActFailure('node-unknown', { node: batch.from });
      const target = ends.target.member;
      const driver = ends.source === null ? null : await atomicDriverOf({ source, target }, sender);
      const running = driver === null ? null : await runningJob(driver, source);
      if (driver !== null && running !== null) {
        await follow(running, driver);
        continue;
      }
      const state = judgeBatch(ends, batch, sight);
      arrived = unionSlots(state.done, state.handedOver);
      return { sight, source, target, driver, state };
    }
  }

  async function runningJob(driver: AtomicDriver, source: ClusterMember): Promise<SlotJob | null> {
    const running = (await driver.jobs()).find(
      ({ state, slots }) => state === 'running' && intersectSlots(slots, batch.slots).length > 0,
    );
    if (running === undefined) return null;
    const foreign = minusSlots(running.slots, batch.slots);
    if (foreign.length === 0) return running;
    throw new ActFailure('other-migration', {
      node: source.id,
      name: source.name,
      command: 'the job of these slots',
      seen: `a job that is not ours moves slots ${printSlotRanges(running.slots)}`,
    });
  }

  async function moveAll(): Promise<'done' | 'stopped' | 'classic'> {
    for (let failures = 0; ;) {
      const { sight, source, target, driver, state } = await look();
      if (state.open.length > 0) return 'classic';
      if (state.handedOver.length > 0) {
        report('close', state.handedOver);
        await settleHandOver({ source, target, slots: state.handedOver, sender, context, sight });
        continue;
      }
      report('idle', NO_SLOTS);
      if (state.untouched.length === 0) return 'done';
      if (context.asked() !== 'go-on') return 'stopped';
      if (driver === null || failures >= TRIES) {
        context.note('atomic-not-used', {
          source: source.name,
          target: target.name,
          slots: printSlotRanges(state.untouched),
          reason: driver === null ? 'the servers cannot' : `${failures} attempts failed`,
        });
        return 'classic';
      }
      const { counts } = await countKeys(sender, source, [...eachSlot(state.untouched)]);
      await raiseEpochAbove(target, raiserOf({ sight, source, target }), { ...context, sender });
      report('open', state.untouched);
      await driver.begin(state.untouched);
      const begun = await runningOrLast(driver, state.untouched);
      const ended = await follow(begun, driver);
      if (ended.state === 'succeeded') keysMoved += [...counts.values()].reduce((sum, keys) => sum + keys, 0);
      else if (context.asked() !== 'cancel') {
        failures += 1;
        await context.clock.sleep(REST_AFTER_FAILURE_MS * failures, context.signal);
      }
    }
  }

  async function runningOrLast(driver: AtomicDriver, slots: SlotRanges): Promise<SlotJob> {
    const [job] = (await driver.jobs()).filter((each) => intersectSlots(each.slots, slots).length > 0);
    if (job === undefined) throw new ActFailure('views-changed', { seen: 'the job that was begun is gone' });
    return job;
  }

  /** To the end of a job, whatever it is; a pause waits for it, a cancel ends it. */
  async function follow(job: SlotJob, driver: AtomicDriver): Promise<SlotJob> {
    let said = job.said;
    let since = context.clock.monotonic();
    let givenUp: string | null = null;
    for (let rest = FIRST_REST_MS; ; rest = nextRest(rest)) {
      const told = (await driver.jobs()).find(({ id }) => id === job.id);
      const now: SlotJob = told ?? {
        ...job,
        state: 'failed',
        message: 'the server was started anew and has forgotten the job',
      };
      if (now.state !== 'running') {
        const ended: SlotJob =
          givenUp === null || now.state === 'succeeded' ? now : { ...now, state: 'failed', message: givenUp };
        tellEnd(ended);
        return ended;
      }
      if (now.said !== said) {
        said = now.said;
        since = context.clock.monotonic();
      }
      report(isHandOver(said) ? 'hand-over' : 'move', now.slots);
      const isStuck = context.clock.monotonic() - since >= STUCK_MS;
      // Redis tries again by itself for ever; that often we let it.
      if (isStuck || now.failures >= TRIES || context.asked() === 'cancel') {
        const isEnding = await driver.cancel(now);
        if (isEnding && context.asked() !== 'cancel')
          givenUp = `given up: ${now.message === '' ? `it stayed ${now.said}` : now.message}`;
      }
      await context.clock.sleep(rest, context.signal);
    }
  }

  function tellEnd({ id, state, slots, message, failures, writePauseMs }: SlotJob): void {
    const facts = { job: id, from: batch.from, to: batch.to, slots: printSlotRanges(slots), seen: message };
    if (mayHaveLost(message)) context.note('atomic-writes-may-be-lost', facts);
    if (state === 'succeeded') context.note('atomic-moved', { ...facts, writePauseMs, failures });
    else context.note(state === 'cancelled' ? 'atomic-cancelled' : 'atomic-failed', facts);
  }

  return {
    moveAll,
    endJobs: async () => {
      await look();
    },
    tally: () => ({ arrived, keysMoved }),
  };
}

/** The server's own words for a source that let writes go on before it knew that the target had the slots. */
function mayHaveLost(message: string): boolean {
  return /lost writes|write loss/i.test(message);
}

function isHandOver(said: string): boolean {
  return /pause|failover|takeover|handoff|stream-eof/.test(said);
}
