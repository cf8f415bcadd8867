import { eachSlot, minusSlots, NO_SLOTS, slotsOf, unionSlots, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { clusterCountKeysInSlotCommand, readKeyCount } from '../commands/cluster-count-keys-in-slot.ts';
import { clusterSetSlotCommand } from '../commands/cluster-set-slot.ts';
import type { ActContext, ClusterMember, MoveBatch } from './act-context.ts';
import { createSender, readOutcome, requireAllOk, type CommandSender } from './command-sender.ts';
import { drainSlots } from './drain-slots.ts';
import { replicatesSetSlot } from './hand-over.ts';
import { countKeys } from './list-keys.ts';
import { lineOf, lookAt } from './look.ts';
import { ActFailure } from './move-problems.ts';
import { moveSlots, type MoveResult } from './move-slots.ts';
import { SETSLOT_OPTIONS, setSlots } from './open-slots.ts';
import { judgeBatch, requireEnds, type BatchState } from './reconcile-batch.ts';

/** Closing can meet a write that was on its way to the target; a few rounds outlast any such client. */
const ROUNDS = 5;

/** Refusals by the target that more patience does not change. */
const HOPELESS = new Set(['target-out-of-memory', 'target-memory-short', 'target-refused']);

/**
 * Brings a batch that was stopped half way to a clean state: nothing open, no key on two nodes.
 *
 * A slot with no key on the target yet is closed where it is. A slot of which keys have moved is finished forward: clients have
 * been writing to the moved keys at the target, and while keys travel back they would find them missing at the source. Only when
 * the target cannot take the rest (its memory is full) do keys go back, slot by slot.
 */
export async function rollBack(batch: MoveBatch, context: ActContext): Promise<MoveResult> {
  const sender = createSender(context);
  let keysMoved = 0;
  try {
    for (let round = 1; ; round += 1) {
      const { state, source, target } = await look(batch, context, sender);
      // Looked into once: what is found empty is closed as it was, and would be suspect for ever.
      const unfinished = unionSlots(state.open, round === 1 ? suspectOf(batch, state) : NO_SLOTS);
      if (unfinished.length === 0 && state.handedOver.length === 0) {
        return { outcome: 'stopped', arrived: state.done, keysMoved };
      }
      if (round > ROUNDS)
        throw new ActFailure('views-changed', { seen: 'slots were opened again and again while they were closed' });
      const withKeys = unfinished.length === 0 ? NO_SLOTS : await closeEmpty(unfinished, source, target, sender);
      const forward = unionSlots(withKeys, state.handedOver);
      if (forward.length === 0) continue;
      const result = await moveSlots({ ...batch, slots: forward }, context);
      keysMoved += result.keysMoved;
      if (result.outcome === 'done' || result.outcome === 'stopped') continue;
      if (!HOPELESS.has(result.problem.code))
        return { ...result, arrived: unionSlots(state.done, result.arrived), keysMoved };
      context.note('keys-go-back', { source: source.name, target: target.name, seen: result.problem.message });
      await moveBack(minusSlots(forward, result.arrived), batch, context, sender);
    }
  } catch (error) {
    if (!(error instanceof ActFailure)) throw error;
    return {
      outcome: error.mayRetry ? 'may-retry' : 'needs-a-person',
      problem: error.problem,
      arrived: NO_SLOTS,
      keysMoved,
    };
  }
}

interface Seen {
  readonly state: BatchState;
  readonly source: ClusterMember;
  readonly target: ClusterMember;
}

async function look(batch: MoveBatch, context: ActContext, sender: CommandSender): Promise<Seen> {
  context.signal.throwIfAborted();
  const sight = await lookAt(sender, context.members());
  const ends = requireEnds(sight, batch, context.replicasOf);
  const source = ends.source?.member ?? context.members().find((member) => member.id === batch.from);
  if (source === undefined) throw new ActFailure('node-unknown', { node: batch.from });
  return { state: judgeBatch(ends, batch, sight), source, target: ends.target.member };
}

/** After a failover the promoted node has no marks, so an untouched slot may still have keys on the target. */
function suspectOf(batch: MoveBatch, state: BatchState): SlotRanges {
  const changed = (batch.formerly?.from.length ?? 0) + (batch.formerly?.to.length ?? 0) > 0;
  return changed ? state.untouched : NO_SLOTS;
}

/**
 * Closes the slots of which the target holds no key, source first: from then on no client is sent on. Returns those that have
 * keys there; these are open on the target, so that they stay visible on servers that hide keys of slots that are not theirs.
 */
async function closeEmpty(
  slots: SlotRanges,
  source: ClusterMember,
  target: ClusterMember,
  sender: CommandSender,
): Promise<SlotRanges> {
  const importing = (some: SlotRanges): ReturnType<typeof clusterSetSlotCommand>[] =>
    [...eachSlot(some)].map((slot) => clusterSetSlotCommand({ kind: 'importing', slot, from: source.id }));
  await setSlots(target, importing(slots), sender);
  const empty = minusSlots(slots, await slotsWithKeys(target, slots, sender));
  if (empty.length === 0) return slots;
  const stable = [...eachSlot(empty)].map((slot) => clusterSetSlotCommand({ kind: 'stable', slot }));
  await setSlots(source, stable, sender);
  const filled = await closeAtTarget(target, empty, sender);
  if (filled.length > 0) await setSlots(target, importing(filled), sender);
  return unionSlots(minusSlots(slots, empty), filled);
}

/**
 * The last count must not be older than the closing, or a write between the two is lost from sight. Redis does both in one
 * transaction, because from 8.4 on it hides keys of a closed slot; Valkey shows them, and must not be told in a transaction.
 */
export async function closeAtTarget(
  target: ClusterMember,
  slots: SlotRanges,
  sender: CommandSender,
): Promise<SlotRanges> {
  const stable = [...eachSlot(slots)].map((slot) => clusterSetSlotCommand({ kind: 'stable', slot }));
  if (await replicatesSetSlot(target, sender)) {
    await setSlots(target, stable, sender);
    return slotsWithKeys(target, slots, sender);
  }
  const list = [...eachSlot(slots)];
  const commands = list.flatMap((slot, at) => [clusterCountKeysInSlotCommand(slot), stable[at] ?? []]);
  const outcomes = await sender.sendTogether(target, commands, SETSLOT_OPTIONS);
  requireAllOk(target, commands, outcomes);
  return slotsOf(
    list.filter((slot, at) => {
      const outcome = outcomes[at * 2];
      return (
        outcome !== undefined && readOutcome(target, clusterCountKeysInSlotCommand(slot), outcome, readKeyCount) > 0
      );
    }),
  );
}

async function slotsWithKeys(node: ClusterMember, slots: SlotRanges, sender: CommandSender): Promise<SlotRanges> {
  const { counts } = await countKeys(sender, node, [...eachSlot(slots)]);
  return slotsOf([...counts].flatMap(([slot, keys]) => (keys > 0 ? [slot] : [])));
}

/**
 * Brings keys back to the source, which serves the slot alone from the first moment on; the target keeps its mark so that it
 * serves our MIGRATE. Clients may find keys missing until they are back.
 */
async function moveBack(
  slots: SlotRanges,
  batch: MoveBatch,
  context: ActContext,
  sender: CommandSender,
): Promise<void> {
  const sight = await lookAt(sender, context.members());
  const { source, target } = requireEnds(sight, batch, context.replicasOf);
  const seenFromTarget = lineOf(target, batch.from);
  if (source === null || seenFromTarget === undefined)
    throw new ActFailure('views-changed', { seen: 'the source is gone' });
  const stable = [...eachSlot(slots)].map((slot) => clusterSetSlotCommand({ kind: 'stable', slot }));
  await setSlots(source.member, stable, sender);
  const back = {
    sender,
    source: target.member,
    target: source.member,
    targetSeenFromSource: { host: seenFromTarget.host, port: seenFromTarget.port },
    servedBy: 'target',
    context,
  } as const;
  await drainSlots([...eachSlot(slots)], back, context, { moved: () => undefined });
  const filled = await closeAtTarget(target.member, slots, sender);
  if (filled.length > 0) {
    const importing = [...eachSlot(filled)].map((slot) =>
      clusterSetSlotCommand({ kind: 'importing', slot, from: batch.from }),
    );
    await setSlots(target.member, importing, sender);
  }
}
