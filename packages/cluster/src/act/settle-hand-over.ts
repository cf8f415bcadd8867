import type { NodeId } from '@slotdeck/model/ids';
import { eachSlot, minusSlots, printSlotRanges, slotsOf, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { clusterSetSlotCommand, readSetSlotRefusal } from '../commands/cluster-set-slot.ts';
import type { NodeCallError } from '../connection/node-calls.ts';
import type { ActContext, ClusterMember } from './act-context.ts';
import { failureOf, requireAllOk, type CommandSender } from './command-sender.ts';
import {
  answeredView,
  failedIn,
  lineOf,
  lookAt,
  openIn,
  replicasInSight,
  slotsInView,
  votingViews,
  type MemberView,
  type Sight,
} from './look.ts';
import { ActFailure } from './move-problems.ts';
import { nodeCommands, SETSLOT_OPTIONS, setSlots, type SlotEnds } from './open-slots.ts';
import { FIRST_REST_MS, nextRest } from './resting.ts';

export interface HandedOver extends SlotEnds {
  readonly slots: SlotRanges;
  readonly sender: CommandSender;
  readonly context: Pick<ActContext, 'members' | 'clock' | 'signal' | 'note'>;
  /** As the members were before the batch was opened: who follows the target, who votes. */
  readonly sight: Sight;
}

/** How long the cluster may take to hear of it. Gossip alone needs a second or two. */
const BARRIER_MS = 10_000;
/** A primary that still has not heard by then is told. */
const LAGGARD_MS = 2_000;

/**
 * What follows once the target owns the slots; taken up again after a crash, and safe to repeat.
 *
 * First the barrier: the source, a majority of the voters and every reachable replica of the target show the slots under the
 * target, each having heard it by itself. Told by us, they would know the owner without its epoch, which is what protects it.
 * Then what is left of the source's marks is cleared, primaries that have not heard are told, every node that answers must have
 * heard, and nothing may be open anywhere.
 */
export async function settleHandOver(hand: HandedOver): Promise<void> {
  const { slots, source, target, sender, context } = hand;
  const members = context.members();
  const needs = needsOf(hand);
  const start = context.clock.monotonic();
  const latest = new Map<NodeId, MemberView>();
  let pending: readonly ClusterMember[] = members;
  for (let rest = FIRST_REST_MS; ; rest = nextRest(rest)) {
    for (const view of (await lookAt(sender, pending)).views.values()) latest.set(view.member.id, view);
    const waited = context.clock.monotonic() - start;
    const missing = missingFrom(latest, hand, needs);
    if (missing === null) {
      await clearSource(hand, latest.get(source.id));
      const unclear = unclearIn(latest, hand);
      if (unclear.unheard.length === 0 && unclear.open.length === 0) return;
      if (waited >= LAGGARD_MS) {
        await tellLaggards(hand, unclear.unheard);
        await clearReplicas(hand, unclear.open);
      }
      if (waited >= BARRIER_MS) {
        const code = unclear.unheard.length > 0 ? 'nodes-do-not-agree' : 'slots-not-closed';
        const views = unclear.unheard.length > 0 ? unclear.unheard : unclear.open;
        throw new ActFailure(code, { ...namesOf(views.map((view) => view.member)), slots: printSlotRanges(slots) });
      }
    } else if (waited >= BARRIER_MS) throw missing;
    // Only those who lack something are asked again.
    pending = members.filter((member) => !isSettled(latest.get(member.id), slots, target.id));
    await context.clock.sleep(rest, context.signal);
  }
}

interface Needs {
  /** Null: it did not answer when the batch began; its shard's next owner hears as the others do. */
  readonly source: ClusterMember | null;
  readonly voters: readonly ClusterMember[];
  /** How many of the voters beside the target make a majority with it. */
  readonly enough: number;
  readonly replicas: readonly ClusterMember[];
}

function needsOf({ source, target, sight, context, slots }: HandedOver): Needs {
  const voters = votingViews(sight).map((view) => view.member);
  const others = voters.filter((voter) => voter.id !== target.id);
  const majority = Math.floor(voters.length / 2) + 1;
  const replicas: ClusterMember[] = [];
  for (const id of replicasInSight(sight, target.id)) {
    const member = context.members().find((each) => each.id === id);
    const { by, of } = failedIn(sight, id);
    if (member !== undefined && by <= of / 2) replicas.push(member);
    else {
      const facts = { node: id, name: member?.name ?? id, target: target.name, slots: printSlotRanges(slots) };
      context.note('replica-not-waited-for', facts);
    }
  }
  return {
    source: answeredView(sight, source.id) === null ? null : source,
    voters: others,
    enough: Math.max(0, majority - (others.length < voters.length ? 1 : 0)),
    replicas,
  };
}

/** What the barrier still lacks, the gravest first; null: it is passed. */
function missingFrom(
  latest: ReadonlyMap<NodeId, MemberView>,
  { slots, target }: HandedOver,
  needs: Needs,
): ActFailure | null {
  const lacks = (member: ClusterMember): boolean => !shows(latest.get(member.id), slots, target.id);
  const facts = { target: target.name, slots: printSlotRanges(slots) };
  const heard = needs.voters.filter((voter) => !lacks(voter)).length;
  if (heard < needs.enough) {
    return new ActFailure('majority-does-not-know', { ...facts, heard: heard + 1, needed: needs.enough + 1 });
  }
  const replicas = needs.replicas.filter(lacks);
  if (replicas.length > 0) return new ActFailure('replica-does-not-know', { ...facts, ...namesOf(replicas) });
  if (needs.source !== null && lacks(needs.source))
    return new ActFailure('nodes-do-not-agree', { ...facts, ...namesOf([needs.source]) });
  return null;
}

function shows(view: MemberView | undefined, slots: SlotRanges, owner: NodeId): boolean {
  return view?.state === 'answered' && minusSlots(slots, slotsInView(view, owner)).length === 0;
}

function hasOpen(view: MemberView, slots: SlotRanges): boolean {
  if (view.state !== 'answered') return false;
  const { migrating, importing } = openIn(view, slots);
  return migrating.size > 0 || importing.size > 0;
}

function isSettled(view: MemberView | undefined, slots: SlotRanges, owner: NodeId): boolean {
  return view !== undefined && shows(view, slots, owner) && !hasOpen(view, slots);
}

/**
 * The source has usually dropped its marks when it heard. What is left of them is cleared, and only that, because each SETSLOT
 * costs Valkey a round trip to its replicas.
 */
async function clearSource({ slots, source, target, sender }: HandedOver, view: MemberView | undefined): Promise<void> {
  if (view?.state !== 'answered') return;
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

type AnsweredView = Extract<MemberView, { state: 'answered' }>;

/**
 * Who has not heard, of any role, and who has one of the slots open: replicas of Valkey carry marks of their own. Nobody may be
 * left behind: a node that still gives the slots to the source corrects the target as soon as the source's epoch rises for any
 * reason, and the target then drops the slots with their keys (seen on Redis 7.0).
 */
function unclearIn(
  latest: ReadonlyMap<NodeId, MemberView>,
  { slots, target }: HandedOver,
): { unheard: AnsweredView[]; open: MemberView[] } {
  const views = [...latest.values()];
  const answered = views.filter((view) => view.state === 'answered');
  return {
    // Who does not know the target at all, a node that has hardly joined, cannot speak against it either.
    unheard: answered.filter((view) => lineOf(view, target.id) !== undefined && !shows(view, slots, target.id)),
    open: views.filter((view) => hasOpen(view, slots)),
  };
}

/** The majority knows the epoch by now, so telling the rest can do no harm. Replicas cannot be told; they hear it in their time. */
async function tellLaggards(
  { slots, target, sender, context }: HandedOver,
  unheard: readonly AnsweredView[],
): Promise<void> {
  for (const view of unheard) {
    if (view.self.role !== 'primary') continue;
    const missing = minusSlots(slots, slotsInView(view, target.id));
    const commands = nodeCommands(missing, target.id);
    requireAllOk(view.member, commands, await sender.send(view.member, commands, SETSLOT_OPTIONS));
    context.note('laggard-told', { node: view.member.id, name: view.member.name, slots: printSlotRanges(missing) });
  }
}

/** A replica keeps a mark that its primary does not have until the primary is told again; then it obeys along with it. */
async function clearReplicas(
  { slots, source, target, sender }: HandedOver,
  open: readonly MemberView[],
): Promise<void> {
  for (const view of open) {
    if (view.state !== 'answered' || view.self.role !== 'replica') continue;
    const primary = [source, target].find((end) => end.id === view.self.primaryId);
    const { migrating, importing } = openIn(view, slots);
    const stable = [...eachSlot(slotsOf([...migrating.keys(), ...importing.keys()]))].map((slot) =>
      clusterSetSlotCommand({ kind: 'stable', slot }),
    );
    if (primary !== undefined) await setSlots(primary, stable, sender);
  }
}

function namesOf(members: readonly ClusterMember[]): { names: string[]; nodes: string[] } {
  return { names: members.map((member) => member.name), nodes: members.map((member) => member.id) };
}
