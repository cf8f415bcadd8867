import type { NodeId } from '@slotdeck/model/ids';
import { eachSlot, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { clusterBumpEpochCommand, readEpochBump } from '../commands/cluster-bump-epoch.ts';
import { infoCommand, readInfo } from '../commands/info.ts';
import { clusterSetSlotCommand } from '../commands/cluster-set-slot.ts';
import { pingCommand, readPong } from '../commands/ping.ts';
import { broken, read, readText, type Read } from '../commands/reply-reading.ts';
import type { Command } from '../connection/node-calls.ts';
import type { ActContext, ClusterMember } from './act-context.ts';
import { requireAllOk, type CommandSender } from './command-sender.ts';
import { answeredView, lookAt, replicasInSight, votingViews } from './look.ts';
import { ActFailure } from './move-problems.ts';
import { nodeCommands, SETSLOT_OPTIONS } from './open-slots.ts';
import { raiseEpochAbove } from './raise-epoch.ts';
import { settleHandOver, type HandedOver } from './settle-hand-over.ts';

export interface HandOver extends HandedOver {
  readonly context: ActContext;
  /** Valkey from 8.0 on: SETSLOT reaches the replicas before it holds, must not stand in a transaction, and needs no raised epoch. */
  readonly targetReplicatesSetSlot: boolean;
}

/** Whether a server replicates SETSLOT; asked once per target. */
export async function replicatesSetSlot(target: ClusterMember, sender: CommandSender): Promise<boolean> {
  const { server } = await sender.ask(target, infoCommand, readInfo);
  return server?.flavour === 'valkey' && Number.parseInt(server.version, 10) >= 8;
}

/**
 * Makes the target the owner of drained slots: raised epoch first, then all slots at once, then nothing else until the cluster and
 * the target's replicas have heard of it. A target that dies at any moment of this either has not got the slots or keeps them
 * through its replica.
 */
export async function handOver(hand: HandOver): Promise<void> {
  await giveTo(hand);
  await settleHandOver(hand);
}

/** The first half: the target owns the slots, marked as importing there before, under a new epoch. Nobody else need know yet. */
export async function giveTo(hand: HandOver): Promise<void> {
  const { slots, target, sender, context } = hand;
  const needsEpoch = !hand.targetReplicatesSetSlot && replicasInSight(hand.sight, target.id).length > 0;
  if (needsEpoch) await raiseEpochAbove(target, raiserOf(hand), { ...context, sender });
  if (hand.targetReplicatesSetSlot) await giveAtOnce(hand);
  else {
    const commands = announcedOnce(slots, target.id);
    requireAllOk(target, commands, await sender.sendTogether(target, commands, SETSLOT_OPTIONS));
  }
  await requireRisenEpoch(hand, needsEpoch);
}

/**
 * Redis tells every node at once of each slot that is taken while it is marked as importing, with its whole map each time. In one
 * transaction only the last slot keeps its mark: it raises the epoch and announces all of them in one message to each node, where
 * 64 slots would else be 64 messages, each written to disk by whoever gets it.
 */
function announcedOnce(slots: SlotRanges, owner: NodeId): Command[] {
  const list = [...eachSlot(slots)];
  const last = list.pop();
  return [
    ...list.flatMap((slot) => [
      clusterSetSlotCommand({ kind: 'stable', slot }),
      clusterSetSlotCommand({ kind: 'node', slot, owner }),
    ]),
    ...(last === undefined ? [] : [clusterSetSlotCommand({ kind: 'node', slot: last, owner })]),
  ];
}

/** The pause ends by itself after this, should we die before ending it. */
const PAUSE_MS = 300;
/** A message on the cluster bus can wait that long for the receipt of the one before; twice that is surely over. */
const ANNOUNCED_MS = 100;

/**
 * Valkey from 8.0 on has its replicas take a slot before it takes it itself. Told so inside MULTI it fails an assertion: the server
 * is gone.
 *
 * Slot by slot is a trap of another kind. Each slot is announced on the cluster bus after it was taken, and the announcement of one
 * can reach a replica after it took the next: it seems to say that the primary does not claim that one. The replica then believes
 * the source, whose claim is still on its way, and should the target die now, it is promoted without the slot and deletes its keys
 * (seen on 9.1.2). So all slots of a batch are taken in one turn of the server, and announced once: writes, and SETSLOT is one,
 * are held until every SETSLOT has come, each on a connection of its own because each blocks. The next batch is not handed over
 * before this announcement has come home.
 */
async function giveAtOnce({ slots, target, sender, context }: HandOver): Promise<void> {
  const commands = nodeCommands(slots, target.id);
  const start = context.clock.monotonic();
  // The connections are made before anybody is held up.
  await sender.sendAbreast(
    target,
    commands.map(() => pingCommand),
  );
  const [paused] = await sender.send(target, [['CLIENT', 'PAUSE', PAUSE_MS, 'WRITE']]);
  if (paused?.ok !== true)
    context.note('hand-over-not-paused', { node: target.id, name: target.name, seen: paused?.error.message ?? '' });
  const release = async (): Promise<void> => {
    // Sent after them, answered after they have come.
    await sender.send(target, [pingCommand]);
    if (paused?.ok === true) await sender.ask(target, ['CLIENT', 'UNPAUSE'], readOk);
  };
  const [taken] = await Promise.all([sender.sendAbreast(target, commands, SETSLOT_OPTIONS), release()]);
  requireAllOk(target, commands, taken);
  // The server announces when it wakes up for the next time.
  await sender.ask(target, pingCommand, readPong);
  await context.clock.sleep(Math.max(0, ANNOUNCED_MS - (context.clock.monotonic() - start)), context.signal);
}

function readOk(reply: unknown): Read<true> {
  return readText(reply) === 'OK' ? read(true) : broken(reply);
}

/** A primary that votes and has no part in the move; the source where there is no other. */
export function raiserOf({ sight, source, target }: Pick<HandOver, 'sight' | 'source' | 'target'>): ClusterMember {
  const bystander = votingViews(sight).find((view) => view.member.id !== source.id && view.member.id !== target.id);
  return bystander?.member ?? source;
}

/** The new epoch is what keeps a replica that missed the hand-over from winning an election. */
async function requireRisenEpoch(hand: HandOver, isRequired: boolean): Promise<void> {
  const { target, sender, sight, context } = hand;
  const before = answeredView(sight, target.id)?.self.configEpoch ?? null;
  const hasRisen = async (): Promise<boolean> => {
    const now = answeredView(await lookAt(sender, [target]), target.id)?.self.configEpoch ?? null;
    return before === null || now === null || now > before;
  };
  if (!isRequired || (await hasRisen())) return;
  // Something took the greater epoch away from under us; the target can still be given one that is greater.
  await raiseEpochAbove(target, raiserOf(hand), { ...context, sender });
  await sender.ask(target, clusterBumpEpochCommand, readEpochBump);
  if (!(await hasRisen()))
    throw new ActFailure('epoch-did-not-rise', { node: target.id, name: target.name, epoch: before });
}
