import type { OperationProblem } from '@slotdeck/model/operation';
import {
  countSlots,
  eachSlot,
  intersectSlots,
  minusSlots,
  NO_SLOTS,
  slotsOf,
  takeSlots,
  unionSlots,
  type SlotRanges,
} from '@slotdeck/model/slot-ranges';
import type { ActContext, MoveBatch, MoveProgress } from './act-context.ts';
import type { Carrier } from './carrier.ts';
import { createSender } from './command-sender.ts';
import { drainSlots, listAhead, moveCounted } from './drain-slots.ts';
import { handOver, replicatesSetSlot, type HandOver } from './hand-over.ts';
import { countKeys, type CountedKeys, type ListedSlot } from './list-keys.ts';
import { lineOf, lookAt, type Sight } from './look.ts';
import { ActFailure } from './move-problems.ts';
import { LANES, openSlots } from './open-slots.ts';
import { limitsOf } from './pace-limits.ts';
import { settleHandOver } from './settle-hand-over.ts';
import { tellNewOwner } from './tell-new-owner.ts';
import { createThrottle } from './throttle.ts';
import { watchingEnds } from './watch-ends.ts';
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

/** Opened, emptied and handed over together. A pause waits for the waves under way, and a crash can leave them open. */
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

/** What the ends said when a wave was chosen. */
interface Seen {
  readonly sight: Sight;
  readonly ends: Ends;
  readonly state: BatchState;
}

interface Wave {
  readonly slots: SlotRanges;
  /** Keys as counted before the slots were opened, and the first of them, listed since; null where they were open already. */
  readonly counted: { readonly keys: CountedKeys; readonly ahead: Promise<ListedSlot[]> } | null;
  readonly hand: Omit<HandOver, 'slots'>;
}

function createRun(batch: MoveBatch, context: ActContext): Run {
  const sender = createSender(context);
  let arrived: SlotRanges = NO_SLOTS;
  /** Of waves that were begun and have not settled. */
  let inFlight: SlotRanges = NO_SLOTS;
  let carrying = 0;
  let keysMoved = 0;
  let bytesMoved: number | null = 0;
  const throttle = createThrottle(() => context.pace());
  let halt: () => ActFailure | null = () => null;

  /** Of the waves under way, what the one says that carries keys. */
  function report(phase: MoveProgress['phase']): void {
    if (carrying > 0 && phase !== 'move') return;
    context.onProgress({
      slotsDone: countSlots(arrived),
      keysMoved,
      bytesMoved,
      inFlight,
      phase,
      pacing: throttle.pacing(),
    });
  }

  async function look(): Promise<Seen> {
    context.signal.throwIfAborted();
    // What is under way is its wave's business; taken before the look, since a wave may settle during it.
    const under = inFlight;
    const sight = await lookAt(sender, context.members());
    const ends = await requireEndsOrTell(sight);
    const state = judgeBatch(ends, { ...batch, slots: minusSlots(batch.slots, under) }, sight);
    arrived = unionSlots(intersectSlots(arrived, under), unionSlots(state.done, state.handedOver));
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
      const { state } = seen;
      if (state.handedOver.length > 0) {
        await finishHandedOver(state, handOf(seen, replicates));
        continue;
      }
      report('idle');
      if (state.open.length === 0 && state.untouched.length === 0) return true;
      if (!isWanted(state)) return false;
      const hand = handOf(seen, replicates);
      await watchingEnds(hand, throttle, context, async (given) => {
        halt = given;
        await moveWaves(seen, replicates);
      });
    }
  }

  /** What is open already is finished even when asked to stop: only then is there nothing half done. */
  function isWanted(state: BatchState): boolean {
    return state.open.length > 0 || (state.untouched.length > 0 && context.asked() === 'go-on');
  }

  /**
   * Wave after wave, overlapped: while one is emptied the next is opened and the one before is handed over, so that the source always
   * has keys to send. Hand-overs keep their order, one at a time. Returns with nothing under way, also when it throws.
   *
   * Not on servers that hold each SETSLOT back until their replicas have it: a hand-over there pauses the target's writes, and the
   * source would stand still in a MIGRATE for as long.
   */
  async function moveWaves(first: Seen, replicates: boolean): Promise<void> {
    let settling: Promise<void> = Promise.resolve();
    let isEnding = false;
    const next = (): Promise<Wave | null> => follow(replicates, () => isEnding);
    let coming: Promise<Wave | null> = begin(first, replicates);
    try {
      for (;;) {
        const wave = await coming;
        if (wave === null) break;
        const last = settling;
        if (!replicates) coming = watched(next());
        await carry(wave);
        await last;
        settling = watched(settle(wave));
        if (!replicates) continue;
        await settling;
        coming = next();
      }
      await settling;
    } finally {
      isEnding = true;
      await Promise.allSettled([coming, settling]);
      inFlight = NO_SLOTS;
    }
  }

  async function follow(replicates: boolean, isEnding: () => boolean): Promise<Wave | null> {
    if (context.asked() !== 'go-on') return null;
    const left = minusSlots(batch.slots, unionSlots(arrived, inFlight));
    if (left.length === 0) return null;
    const seen = await look();
    // Slots that somebody else handed over meanwhile, which is rare, are for a look with nothing under way.
    return isEnding() || seen.state.handedOver.length > 0 || !isWanted(seen.state) ? null : begin(seen, replicates);
  }

  async function begin(seen: Seen, replicates: boolean): Promise<Wave> {
    const hand = handOf(seen, replicates);
    const { slots, counted } = await nextWave(seen.state, hand, limitsOf(context.pace()).waveKeys);
    inFlight = unionSlots(inFlight, slots);
    report('open');
    await openSlots(slots, seen.state, hand, sender);
    if (counted === null) return { slots, counted, hand };
    return { slots, hand, counted: { keys: counted, ahead: watched(listAhead(counted, carrierOf(hand), context)) } };
  }

  function handOf({ ends, sight }: Pick<Seen, 'ends' | 'sight'>, replicates: boolean): Omit<HandOver, 'slots'> {
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

  const tally = {
    moved(keys: number, bytes: number | null): void {
      keysMoved += keys;
      bytesMoved = bytesMoved === null || bytes === null ? null : bytesMoved + bytes;
      report('move');
    },
  };

  /** What was counted. That nothing is left is seen when the next wave is on its way already. */
  async function carry({ slots, counted, hand }: Wave): Promise<void> {
    if (counted === null) return drain({ slots, hand });
    carrying += 1;
    try {
      report('move');
      await moveCounted(counted.keys, counted.ahead, carrierOf(hand), context, tally, { throttle, halt });
    } finally {
      carrying -= 1;
    }
  }

  async function drain({ slots, hand }: Pick<Wave, 'slots' | 'hand'>): Promise<void> {
    carrying += 1;
    try {
      report('move');
      await drainSlots([...eachSlot(slots)], carrierOf(hand), context, tally, { throttle, halt });
    } finally {
      carrying -= 1;
    }
  }

  /** The epoch to beat and the replicas to wait for are those of now: the wave before has raised the one since this one was chosen. */
  async function settle({ slots, hand }: Wave): Promise<void> {
    await drain({ slots, hand });
    const turn = context.handOverTurn ?? ((work) => work());
    await turn(async () => {
      report('hand-over');
      const sight = await lookAt(sender, context.members());
      const ends = await requireEndsOrTell(sight);
      await handOver({ ...handOf({ ends, sight }, hand.targetReplicatesSetSlot), slots });
    });
    arrived = unionSlots(arrived, slots);
    inFlight = minusSlots(inFlight, slots);
    report('hand-over');
  }

  /** After a crash between hand-over and close. The source may not have heard, and may then still hold keys. */
  async function finishHandedOver(state: BatchState, hand: Omit<HandOver, 'slots'>): Promise<void> {
    inFlight = state.handedOver;
    report('close');
    try {
      if (state.claimedBySource.length > 0) await drain({ slots: state.claimedBySource, hand });
      await settleHandOver({ ...hand, slots: state.handedOver });
    } finally {
      inFlight = NO_SLOTS;
    }
  }

  return { moveAll, tally: () => ({ arrived, keysMoved }) };
}

/** Awaited later; until then a failure must not count as one that nobody looks at. */
function watched<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => 'seen where it is awaited');
  return promise;
}

/** What is open already goes first and together; then as many slots as hold a wave's worth of keys, at least one. */
async function nextWave(
  state: BatchState,
  { source, sender, targetReplicatesSetSlot }: Pick<HandOver, 'source' | 'sender' | 'targetReplicatesSetSlot'>,
  waveKeys: number,
): Promise<{ readonly slots: SlotRanges; readonly counted: CountedKeys | null }> {
  const most = targetReplicatesSetSlot ? LANES : WAVE_SLOTS;
  if (state.open.length > 0) return { slots: takeSlots(state.open, most), counted: null };
  const candidates = [...eachSlot(takeSlots(state.untouched, most))];
  const { counts, databases } = await countKeys(sender, source, candidates);
  const chosen = new Map<number, number>();
  let keys = 0;
  for (const [slot, count] of counts) {
    if (chosen.size > 0 && keys + count > waveKeys) break;
    chosen.set(slot, count);
    keys += count;
  }
  return { slots: slotsOf(chosen.keys()), counted: { counts: chosen, databases } };
}
