import { z } from 'zod';
import { NodeId } from '@slotdeck/model/ids';
import type { OperationProblem } from '@slotdeck/model/operation';
import type { OperationEvent } from '@slotdeck/model/operation-events';
import type { Plan, PlannedStep } from '@slotdeck/model/plan';
import { NO_SLOTS, parseSlotRanges, unionSlots, type SlotRanges } from '@slotdeck/model/slot-ranges';

/** What the journal of a move says. Written as facts of notes and of finished steps; read here and nowhere else. */

export type ArrivedSlots = { readonly from: NodeId; readonly to: NodeId; readonly slots: SlotRanges };

/** Written whenever slots have come to their target for good: also for a part of a step, before a pause or a cancel. */
export const ARRIVED = 'slots-arrived';
/** After a failover the slots in flight were opened again between those who are there now, so that clients find every key. */
export const REOPENED = 'slots-reopened';
/** A promoted replica took the place of a node of the plan, and a person let it. */
export const SUBSTITUTED = 'substituted';

/** A person cancelled although an end is gone for good: these slots were left as they were. */
export const LEFT_AS_IT_IS = 'slots-left-as-they-are';

const ArrivedFacts = z.object({ from: NodeId, to: NodeId, slots: z.string() });
const SubstitutedFacts = z.object({ from: NodeId, to: NodeId });

/**
 * Slots that this operation brought to their targets, by pair. This is what a reverse plan takes back.
 * A substitution later in the journal counts: slots that came to a node are at its successor then.
 */
export function arrivedSlots(events: readonly OperationEvent[]): ArrivedSlots[] {
  const now = (id: NodeId): NodeId => successor(id, events);
  const pairs = new Map<string, ArrivedSlots>();
  for (const event of events) {
    if (event.type !== 'note' || event.code !== ARRIVED) continue;
    const facts = ArrivedFacts.safeParse(event.facts);
    if (!facts.success) continue;
    const slots = parseSlotRanges(facts.data.slots);
    if (!slots.ok) continue;
    const pair = { from: now(facts.data.from), to: now(facts.data.to) };
    const key = `${pair.from} ${pair.to}`;
    pairs.set(key, { ...pair, slots: unionSlots(pairs.get(key)?.slots ?? NO_SLOTS, slots.slots) });
  }
  return [...pairs.values()];
}

/** The node itself, or who took its place, over any number of failovers. */
export function successor(id: NodeId, events: readonly OperationEvent[]): NodeId {
  return line(id, events).at(-1) ?? id;
}

/** Everyone who held this node's place before its present holder, oldest first. */
export function predecessors(id: NodeId, events: readonly OperationEvent[]): NodeId[] {
  return line(id, events).slice(0, -1);
}

function line(id: NodeId, events: readonly OperationEvent[]): NodeId[] {
  const holders = [id];
  for (const event of events) {
    if (event.type !== 'note' || event.code !== SUBSTITUTED) continue;
    const facts = SubstitutedFacts.safeParse(event.facts);
    if (facts.success && facts.data.from === holders.at(-1)) holders.push(facts.data.to);
  }
  return holders;
}

/**
 * The problem with which a person has gone on: the operation was paused with it, and a person resumed or cancelled. Null once
 * slots have arrived since: what happens from then on is a new thing, and a person has to hear of it first.
 * For one `step` of several side by side: only what that step paused with, and only its own arrivals count.
 */
export function acceptedProblem(events: readonly OperationEvent[], step?: string): OperationProblem | null {
  const isItsOwn = (of: string | null): boolean => step === undefined || of === step;
  for (let at = events.length - 1; at >= 0; at -= 1) {
    const event = events[at];
    if (event === undefined) return null;
    if (event.type === 'step-done' && isItsOwn(event.step)) return null;
    if (event.type === 'note' && event.code === ARRIVED && isItsOwn(event.step)) return null;
    if (event.type !== 'status') continue;
    if (event.cause !== 'resume-asked' && event.cause !== 'cancel-asked') return null;
    const paused = events.slice(0, at).findLastIndex((each) => each.type === 'status');
    const before = events[paused];
    if (before?.type !== 'status' || before.status !== 'paused') return null;
    // The first of the steps that failed with the pause is the one whose problem a person was shown.
    let shown: string | null = null;
    for (let back = paused - 1; events[back]?.type === 'step-failed'; back -= 1) shown = stepOf(events[back]);
    return shown === null || isItsOwn(shown) ? before.problem : null;
  }
  return null;
}

function stepOf(event: OperationEvent | undefined): string | null {
  return event?.type === 'step-failed' ? event.step : null;
}

/** Whether the last word is a cancel, given after an earlier cancel had ended in a pause. */
export function hasCancelledAgain(events: readonly OperationEvent[]): boolean {
  const [cancelling, paused, again] = events.filter((event) => event.type === 'status').slice(-3);
  return (
    cancelling?.status === 'cancelling' &&
    paused?.status === 'paused' &&
    paused.cause === 'step-needs-a-person' &&
    again?.cause === 'cancel-asked'
  );
}

/** The slots of all moves of a plan. */
export function movingSlots({ moves }: Pick<Plan, 'moves'>): SlotRanges {
  return moves.reduce<SlotRanges>((sum, move) => unionSlots(sum, move.slots), NO_SLOTS);
}

export type MoveStep = PlannedStep & { readonly move: NonNullable<PlannedStep['move']> };

export function isMoveStep(step: PlannedStep): step is MoveStep {
  return step.move !== null;
}
