import type { NodeId } from '@slotdeck/model/ids';
import { clusterInfoCommand, readClusterInfo } from '../commands/cluster-info.ts';
import type { NodeAddress } from '../connection/node-calls.ts';
import { resolveHost } from '../connection/resolve-host.ts';
import type { ActContext, ClusterMember } from './act-context.ts';
import { awaitSight } from './await-sight.ts';
import { createSender, type CommandSender } from './command-sender.ts';
import { answeredView, answeredViews, lineOf, lookAt, type AnsweredView, type Sight } from './look.ts';
import { ActFailure } from './move-problems.ts';

/** A node that is to be known by all members. */
export interface Newcomer {
  readonly id: NodeId;
  readonly name: string;
  readonly address: NodeAddress;
}

export interface Joined {
  /** False: everybody knew it already, nothing was sent. */
  readonly sent: boolean;
  /** Members that know it and are known by it, itself not counted. */
  readonly agreeing: number;
}

/** Gossip takes a few seconds; in a cluster of hundreds some more. After this time the step is tried anew with another MEET. */
const KNOWN_MS = 40_000;

/** One MEET is enough where the bus works; a few more make up for a lost one and let the news spread from several places. */
const MEETS = 3;

/**
 * Since Redis 7.2 and Valkey 7.2 a node that was told to forget another passes that on for a minute with every message. Who is
 * introduced again within that minute is known for a moment and then deleted by all. Only after it has stayed known for this time
 * is it taken for introduced.
 */
const STAYS_MS = 3_000;
/** Longer than that minute. */
const FORGOTTEN_MS = 80_000;

/**
 * CLUSTER MEET from the newcomer to some members, and then the wait until every member that answers lists it, and it lists them. The
 * newcomer asks, because the members then see its address as it is from where they stand. Safe to repeat: whoever is known is only
 * verified. A newcomer that knows nodes which are no members is never introduced: that would merge two clusters.
 * `wasForgotten: false` for a node that none of them was told to forget.
 * @throws ActFailure
 */
export async function joinNode(
  newcomer: Newcomer,
  context: ActContext,
  { wasForgotten }: { readonly wasForgotten?: boolean } = {},
): Promise<Joined> {
  const sender = createSender(context);
  const others = context.members().filter((member) => member.id !== newcomer.id);
  const everybody: ClusterMember[] = [...others, newcomer];
  const mayBeForgotten = wasForgotten ?? !(await isNew(newcomer, sender));
  const end = context.clock.monotonic() + FORGOTTEN_MS;
  let sent = false;
  for (;;) {
    sent = (await introduce(newcomer, others, sender)) || sent;
    const sight = await awaitSight(everybody, (seen) => notKnown(seen, newcomer), { ...context, sender }, KNOWN_MS);
    if (!mayBeForgotten || (await stays(newcomer, everybody, { ...context, sender }))) {
      return { sent, agreeing: answeredViews(sight).length - 1 };
    }
    context.note('newcomer-was-forgotten', { node: newcomer.id, name: newcomer.name });
    if (context.clock.monotonic() >= end) {
      throw new ActFailure('newcomer-was-forgotten', { node: newcomer.id, name: newcomer.name });
    }
  }
}

/** A node that was never a member, or was reset hard, has no epoch yet. */
async function isNew(newcomer: Newcomer, sender: CommandSender): Promise<boolean> {
  const { currentEpoch } = await sender.ask(newcomer, clusterInfoCommand, readClusterInfo);
  return currentEpoch === 0;
}

/** @returns whether anything was sent */
async function introduce(
  newcomer: Newcomer,
  others: readonly ClusterMember[],
  sender: CommandSender,
): Promise<boolean> {
  const sight = await lookAt(sender, [...others, newcomer]);
  refuseStrangers(requireAnswer(sight, newcomer), newcomer, others);
  if (notKnown(sight, newcomer) === null) return false;
  const through = answeredViews(sight).filter((view) => view.member.id !== newcomer.id);
  if (through.length === 0) {
    const facts = { node: '', name: 'every member', command: 'CLUSTER NODES', seen: 'no answer' };
    throw new ActFailure('node-did-not-answer', facts);
  }
  await meet(newcomer, through.slice(0, MEETS), sender);
  return true;
}

async function stays(
  newcomer: Newcomer,
  everybody: readonly ClusterMember[],
  { sender, clock, signal }: Pick<ActContext, 'clock' | 'signal'> & { sender: CommandSender },
): Promise<boolean> {
  const end = clock.monotonic() + STAYS_MS;
  while (clock.monotonic() < end) {
    await clock.sleep(STAYS_MS / 10, signal);
    if (notKnown(await lookAt(sender, everybody), newcomer) !== null) return false;
  }
  return true;
}

function requireAnswer(sight: Sight, node: ClusterMember): AnsweredView {
  const view = sight.views.get(node.id);
  if (view?.state === 'answered') return view;
  throw new ActFailure('node-did-not-answer', {
    node: node.id,
    name: node.name,
    command: 'CLUSTER NODES',
    seen: view === undefined ? 'not asked' : view.problem.seen,
  });
}

function refuseStrangers(own: AnsweredView, newcomer: Newcomer, members: readonly ClusterMember[]): void {
  const ours = new Set<string>(members.map(({ id }) => id));
  const strangers = own.lines.filter(
    (line) =>
      !line.isMyself && !ours.has(line.id) && !line.flags.includes('handshake') && !line.flags.includes('noaddr'),
  );
  if (strangers.length === 0) return;
  throw new ActFailure('newcomer-knows-others', {
    node: newcomer.id,
    name: newcomer.name,
    count: strangers.length,
    others: strangers.slice(0, 10).map((line) => line.id),
  });
}

/** Sends MEET from one node to others. The server takes addresses only, so a name is resolved first. */
export async function meet(
  from: ClusterMember,
  to: readonly AnsweredView[],
  { send }: Pick<CommandSender, 'send'>,
): Promise<void> {
  const commands = await Promise.all(
    to.map(async ({ member: { address }, self }) => {
      const [ip] = await resolveHost(address.host);
      const bus = self.busPort === null ? [] : [self.busPort];
      return ['CLUSTER', 'MEET', ip ?? address.host, address.port, ...bus];
    }),
  );
  const outcomes = await send(from, commands);
  const failed = outcomes.find((outcome) => !outcome.ok);
  // The rest of the MEETs do the same; it is told when none was taken.
  if (failed === undefined || failed.ok || outcomes.some(({ ok }) => ok)) return;
  const { failure } = failed.error;
  throw new ActFailure('unexpected-reply', {
    node: from.id,
    name: from.name,
    command: 'CLUSTER MEET',
    seen: failure.kind === 'error-reply' ? failure.line : failure.problem.seen,
  });
}

function notKnown(sight: Sight, newcomer: Newcomer): ActFailure | null {
  const own = answeredView(sight, newcomer.id);
  if (own === null) {
    return new ActFailure('node-did-not-answer', {
      node: newcomer.id,
      name: newcomer.name,
      command: 'CLUSTER NODES',
      seen: 'no answer',
    });
  }
  const others = answeredViews(sight).filter((view) => view !== own);
  const apart = others.filter((view) => !isKnown(view, newcomer.id) || !isKnown(own, view.member.id));
  if (apart.length === 0) return null;
  return new ActFailure('not-known-everywhere', {
    node: newcomer.id,
    name: newcomer.name,
    names: apart.slice(0, 10).map((view) => view.member.name),
    busPort: own.self.busPort ?? newcomer.address.port + 10_000,
  });
}

/** Listed under its real id and out of the handshake. */
export function isKnown(view: AnsweredView, id: NodeId): boolean {
  const line = lineOf(view, id);
  return line !== undefined && !line.flags.includes('handshake');
}
