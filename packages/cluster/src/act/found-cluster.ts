import type { NodeId } from '@slotdeck/model/ids';
import { minusSlots, printSlotRanges, eachSlot, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { clusterInfoCommand, readClusterInfo } from '../commands/cluster-info.ts';
import type { Command } from '../connection/node-calls.ts';
import type { ActContext, ClusterMember } from './act-context.ts';
import { awaitSight } from './await-sight.ts';
import { createSender, requireAllOk, type CommandSender } from './command-sender.ts';
import { isKnown, meet } from './join-node.ts';
import { answeredView, answeredViews, lineOf, lookAt, slotsInView, type AnsweredView, type Sight } from './look.ts';
import { ActFailure } from './move-problems.ts';
import { FIRST_REST_MS, nextRest } from './resting.ts';

/** A node of a cluster that is being made, with what it is to become. */
export interface NewMember extends ClusterMember {
  /** Its first config epoch. */
  readonly epoch: number;
  readonly slots: SlotRanges;
  /** Null: a primary. */
  readonly primary: NodeId | null;
}

/** Until all know all: each of so many nodes hears of the others in a few rounds of gossip, one a second. */
const KNOWN_MS = 60_000;
/** Until the roles are heard of everywhere, and until nobody calls the cluster down. */
const AGREED_MS = 30_000;

/**
 * Gives every node its config epoch, and the primaries their slots, while each is still alone. Only what is missing is sent, so it may
 * be cut off anywhere and run again. @returns how many nodes were told anything. @throws ActFailure
 */
export async function configureMembers(members: readonly NewMember[], context: ActContext): Promise<{ told: number }> {
  const sender = createSender(context);
  const views = requireAll(await lookAt(sender, members), members);
  const told = await Promise.all(views.map(({ member, view }) => configure(member, view, sender)));
  return { told: told.filter(Boolean).length };
}

async function configure(member: NewMember, view: AnsweredView, sender: CommandSender): Promise<boolean> {
  const own = view.self.slots;
  const strange = minusSlots(own, member.slots);
  if (strange.length > 0) {
    throw new ActFailure('new-node-claims-more', { ...who(member), slots: printSlotRanges(strange) });
  }
  const missing = minusSlots(member.slots, own);
  // Once it knows others an epoch cannot be given any more; then the nodes settle it among themselves.
  const setEpoch = view.self.configEpoch === 0 && view.lines.length === 1;
  const commands: Command[] = [
    ...(setEpoch ? [['CLUSTER', 'SET-CONFIG-EPOCH', member.epoch]] : []),
    ...(missing.length > 0 ? [['CLUSTER', 'ADDSLOTSRANGE', ...missing.flat()]] : []),
  ];
  if (commands.length === 0) return false;
  const outcomes = await sender.send(member, commands);
  const isOld = outcomes.some(
    (outcome) =>
      !outcome.ok &&
      outcome.error.failure.kind === 'error-reply' &&
      /unknown subcommand/i.test(outcome.error.failure.line),
  );
  if (!isOld) requireAllOk(member, commands, outcomes);
  // Before Redis 7.0 slots are named one by one.
  else await sender.askAll(member, [['CLUSTER', 'ADDSLOTS', ...eachSlot(missing)]], () => ({ ok: true, value: null }));
  return true;
}

/**
 * Lets every replica meet its primary, and follow it, while nobody else knows them. Whoever is introduced to them afterwards learns who
 * follows whom with the first word; a cluster that is introduced first hears of it by gossip, which takes up to half a node timeout.
 * @returns REPLICATE orders sent. @throws ActFailure
 */
export async function followPrimaries(members: readonly NewMember[], context: ActContext): Promise<{ told: number }> {
  const sender = createSender(context);
  const views = requireAll(await lookAt(sender, members), members);
  for (const { member, view } of views) refuseStrangers(member, view, members);
  const byId = new Map(views.map(({ member, view }) => [member.id, view]));
  const orders = views.filter(({ member, view }) => member.primary !== null && view.self.primaryId !== member.primary);
  await Promise.all(
    orders.map(async ({ member, view }) => {
      const primary = member.primary === null ? undefined : byId.get(member.primary);
      if (primary !== undefined && !isKnown(view, primary.member.id)) await meet(member, [primary], sender);
    }),
  );
  const waiting = { ...context, sender };
  await awaitSight(
    members,
    patient((sight) => notPaired(sight, members), context),
    waiting,
    KNOWN_MS,
  );
  await Promise.all(
    orders.map(({ member }) =>
      sender.ask(member, ['CLUSTER', 'REPLICATE', member.primary ?? ''], () => ({ ok: true, value: null })),
    ),
  );
  await awaitSight(
    members,
    patient((sight) => notTaken(sight, members), context),
    waiting,
    AGREED_MS,
  );
  return { told: orders.length };
}

/** Up to so many nodes every pair is introduced; beyond, gossip has a part in it. */
const PAIRWISE = 64;

/**
 * Lets all know all, at once. Where there are many, node n meets the nodes n+1, n+2, n+4, … of the circle, so that gossip has a short way
 * from everyone to everyone. Nobody is met who knows nodes beyond these: that would merge two clusters.
 * @returns MEET orders sent. @throws ActFailure
 */
export async function introduceMembers(members: readonly NewMember[], context: ActContext): Promise<{ meets: number }> {
  const sender = createSender(context);
  const views = requireAll(await lookAt(sender, members), members);
  for (const { member, view } of views) refuseStrangers(member, view, members);
  const meets = await Promise.all(
    views.map(async ({ member, view }, at) => {
      const to = views.flatMap((other, place) =>
        isMet(at, place, views.length) && !isKnown(view, other.member.id) ? [other.view] : [],
      );
      if (to.length > 0) await meet(member, to, sender);
      return to.length;
    }),
  );
  await awaitSight(
    members,
    patient((sight) => notAllKnown(sight, members), context),
    { ...context, sender },
    KNOWN_MS,
  );
  return { meets: meets.reduce((sum, each) => sum + each, 0) };
}

/** Whether the first of two is told to meet the second. Each of a pair learns of the other by one order. */
function isMet(from: number, to: number, count: number): boolean {
  if (count <= PAIRWISE) return to > from;
  const distance = (to - from + count) % count;
  return distance > 0 && (distance & (distance - 1)) === 0;
}

/**
 * Asks every node: it must list all with the planned roles and slots, and call the cluster ok.
 * @returns how many agree: all. @throws ActFailure
 */
export async function verifyMembers(members: readonly NewMember[], context: ActContext): Promise<{ agreeing: number }> {
  const sender = createSender(context);
  const lacking = (sight: Sight): ActFailure | null =>
    notAllKnown(sight, members) ?? notFollowing(sight, members) ?? notOwning(sight, members);
  await sayAgain(members, context, sender);
  const sight = await awaitSight(members, patient(lacking, context), { ...context, sender }, AGREED_MS);
  const end = context.clock.monotonic() + AGREED_MS;
  for (let rest = FIRST_REST_MS; ; rest = nextRest(rest)) {
    const states = await Promise.all(members.map((member) => sender.ask(member, clusterInfoCommand, readClusterInfo)));
    const down = members.filter((_, at) => states[at]?.state !== 'ok');
    if (down.length === 0) return { agreeing: answeredViews(sight).length };
    if (context.clock.monotonic() >= end || context.asked() !== 'go-on') {
      throw new ActFailure('cluster-not-ok', { names: down.map(({ name }) => name) });
    }
    await context.clock.sleep(rest, context.signal);
  }
}

/** Waits no longer once a person asked for something else: each of these steps may be left and taken up anywhere. */
function patient(
  lacking: (sight: Sight) => ActFailure | null,
  { asked }: Pick<ActContext, 'asked'>,
): (sight: Sight) => ActFailure | null {
  return (sight) => {
    const lack = lacking(sight);
    if (lack !== null && asked() !== 'go-on') throw lack;
    return lack;
  };
}

const SAY_AGAIN_MS = 250;
const TIMES = 8;

/**
 * What a node hears in the handshake is the other's name and little else; slots and primary come with the next word, and that can take half
 * a node timeout. A MEET to somebody who knows the sender already is such a word, and leaves nothing behind. So whoever is not seen
 * as it is says it again to those who do not see it.
 */
async function sayAgain(members: readonly NewMember[], context: ActContext, sender: CommandSender): Promise<void> {
  for (let time = 0; time < TIMES && context.asked() === 'go-on'; time += 1) {
    const views = requireAll(await lookAt(sender, members), members);
    const deafTo = views.map(({ member }) =>
      views.flatMap(({ member: hearer, view }) => (hearer === member || seesAsPlanned(view, member) ? [] : [view])),
    );
    if (deafTo.every((deaf) => deaf.length === 0)) return;
    await Promise.all(members.map((member, at) => saidTo(member, deafTo[at] ?? [], sender)));
    await context.clock.sleep(SAY_AGAIN_MS, context.signal);
  }
}

async function saidTo(member: NewMember, deaf: readonly AnsweredView[], sender: CommandSender): Promise<void> {
  if (deaf.length > 0) await meet(member, deaf, sender);
}

function seesAsPlanned(view: AnsweredView, { id, primary, slots }: NewMember): boolean {
  const line = lineOf(view, id);
  return line !== undefined && line.primaryId === primary && printSlotRanges(line.slots) === printSlotRanges(slots);
}

interface Seen {
  readonly member: NewMember;
  readonly view: AnsweredView;
}

function requireAll(sight: Sight, members: readonly NewMember[]): Seen[] {
  return members.map((member) => {
    const view = sight.views.get(member.id);
    if (view?.state === 'answered') return { member, view };
    const seen = view === undefined ? 'not asked' : view.problem.seen;
    throw new ActFailure('node-did-not-answer', { ...who(member), command: 'CLUSTER NODES', seen });
  });
}

function who({ id, name }: ClusterMember): { node: string; name: string } {
  return { node: id, name };
}

/** Nodes in the handshake have no id of their own yet; those without an address are what is left of one. */
function refuseStrangers(member: NewMember, view: AnsweredView, members: readonly NewMember[]): void {
  const ours = new Set<string>(members.map(({ id }) => id));
  const strangers = view.lines.filter(
    ({ id, isMyself, flags }) =>
      !isMyself && !ours.has(id) && !flags.includes('handshake') && !flags.includes('noaddr'),
  );
  if (strangers.length === 0) return;
  throw new ActFailure('newcomer-knows-others', {
    ...who(member),
    count: strangers.length,
    others: strangers.slice(0, 10).map(({ id }) => id),
  });
}

function notAllKnown(sight: Sight, members: readonly NewMember[]): ActFailure | null {
  for (const { member, view } of requireAll(sight, members)) {
    const missing = members.filter(({ id }) => id !== member.id && !isKnown(view, id));
    if (missing.length === 0) continue;
    return new ActFailure('not-known-everywhere', {
      ...who(member),
      names: missing.slice(0, 10).map(({ name }) => name),
      busPort: view.self.busPort ?? member.address.port + 10_000,
    });
  }
  return null;
}

/** Replicas that do not know their primary yet. */
function notPaired(sight: Sight, members: readonly NewMember[]): ActFailure | null {
  for (const { member, view } of requireAll(sight, members)) {
    const primary = members.find(({ id }) => id === member.primary);
    if (primary === undefined || isKnown(view, primary.id)) continue;
    const busPort = answeredView(sight, primary.id)?.self.busPort ?? primary.address.port + 10_000;
    return new ActFailure('not-known-everywhere', { ...who(member), names: [primary.name], busPort });
  }
  return null;
}

/** Replicas that do not say themselves whom they follow. */
function notTaken(sight: Sight, members: readonly NewMember[]): ActFailure | null {
  for (const { member, view } of requireAll(sight, members)) {
    if (member.primary === null || view.self.primaryId === member.primary) continue;
    const primary = members.find(({ id }) => id === member.primary)?.name ?? member.primary;
    return new ActFailure('not-seen-as-replica', { ...who(member), primary, names: [member.name] });
  }
  return null;
}

function notFollowing(sight: Sight, members: readonly NewMember[]): ActFailure | null {
  for (const member of members) {
    if (member.primary === null) continue;
    const deaf = answeredViews(sight).filter((view) => lineOf(view, member.id)?.primaryId !== member.primary);
    if (deaf.length === 0) continue;
    return new ActFailure('not-seen-as-replica', {
      ...who(member),
      primary: members.find(({ id }) => id === member.primary)?.name ?? member.primary,
      names: deaf.slice(0, 10).map((view) => view.member.name),
    });
  }
  return null;
}

function notOwning(sight: Sight, members: readonly NewMember[]): ActFailure | null {
  for (const { id, slots } of members) {
    const own = answeredView(sight, id);
    const differing = answeredViews(sight).filter(
      (view) => printSlotRanges(slotsInView(view, id)) !== printSlotRanges(slots),
    );
    if (own !== null && differing.length === 0) continue;
    return new ActFailure('nodes-do-not-agree', {
      names: differing.slice(0, 10).map((view) => view.member.name),
      slots: printSlotRanges(slots),
    });
  }
  return null;
}
