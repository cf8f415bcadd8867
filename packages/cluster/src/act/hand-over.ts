import { minusSlots, printSlotRanges, slotsOf, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { clusterBumpEpochCommand, readEpochBump } from '../commands/cluster-bump-epoch.ts';
import { infoCommand, readInfo } from '../commands/info.ts';
import { readSetSlotRefusal } from '../commands/cluster-set-slot.ts';
import type { NodeCallError } from '../connection/node-calls.ts';
import type { ActContext, ClusterMember } from './act-context.ts';
import { failureOf, requireAllOk, type CommandSender } from './command-sender.ts';
import {
  answeredView,
  answeredViews,
  failedIn,
  lookAt,
  openIn,
  replicasInSight,
  slotsInView,
  votingViews,
  type MemberView,
  type Sight,
} from './look.ts';
import { ActFailure } from './move-problems.ts';
import { nodeCommands, SETSLOT_OPTIONS, type SlotEnds } from './open-slots.ts';
import { raiseEpochAbove } from './raise-epoch.ts';
import { FIRST_REST_MS, nextRest, waitForOwner } from './wait-for-owner.ts';

export interface HandOver extends SlotEnds {
  readonly slots: SlotRanges;
  readonly sender: CommandSender;
  readonly context: ActContext;
  /** Valkey from 8.0 on: SETSLOT reaches the replicas before it holds, must not stand in a transaction, and needs no raised epoch. */
  readonly targetReplicatesSetSlot: boolean;
  /** As the members were before the batch was opened: who follows the target, who votes. */
  readonly sight: Sight;
}

const BARRIER_TIMEOUT_MS = 10_000;
const MAJORITY_TIMEOUT_MS = 10_000;
const LAGGARD_TIMEOUT_MS = 2_000;
const CLOSE_TIMEOUT_MS = 5_000;

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
  const { slots, source, target, sender, context } = hand;
  const needsEpoch = !hand.targetReplicatesSetSlot && replicasInSight(hand.sight, target.id).length > 0;
  if (needsEpoch) await raiseEpochAbove(target, source, { ...context, sender });
  const commands = nodeCommands(slots, target.id);
  // In one transaction no reader of the target sees a part of the slots, and all announcements leave together. Valkey from 8.0 on
  // blocks each SETSLOT on its replicas and fails an assertion when that happens inside MULTI: the server is gone.
  const outcomes = hand.targetReplicatesSetSlot
    ? await sender.send(target, commands, SETSLOT_OPTIONS)
    : await sender.sendTogether(target, commands, SETSLOT_OPTIONS);
  requireAllOk(target, commands, outcomes);
  await requireRisenEpoch(hand, needsEpoch);
  await settleHandOver(hand);
}

/** The new epoch is what keeps a replica that missed the hand-over from winning an election. */
async function requireRisenEpoch(
  { source, target, sender, sight, context }: HandOver,
  isRequired: boolean,
): Promise<void> {
  const before = answeredView(sight, target.id)?.self.configEpoch ?? null;
  const hasRisen = async (): Promise<boolean> => {
    const now = answeredView(await lookAt(sender, [target]), target.id)?.self.configEpoch ?? null;
    return before === null || now === null || now > before;
  };
  if (!isRequired || (await hasRisen())) return;
  // Something took the greater epoch away from under us; the target can still be given one that is greater.
  await raiseEpochAbove(target, source, { ...context, sender });
  await sender.ask(target, clusterBumpEpochCommand, readEpochBump);
  if (!(await hasRisen()))
    throw new ActFailure('epoch-did-not-rise', { node: target.id, name: target.name, epoch: before });
}

/** What follows once the target owns the slots; also taken up again after a crash. Safe to repeat. */
export async function settleHandOver(hand: HandOver): Promise<void> {
  await waitForMajority(hand);
  await waitForReplicas(hand);
  await closeAtSource(hand);
  await tellLaggards(hand);
  await requireClosed(hand);
}

/** Source and a majority of the voters have heard it by themselves: told by us, they would know the owner without its epoch. */
async function waitForMajority({ slots, source, target, sight, sender, context }: HandOver): Promise<void> {
  const voters = votingViews(sight).map((view) => view.member);
  const needed = Math.floor(voters.length / 2) + 1;
  const others = voters.filter((voter) => voter.id !== target.id);
  const isTargetVoter = others.length < voters.length;
  const enough = Math.max(0, needed - (isTargetVoter ? 1 : 0));
  const wait = { owner: target.id, slots, timeoutMs: MAJORITY_TIMEOUT_MS };
  // Without an answering source there is nobody left to believe otherwise; its shard's next owner hears it as the others do.
  const isSourceThere = answeredView(sight, source.id) !== null;
  const [bySource, byVoters] = await Promise.all([
    waitForOwner({ ...wait, witnesses: isSourceThere ? [source] : [] }, { ...context, sender }),
    waitForOwner({ ...wait, witnesses: others, enough }, { ...context, sender }),
  ]);
  if (byVoters.heard.length < enough) {
    throw new ActFailure('majority-does-not-know', {
      target: target.name,
      slots: printSlotRanges(slots),
      heard: byVoters.heard.length + 1,
      needed,
    });
  }
  if (bySource.lacking.length > 0) {
    throw new ActFailure('nodes-do-not-agree', {
      names: [source.name],
      nodes: [source.id],
      slots: printSlotRanges(slots),
    });
  }
}

/** The barrier: every replica of the target that can be reached shows the slots, so that whichever is promoted has them. */
async function waitForReplicas({ slots, target, sight, sender, context }: HandOver): Promise<void> {
  const members = context.members();
  const witnesses: ClusterMember[] = [];
  for (const id of replicasInSight(sight, target.id)) {
    const member = members.find((each) => each.id === id);
    const { by, of } = failedIn(sight, id);
    if (member !== undefined && by <= of / 2) witnesses.push(member);
    else
      context.note('replica-not-waited-for', {
        node: id,
        name: member?.name ?? id,
        target: target.name,
        slots: printSlotRanges(slots),
      });
  }
  const { lacking } = await waitForOwner(
    { owner: target.id, slots, witnesses, timeoutMs: BARRIER_TIMEOUT_MS },
    { ...context, sender },
  );
  if (lacking.length > 0)
    throw new ActFailure('replica-does-not-know', {
      ...namesOf(lacking),
      target: target.name,
      slots: printSlotRanges(slots),
    });
}

/**
 * Ends the source's side. It has heard of the new owner by now and has usually dropped its marks with that; what is left of them is
 * cleared, and only that, because each SETSLOT costs Valkey a round trip to its replicas.
 */
async function closeAtSource({ slots, source, target, sender }: HandOver): Promise<void> {
  const view = answeredView(await lookAt(sender, [source]), source.id);
  if (view === null) return;
  const marked = slotsOf(openIn(view, slots).migrating.keys());
  const commands = nodeCommands(marked, target.id);
  if (commands.length === 0) return;
  const outcomes = await sender.send(source, commands, SETSLOT_OPTIONS);
  for (const [at, outcome] of outcomes.entries()) {
    if (outcome.ok || isRefusedAsReplica(outcome.error)) continue;
    throw failureOf(source, commands[at] ?? [], outcome.error);
  }
}

/** A source that gave its last slot may be the target's replica by now; it has nothing open any more. */
function isRefusedAsReplica({ failure }: NodeCallError): boolean {
  return failure.kind === 'error-reply' && readSetSlotRefusal(failure.line) === 'not-a-primary';
}

/**
 * Primaries that have not heard after a while are told. The majority knows the epoch, so telling them can do no harm now. A node
 * hears a batch in as many messages as it has slots, so a part of them is no sign of trouble.
 */
async function tellLaggards({ slots, source, target, sight, sender, context }: HandOver): Promise<void> {
  const witnesses = answeredViews(sight)
    .filter((view) => view.self.role === 'primary' && view.member.id !== target.id && view.member.id !== source.id)
    .map((view) => view.member);
  const wait = { owner: target.id, slots, witnesses, timeoutMs: LAGGARD_TIMEOUT_MS };
  const { lacking } = await waitForOwner(wait, { ...context, sender });
  for (const view of lacking) {
    // Who gives no answer hears it from the others when it is back.
    if (view.state !== 'answered' || view.self.role !== 'primary') continue;
    const unheard = minusSlots(slots, slotsInView(view, target.id));
    const commands = nodeCommands(unheard, target.id);
    requireAllOk(view.member, commands, await sender.send(view.member, commands, SETSLOT_OPTIONS));
    context.note('laggard-told', { node: view.member.id, name: view.member.name, slots: printSlotRanges(unheard) });
  }
}

/** Nothing of these slots may be open anywhere, replicas included: Valkey's replicas carry open marks of their own. */
async function requireClosed({ slots, sender, context }: HandOver): Promise<void> {
  const end = context.clock.monotonic() + CLOSE_TIMEOUT_MS;
  for (let rest = FIRST_REST_MS; ; rest = nextRest(rest)) {
    const open = answeredViews(await lookAt(sender, context.members())).filter((view) => hasOpen(view, slots));
    if (open.length === 0) return;
    if (context.clock.monotonic() >= end) {
      throw new ActFailure('slots-not-closed', { ...namesOf(open), slots: printSlotRanges(openSlotsOf(open, slots)) });
    }
    await context.clock.sleep(rest, context.signal);
  }
}

function hasOpen(view: MemberView, slots: SlotRanges): boolean {
  if (view.state !== 'answered') return false;
  const { migrating, importing } = openIn(view, slots);
  return migrating.size > 0 || importing.size > 0;
}

function openSlotsOf(views: readonly MemberView[], slots: SlotRanges): SlotRanges {
  return slotsOf(
    views.flatMap((view) => {
      if (view.state !== 'answered') return [];
      const { migrating, importing } = openIn(view, slots);
      return [...migrating.keys(), ...importing.keys()];
    }),
  );
}

function namesOf(views: readonly MemberView[]): { names: string[]; nodes: string[] } {
  return { names: views.map((view) => view.member.name), nodes: views.map((view) => view.member.id) };
}
