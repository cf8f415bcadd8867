import type { NodeId } from '@slotdeck/model/ids';
import type { OperationProblem } from '@slotdeck/model/operation';
import {
  eachSlot,
  minusSlots,
  NO_SLOTS,
  printSlotRanges,
  slotsOf,
  unionSlots,
  type SlotRanges,
} from '@slotdeck/model/slot-ranges';
import type { ActContext, ClusterMember } from './act-context.ts';
import { createSender, type CommandSender } from './command-sender.ts';
import { countKeys } from './list-keys.ts';
import { answeredView, answeredViews, lookAt, openIn, slotsInView, type Sight } from './look.ts';
import { ActFailure } from './move-problems.ts';
import { FIRST_REST_MS, nextRest } from './resting.ts';

export interface MovedSlots {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly slots: SlotRanges;
}

export type Verification =
  | {
      readonly outcome: 'verified';
      /** Nodes that agree, replicas included. */
      readonly agreeing: number;
      /** Nodes that gave no answer and so said nothing. */
      readonly silent: readonly string[];
      /** Keys in the moved slots at their new owners. */
      readonly keys: number;
    }
  | { readonly outcome: 'not-verified'; readonly problem: OperationProblem };

const AGREEMENT_TIMEOUT_MS = 15_000;

/**
 * Whether a finished move holds: every node that answers shows the slots under their new owners, no node has one of them open, and
 * the old owners hold no key of them. Waits a while for gossip.
 */
export async function verifyMoves(moves: readonly MovedSlots[], context: ActContext): Promise<Verification> {
  const sender = createSender(context);
  try {
    const sight = await waitForAgreement(moves, sender, context);
    await requireEmptySources(moves, sight, sender);
    const views = answeredViews(sight);
    return {
      outcome: 'verified',
      agreeing: views.length,
      silent: [...sight.views.values()].flatMap((view) => (view.state === 'silent' ? [view.member.name] : [])),
      keys: await keysAtTargets(moves, sight, sender),
    };
  } catch (error) {
    if (!(error instanceof ActFailure)) throw error;
    return { outcome: 'not-verified', problem: error.problem };
  }
}

async function waitForAgreement(
  moves: readonly MovedSlots[],
  sender: CommandSender,
  context: ActContext,
): Promise<Sight> {
  const all = moves.reduce<SlotRanges>((sum, move) => unionSlots(sum, move.slots), NO_SLOTS);
  const end = context.clock.monotonic() + AGREEMENT_TIMEOUT_MS;
  for (let rest = FIRST_REST_MS; ; rest = nextRest(rest)) {
    const sight = await lookAt(sender, context.members());
    const objection = objectionIn(sight, moves, all);
    if (objection === null) return sight;
    if (context.clock.monotonic() >= end) throw objection;
    await context.clock.sleep(rest, context.signal);
  }
}

function objectionIn(sight: Sight, moves: readonly MovedSlots[], all: SlotRanges): ActFailure | null {
  const open: { name: string; slots: SlotRanges }[] = [];
  const differing: { name: string; slots: SlotRanges }[] = [];
  for (const view of answeredViews(sight)) {
    const { migrating, importing } = openIn(view, all);
    const marked = slotsOf([...migrating.keys(), ...importing.keys()]);
    if (marked.length > 0) open.push({ name: view.member.name, slots: marked });
    const lacking = moves.reduce<SlotRanges>(
      (sum, move) => unionSlots(sum, minusSlots(move.slots, slotsInView(view, move.to))),
      NO_SLOTS,
    );
    if (lacking.length > 0) differing.push({ name: view.member.name, slots: lacking });
  }
  if (differing.length > 0) return new ActFailure('nodes-do-not-agree', listed(differing));
  return open.length > 0 ? new ActFailure('slots-not-closed', listed(open)) : null;
}

function listed(found: readonly { name: string; slots: SlotRanges }[]): { names: string[]; slots: string } {
  const slots = found.reduce<SlotRanges>((sum, each) => unionSlots(sum, each.slots), NO_SLOTS);
  return { names: found.map((each) => each.name), slots: printSlotRanges(slots) };
}

/** Redis from 8.4 on answers 0 for slots it does not own; there the count before the hand-over has to do. */
async function requireEmptySources(moves: readonly MovedSlots[], sight: Sight, sender: CommandSender): Promise<void> {
  for (const { from, slots } of moves) {
    const view = answeredView(sight, from);
    // A source that gave its last slot may follow the target now and hold the keys as its replica does.
    if (view === null || view.self.role !== 'primary') continue;
    const keys = await sumOfKeys(view.member, slots, sender);
    if (keys > 0) {
      throw new ActFailure('keys-left-behind', {
        node: from,
        name: view.member.name,
        keys,
        slots: printSlotRanges(slots),
      });
    }
  }
}

async function keysAtTargets(moves: readonly MovedSlots[], sight: Sight, sender: CommandSender): Promise<number> {
  let sum = 0;
  for (const { to, slots } of moves) {
    const view = answeredView(sight, to);
    if (view !== null) sum += await sumOfKeys(view.member, slots, sender);
  }
  return sum;
}

async function sumOfKeys(node: ClusterMember, slots: SlotRanges, sender: CommandSender): Promise<number> {
  const { counts } = await countKeys(sender, node, [...eachSlot(slots)]);
  return [...counts.values()].reduce((a, b) => a + b, 0);
}
