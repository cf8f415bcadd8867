import type { OperationProblem } from '@slotdeck/model/operation';
import {
  countSlots,
  eachSlot,
  minusSlots,
  NO_SLOTS,
  slotsOf,
  takeSlots,
  unionSlots,
  type SlotRanges,
} from '@slotdeck/model/slot-ranges';
import type { ActContext, MoveBatch, MoveProgress } from './act-context.ts';
import type { Carrier } from './carrier.ts';
import { createSender, type CommandSender } from './command-sender.ts';
import { drainSlots } from './drain-slots.ts';
import { handOver, replicatesSetSlot, type HandOver } from './hand-over.ts';
import { countKeys, type CountedKeys } from './list-keys.ts';
import { lineOf, lookAt, type Sight } from './look.ts';
import { ActFailure } from './move-problems.ts';
import { LANES, openSlots } from './open-slots.ts';
import { settleHandOver } from './settle-hand-over.ts';
import { tellNewOwner } from './tell-new-owner.ts';
import { judgeBatch, requireEnds, type BatchState, type Ends } from './reconcile-batch.ts';

/**
 * What became of a batch. `arrived` are the slots of it that the target owns now, those found there at the start included.
 * - `done`: all of them; every node that answers agrees, nothing is open
 * - `stopped`: came to rest as asked; nothing is open
 * - `needs-a-person`: going on would be a guess; slots may be open, no key is lost
 * - `may-retry`: something that may pass by itself; the same call goes on from here
 */
export type MoveResult =
  | { readonly outcome: 'done'; readonly arrived: SlotRanges; readonly keysMoved: number }
  | { readonly outcome: 'stopped'; readonly arrived: SlotRanges; readonly keysMoved: number }
  | {
      readonly outcome: 'needs-a-person';
      readonly problem: OperationProblem;
      readonly arrived: SlotRanges;
      readonly keysMoved: number;
    }
  | {
      readonly outcome: 'may-retry';
      readonly problem: OperationProblem;
      readonly arrived: SlotRanges;
      readonly keysMoved: number;
    };

/** Opened, emptied and handed over together: what a pause waits for, and what a crash can leave open. */
const WAVE_KEYS = 5_000;
const WAVE_SLOTS = 256;

/**
 * Moves the slots of a batch. Looks first and goes on from whatever it finds, so it may be called again after any failure or crash
 * and does then only what is left to do.
 */
export async function moveSlots(batch: MoveBatch, context: ActContext): Promise<MoveResult> {
  const run = createRun(batch, context);
  try {
    const isDone = await run.moveAll();
    return { outcome: isDone ? 'done' : 'stopped', ...run.tally() };
  } catch (error) {
    if (!(error instanceof ActFailure)) throw error;
    return { outcome: error.mayRetry ? 'may-retry' : 'needs-a-person', problem: error.problem, ...run.tally() };
  }
}

interface Run {
  /** True when all slots have arrived, false when it was asked to stop before. */
  moveAll(): Promise<boolean>;
  tally(): { arrived: SlotRanges; keysMoved: number };
}

function createRun(batch: MoveBatch, context: ActContext): Run {
  const sender = createSender(context);
  let arrived: SlotRanges = NO_SLOTS;
  let keysMoved = 0;
  let bytesMoved: number | null = 0;

  function report(phase: MoveProgress['phase'], inFlight: SlotRanges): void {
    context.onProgress({ slotsDone: countSlots(arrived), keysMoved, bytesMoved, inFlight, phase });
  }

  async function look(): Promise<{ sight: Sight; ends: Ends; state: BatchState }> {
    context.signal.throwIfAborted();
    const sight = await lookAt(sender, context.members());
    const ends = await requireEndsOrTell(sight);
    const state = judgeBatch(ends, batch, sight);
    arrived = unionSlots(state.done, state.handedOver);
    return { sight, ends, state };
  }

  /** A failover of the source stops us, but must not stop the target from serving the rest of its clients. */
  async function requireEndsOrTell(sight: Sight): Promise<Ends> {
    try {
      return requireEnds(sight, batch, context.replicasOf);
    } catch (error) {
      if (error instanceof ActFailure && error.code === 'node-changed-role' && error.facts['node'] === batch.from) {
        await tellNewOwner(sight, batch, error.facts['newPrimary'], { sender, note: context.note });
      }
      throw error;
    }
  }

  async function moveAll(): Promise<boolean> {
    const first = await look();
    if (countSlots(first.state.done) === countSlots(batch.slots)) return true;
    const replicates = await replicatesSetSlot(first.ends.target.member, sender);
    for (let seen = first; ; seen = await look()) {
      const { sight, ends, state } = seen;
      const hand = handOf(ends, sight, replicates);
      if (state.handedOver.length > 0) {
        report('close', state.handedOver);
        await finishHandedOver(state, hand);
        continue;
      }
      report('idle', NO_SLOTS);
      if (state.open.length === 0 && state.untouched.length === 0) return true;
      // What is open already is finished even when asked to stop: only then is there nothing half done.
      if (state.open.length === 0 && context.asked() !== 'go-on') return false;
      const wave = await nextWave(state, hand, sender);
      await moveWave(wave, state, hand);
      const left = minusSlots(unionSlots(state.untouched, state.open), wave.slots);
      if (left.length === 0) return true;
    }
  }

  function handOf(ends: Ends, sight: Sight, replicates: boolean): Omit<HandOver, 'slots'> {
    const target = ends.target.member;
    const source = ends.source?.member ?? context.members().find((member) => member.id === batch.from);
    if (source === undefined) throw new ActFailure('node-unknown', { node: batch.from });
    return { source, target, sender, context, sight, targetReplicatesSetSlot: replicates };
  }

  function carrierOf({ source, target, sight }: Omit<HandOver, 'slots'>): Carrier {
    const view = sight.views.get(source.id);
    const line = view?.state === 'answered' ? lineOf(view, target.id) : undefined;
    if (line === undefined)
      throw new ActFailure('views-changed', { seen: `${source.name} does not know ${target.name}` });
    return { sender, source, target, targetSeenFromSource: { host: line.host, port: line.port }, context };
  }

  async function drain({ slots, counted }: Wave, hand: Omit<HandOver, 'slots'>): Promise<void> {
    const tally = {
      moved(keys: number, bytes: number | null): void {
        keysMoved += keys;
        bytesMoved = bytesMoved === null || bytes === null ? null : bytesMoved + bytes;
        report('move', slots);
      },
    };
    await drainSlots([...eachSlot(slots)], counted, carrierOf(hand), context, tally);
  }

  async function moveWave(wave: Wave, state: BatchState, hand: Omit<HandOver, 'slots'>): Promise<void> {
    const { slots } = wave;
    report('open', slots);
    await openSlots(slots, state, hand, sender);
    report('move', slots);
    await drain(wave, hand);
    report('hand-over', slots);
    await handOver({ ...hand, slots });
    arrived = unionSlots(arrived, slots);
  }

  /** After a crash between hand-over and close. The source may not have heard, and may then still hold keys. */
  async function finishHandedOver(state: BatchState, hand: Omit<HandOver, 'slots'>): Promise<void> {
    if (state.claimedBySource.length > 0) await drain({ slots: state.claimedBySource, counted: null }, hand);
    await settleHandOver({ ...hand, slots: state.handedOver });
  }

  return { moveAll, tally: () => ({ arrived, keysMoved }) };
}

interface Wave {
  readonly slots: SlotRanges;
  /** Keys as counted before the slots were opened; null where they are open already. */
  readonly counted: CountedKeys | null;
}

/** What is open already goes first and together; then as many slots as hold a wave's worth of keys, at least one. */
async function nextWave(
  state: BatchState,
  { source, targetReplicatesSetSlot }: Pick<HandOver, 'source' | 'targetReplicatesSetSlot'>,
  sender: CommandSender,
): Promise<Wave> {
  const most = targetReplicatesSetSlot ? LANES : WAVE_SLOTS;
  if (state.open.length > 0) return { slots: takeSlots(state.open, most), counted: null };
  const candidates = [...eachSlot(takeSlots(state.untouched, most))];
  const { counts, databases } = await countKeys(sender, source, candidates);
  const chosen = new Map<number, number>();
  let keys = 0;
  for (const [slot, count] of counts) {
    if (chosen.size > 0 && keys + count > WAVE_KEYS) break;
    chosen.set(slot, count);
    keys += count;
  }
  return { slots: slotsOf(chosen.keys()), counted: { counts: chosen, databases } };
}
