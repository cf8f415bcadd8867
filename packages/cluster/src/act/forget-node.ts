import type { NodeId } from '@slotdeck/model/ids';
import type { ActContext, ClusterMember } from './act-context.ts';
import { createSender, failureOf, type CommandSender } from './command-sender.ts';
import { answeredViews, lineOf, lookAt, type AnsweredView } from './look.ts';
import { ActFailure } from './move-problems.ts';

export interface Leaving {
  readonly node: NodeId;
  readonly name: string;
}

export interface Forgotten {
  /** FORGET orders that were taken. */
  readonly told: number;
  /** Nodes that answer and do not list it. */
  readonly agreeing: number;
  /** Nodes that could not be told. */
  readonly silent: readonly string[];
}

/** From the first order on, a node that was not told yet could give the others the forgotten one back; all are told at once. */
const FORGET_MS = 20_000;
/** A second look: what one node passed on before it was told arrives a moment later. */
const SETTLE_MS = 1_000;

/**
 * CLUSTER FORGET on every member at once, repeated on those that still list the node, until two looks a second apart show nobody who
 * does. Since Redis 7.2 a node passes the order on; before that each has to be told within a minute.
 * @throws ActFailure `still-listed` · `still-followed` when a member replicates it
 */
export async function forgetNode(leaving: Leaving, context: ActContext): Promise<Forgotten> {
  const sender = createSender(context);
  const members = context.members().filter(({ id }) => id !== leaving.node);
  const end = context.clock.monotonic() + FORGET_MS;
  let told = 0;
  let isClean = false;
  for (;;) {
    const sight = await lookAt(sender, members);
    const listing = answeredViews(sight).filter((view) => lineOf(view, leaving.node) !== undefined);
    if (listing.length === 0) {
      if (isClean)
        return { told, agreeing: answeredViews(sight).length, silent: silentNames(members, answeredViews(sight)) };
      isClean = true;
    } else {
      isClean = false;
      if (context.clock.monotonic() >= end) {
        throw new ActFailure('still-listed', { ...leaving, names: listing.map((view) => view.member.name) });
      }
      told += await tell(listing, leaving, sender);
    }
    await context.clock.sleep(isClean ? SETTLE_MS : SETTLE_MS / 4, context.signal);
  }
}

function silentNames(members: readonly ClusterMember[], answered: readonly AnsweredView[]): string[] {
  const ids = new Set(answered.map((view) => view.member.id));
  return members.filter(({ id }) => !ids.has(id)).map(({ name }) => name);
}

async function tell(views: readonly AnsweredView[], leaving: Leaving, sender: CommandSender): Promise<number> {
  const command = ['CLUSTER', 'FORGET', leaving.node];
  const taken = await Promise.all(
    views.map(async ({ member }) => {
      const [outcome] = await sender.send(member, [command]);
      if (outcome === undefined) throw new Error('a pipeline of one command came back empty');
      if (outcome.ok) return true;
      const { failure } = outcome.error;
      const line = failure.kind === 'error-reply' ? failure.line : '';
      // Another node's word came first.
      if (/unknown node/i.test(line)) return false;
      if (/can't forget my master/i.test(line)) {
        throw new ActFailure('still-followed', { ...leaving, names: [member.name] });
      }
      if (failure.kind === 'no-reply') return false;
      throw failureOf(member, command, outcome.error);
    }),
  );
  return taken.filter(Boolean).length;
}
