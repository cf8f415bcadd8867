import type { NodeId } from '@slotdeck/model/ids';
import {
  eachSlot,
  hasSlot,
  intersectSlots,
  minusSlots,
  NO_SLOTS,
  printSlotRanges,
  slotsOf,
  takeSlots,
  unionSlots,
  type SlotRanges,
} from '@slotdeck/model/slot-ranges';
import { clusterBumpEpochCommand, readEpochBump } from '../commands/cluster-bump-epoch.ts';
import { clusterSetSlotCommand } from '../commands/cluster-set-slot.ts';
import type { Command } from '../connection/node-calls.ts';
import type { ActContext, ClusterMember } from './act-context.ts';
import { awaitSight } from './await-sight.ts';
import { createSender, requireAllOk, type CommandSender } from './command-sender.ts';
import { drainSlots } from './drain-slots.ts';
import { giveTo, replicatesSetSlot } from './hand-over.ts';
import { countKeys } from './list-keys.ts';
import {
  answeredView,
  answeredViews,
  lineOf,
  lookAt,
  openIn,
  slotsInView,
  type AnsweredView,
  type Sight,
} from './look.ts';
import { ActFailure } from './move-problems.ts';
import { LANES, nodeCommands, SETSLOT_OPTIONS, setSlots } from './open-slots.ts';
import { memberOf } from './promote-replica.ts';
import { closeAtTarget } from './roll-back.ts';

/** Slots that come to one node, whatever others claim, mark or hold of them. */
export interface Gathering {
  readonly slots: SlotRanges;
  readonly owner: NodeId;
  /** Who was seen to claim them when that was decided. A claim by anybody else is news that nobody decided on. */
  readonly claimers: readonly NodeId[];
  /** Who was seen to hold keys of them, or did not say. */
  readonly holders: readonly NodeId[];
}

const WAVE_SLOTS = 512;

/** How long news may take to reach every node by itself, and with our help. */
const HEARD_MS = 2_000;
const AGREED_MS = 20_000;
/** Closing can meet a write that was on its way; a few rounds outlast any such client. */
const ROUNDS = 5;

/**
 * Makes the owner the only one that claims the slots. A node that claims them too gives its claim up before the owner's becomes the
 * stronger one: a server that learns from another that a slot is no longer its own deletes the keys it has of it. What it holds stays,
 * marked as importing, which also keeps it visible on servers that hide keys of slots that are not theirs.
 * @throws ActFailure
 */
export async function claimSlots(gathering: Gathering, context: ActContext): Promise<{ claimed: number }> {
  const sender = createSender(context);
  let claimed = 0;
  for (const wave of await wavesOf(gathering, context, sender))
    claimed += await claimWave({ ...gathering, slots: wave }, context, sender);
  return { claimed };
}

/**
 * Brings every key of the slots to their owner and closes them everywhere, until no node but the owner holds any and every node that
 * answers names the owner. @returns keys brought. @throws ActFailure `key-on-both-sides` where values differ and nobody decided yet
 */
export async function gatherSlots(
  gathering: Gathering,
  context: ActContext,
): Promise<{ keys: number; agreeing: number }> {
  const sender = createSender(context);
  await claimSlots(gathering, context);
  let keys = 0;
  for (const wave of await wavesOf(gathering, context, sender))
    keys += await bringWave({ ...gathering, slots: wave }, context, sender);
  const sight = await awaitSight(
    context.members(),
    (seen) => notSettled(seen, gathering),
    { ...context, sender },
    AGREED_MS,
  );
  return { keys, agreeing: answeredViews(sight).length };
}

/** Told in one write; where each SETSLOT blocks until the replicas have it, as many as have a connection of their own. */
async function wavesOf({ slots, owner }: Gathering, context: ActContext, sender: CommandSender): Promise<SlotRanges[]> {
  const isSlow = await replicatesSetSlot(memberOf(context.members(), owner), sender);
  const waves: SlotRanges[] = [];
  for (let rest = slots; rest.length > 0;) {
    const wave = takeSlots(rest, isSlow ? LANES : WAVE_SLOTS);
    waves.push(wave);
    rest = minusSlots(rest, wave);
  }
  return waves;
}

interface Seen {
  readonly sight: Sight;
  readonly owner: AnsweredView;
  /** Primaries that answer, without the owner. */
  readonly others: readonly AnsweredView[];
}

async function look(gathering: Gathering, context: ActContext, sender: CommandSender): Promise<Seen> {
  context.signal.throwIfAborted();
  const sight = await lookAt(sender, context.members());
  const owner = answeredView(sight, gathering.owner);
  const member = memberOf(context.members(), gathering.owner);
  const who = { node: member.id, name: member.name };
  if (owner === null)
    throw new ActFailure('node-did-not-answer', { ...who, command: 'CLUSTER NODES', seen: 'no answer' });
  if (owner.self.role !== 'primary') throw new ActFailure('node-changed-role', who);
  const others = answeredViews(sight).filter((view) => view !== owner && view.self.role === 'primary');
  const expected = new Set<NodeId>(gathering.claimers);
  for (const view of others) {
    const claims = intersectSlots(view.self.slots, gathering.slots);
    if (claims.length > 0 && !expected.has(view.member.id)) {
      throw new ActFailure('slot-owner-changed', { slots: printSlotRanges(claims), owner: view.member.name });
    }
  }
  return { sight, owner, others };
}

async function claimWave(gathering: Gathering, context: ActContext, sender: CommandSender): Promise<number> {
  const { sight, owner, others } = await look(gathering, context, sender);
  const { slots } = gathering;
  let isContested = false;
  for (const view of others) {
    const claims = intersectSlots(view.self.slots, slots);
    if (claims.length === 0) continue;
    isContested = true;
    await giveUpClaim(view.member, claims, gathering.owner, sender);
    context.note('claim-given-up', { node: view.member.id, name: view.member.name, slots: printSlotRanges(claims) });
  }
  const missing = minusSlots(slots, owner.self.slots);
  if (missing.length > 0) await take(missing, { sight, owner, others }, context, sender);
  else if (isContested) await sender.ask(owner.member, clusterBumpEpochCommand, readEpochBump);
  // The owner sends nobody away any more; what is elsewhere comes to it.
  const sends = slotsOf(openIn(owner, intersectSlots(slots, owner.self.slots)).migrating.keys());
  await setSlots(owner.member, stable(sends), sender);
  await letAllKnow(gathering, context, sender);
  return [...eachSlot(missing)].length;
}

/** Its claim goes before anything else does, in one write: from then on nothing that it hears can make it delete keys. */
async function giveUpClaim(
  member: ClusterMember,
  claims: SlotRanges,
  owner: NodeId,
  sender: CommandSender,
): Promise<void> {
  const list = [...eachSlot(claims)];
  const commands: Command[] = [
    ['CLUSTER', 'DELSLOTS', ...list],
    ...list.flatMap((slot) => [
      clusterSetSlotCommand({ kind: 'node', slot, owner }),
      clusterSetSlotCommand({ kind: 'importing', slot, from: owner }),
    ]),
  ];
  requireAllOk(member, commands, await sender.send(member, commands, SETSLOT_OPTIONS));
}

/** As in a hand-over: a slot that is taken while it is marked as importing comes with a new epoch, and is announced. */
async function take(
  slots: SlotRanges,
  { sight, owner, others }: Seen,
  context: ActContext,
  sender: CommandSender,
): Promise<void> {
  const [other] = others;
  if (other === undefined) {
    // Nobody to import from, and nobody who could hold another claim.
    const bound = [...eachSlot(slots)].filter((slot) => owner.lines.some((line) => hasSlot(line.slots, slot)));
    const commands: Command[] = [
      ...(bound.length > 0 ? [['CLUSTER', 'DELSLOTS', ...bound]] : []),
      ['CLUSTER', 'ADDSLOTS', ...eachSlot(slots)],
    ];
    requireAllOk(owner.member, commands, await sender.send(owner.member, commands));
    return;
  }
  const { importing } = openIn(owner, slots);
  const unmarked = minusSlots(slots, slotsOf(importing.keys()));
  await setSlots(owner.member, importingFrom(unmarked, other.member.id), sender);
  const targetReplicatesSetSlot = await replicatesSetSlot(owner.member, sender);
  await giveTo({ slots, source: other.member, target: owner.member, sender, context, sight, targetReplicatesSetSlot });
}

const stable = (slots: SlotRanges): Command[] =>
  [...eachSlot(slots)].map((slot) => clusterSetSlotCommand({ kind: 'stable', slot }));
const importingFrom = (slots: SlotRanges, from: NodeId): Command[] =>
  [...eachSlot(slots)].map((slot) => clusterSetSlotCommand({ kind: 'importing', slot, from }));

/**
 * Most nodes hear of the owner by themselves, and then with its epoch. Those that have the slot marked never do: a server does not let
 * gossip touch such a slot. They, and whoever has not heard after a while, are told.
 */
async function letAllKnow(gathering: Gathering, context: ActContext, sender: CommandSender): Promise<void> {
  const start = context.clock.monotonic();
  await awaitSight(
    context.members(),
    (sight) => {
      const isPatient = context.clock.monotonic() - start < HEARD_MS;
      const deaf = unaware(sight, gathering).filter((view) => isPatient && !isMarked(view, gathering.slots));
      return deaf.length === 0 ? null : new ActFailure('nodes-do-not-agree', differing(deaf, gathering));
    },
    { ...context, sender },
    HEARD_MS * 2,
  );
  const { sight } = await look(gathering, context, sender);
  for (const view of unaware(sight, gathering)) {
    if (view.self.role !== 'primary') continue;
    const missing = minusSlots(minusSlots(gathering.slots, slotsInView(view, gathering.owner)), view.self.slots);
    const commands = nodeCommands(missing, gathering.owner);
    requireAllOk(view.member, commands, await sender.send(view.member, commands, SETSLOT_OPTIONS));
  }
}

/** Who answers, knows the owner, and does not give it the slots. */
function unaware(sight: Sight, { slots, owner }: Gathering): AnsweredView[] {
  return answeredViews(sight).filter(
    (view) => lineOf(view, owner) !== undefined && minusSlots(slots, slotsInView(view, owner)).length > 0,
  );
}

function isMarked(view: AnsweredView, slots: SlotRanges): boolean {
  return openIn(view, slots).importing.size > 0;
}

function differing(views: readonly AnsweredView[], { slots, owner }: Gathering): { names: string[]; slots: string } {
  const missing = views.reduce<SlotRanges>(
    (sum, view) => unionSlots(sum, minusSlots(slots, slotsInView(view, owner))),
    NO_SLOTS,
  );
  return { names: views.map((view) => view.member.name), slots: printSlotRanges(missing) };
}

async function bringWave(gathering: Gathering, context: ActContext, sender: CommandSender): Promise<number> {
  let keys = 0;
  for (let round = 1; ; round += 1) {
    const seen = await look(gathering, context, sender);
    const froms = await Promise.all(seen.others.map((view) => suspect(view, gathering, round, sender)));
    const work = seen.others.flatMap((view, at) => {
      const slots = froms[at] ?? NO_SLOTS;
      return slots.length > 0 ? [{ view, slots }] : [];
    });
    if (work.length === 0) break;
    if (round > ROUNDS)
      throw new ActFailure('views-changed', { seen: 'keys of the slots appear elsewhere again and again' });
    for (const { view, slots } of work) keys += await bring(view, slots, gathering, seen, context, sender);
  }
  await closeLeftovers(gathering, context, sender);
  return keys;
}

/**
 * The slots for which a node must be looked into: those it has marked, and those it holds keys of. Where keys of slots that are not its
 * own are hidden, the holders of the plan are looked into once for all.
 */
async function suspect(
  view: AnsweredView,
  gathering: Gathering,
  round: number,
  sender: CommandSender,
): Promise<SlotRanges> {
  const { slots, holders } = gathering;
  const { importing, migrating } = openIn(view, slots);
  const marked = slotsOf([...importing.keys(), ...migrating.keys()]);
  if (round === 1 && holders.includes(view.member.id)) return slots;
  const unmarked = [...eachSlot(minusSlots(slots, marked))];
  if (unmarked.length === 0) return marked;
  const { counts } = await countKeys(sender, view.member, unmarked);
  return unionSlots(marked, slotsOf([...counts].flatMap(([slot, keys]) => (keys > 0 ? [slot] : []))));
}

/** Marked as importing it serves our MIGRATE, and shows what it holds. The owner serves the slot alone all the while. */
async function bring(
  view: AnsweredView,
  slots: SlotRanges,
  { owner }: Gathering,
  { owner: ownerView }: Seen,
  context: ActContext,
  sender: CommandSender,
): Promise<number> {
  const { importing } = openIn(view, slots);
  const right = slotsOf([...importing].flatMap(([slot, from]) => (from === owner ? [slot] : [])));
  await setSlots(view.member, importingFrom(minusSlots(slots, right), owner), sender);
  const line = lineOf(view, owner);
  if (line === undefined) {
    throw new ActFailure('views-changed', { seen: `${view.member.name} does not know ${ownerView.member.name}` });
  }
  let keys = 0;
  const carrier = {
    sender,
    source: view.member,
    target: ownerView.member,
    targetSeenFromSource: { host: line.host, port: line.port },
    servedBy: 'target',
    context,
  } as const;
  const tally = {
    moved: (count: number) => {
      keys += count;
    },
  };
  await drainSlots([...eachSlot(slots)], carrier, context, tally);
  const filled = await closeAtTarget(view.member, slots, sender);
  // Somebody wrote there between the last count and the closing: open again, so that it is seen, and once more.
  if (filled.length > 0) await setSlots(view.member, importingFrom(filled, owner), sender);
  return keys;
}

/** Marks of the owner, and on Valkey those that a replica has and its primary has not. */
async function closeLeftovers(gathering: Gathering, context: ActContext, sender: CommandSender): Promise<void> {
  const { sight, owner } = await look(gathering, context, sender);
  const own = openIn(owner, gathering.slots);
  await setSlots(owner.member, stable(slotsOf([...own.importing.keys(), ...own.migrating.keys()])), sender);
  for (const view of answeredViews(sight)) {
    if (view.self.role !== 'replica' || view.self.primaryId === null) continue;
    const { importing, migrating } = openIn(view, gathering.slots);
    const primary = answeredView(sight, view.self.primaryId);
    // The primary passes it on; the replica itself would refuse to be told.
    if (primary !== null)
      await setSlots(primary.member, stable(slotsOf([...importing.keys(), ...migrating.keys()])), sender);
  }
}

function notSettled(sight: Sight, gathering: Gathering): ActFailure | null {
  const deaf = unaware(sight, gathering);
  if (deaf.length > 0) return new ActFailure('nodes-do-not-agree', differing(deaf, gathering));
  const open = answeredViews(sight).filter((view) => {
    const { importing, migrating } = openIn(view, gathering.slots);
    return importing.size + migrating.size > 0;
  });
  if (open.length === 0) return null;
  return new ActFailure('slots-not-closed', {
    names: open.map((view) => view.member.name),
    slots: printSlotRanges(gathering.slots),
  });
}
