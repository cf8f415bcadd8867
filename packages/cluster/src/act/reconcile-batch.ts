import type { NodeId } from '@slotdeck/model/ids';
import {
  eachSlot,
  hasSlot,
  intersectSlots,
  minusSlots,
  NO_SLOTS,
  printSlotRanges,
  slotsOf,
  unionSlots,
  type SlotRanges,
} from '@slotdeck/model/slot-ranges';
import type { MoveBatch } from './act-context.ts';
import {
  answeredView,
  answeredViews,
  failedIn,
  lineOf,
  openIn,
  slotsInView,
  type AnsweredView,
  type Sight,
} from './look.ts';
import { ActFailure } from './move-problems.ts';

/**
 * Where the slots of a batch stand, read from what the nodes say now and from nothing else, so that a crash, a retry and a first
 * attempt all begin the same way. Each slot is in exactly one of the sets:
 * - `untouched`: the source owns it, nothing is open
 * - `open`: the source owns it, and one or both ends, or a replica, have it open; keys may be on both
 * - `handedOver`: the target owns it, but some node's table or an open mark has not followed yet
 * - `done`: the target owns it and every node that answers says so
 */
export interface BatchState {
  readonly untouched: SlotRanges;
  readonly open: SlotRanges;
  readonly handedOver: SlotRanges;
  readonly done: SlotRanges;
  /** Part of `open` or `handedOver`: slots that the target already has marked as importing from the source as it is now. */
  readonly importingAtTarget: SlotRanges;
  /** … and those that the source has marked as migrating to the target as it is now. */
  readonly migratingAtSource: SlotRanges;
  /** Part of `handedOver`: the source still claims these itself. */
  readonly claimedBySource: SlotRanges;
  /** Part of `untouched` or `open`: the target's own table gives these to somebody else than the source. */
  readonly misattributedByTarget: SlotRanges;
}

export interface Ends {
  /**
   * Null, or no primary any more, only when the target owns every slot of the batch: a source that gave its last slot may have
   * become the target's replica, or be gone, and nothing is needed of it.
   */
  readonly source: AnsweredView | null;
  readonly target: AnsweredView;
}

/** Both ends as they answer, and as primaries. @throws ActFailure naming who took a failed end's place, if anybody did. */
export function requireEnds(sight: Sight, batch: MoveBatch, replicasOf: (id: NodeId) => readonly NodeId[]): Ends {
  const target = requirePrimary(sight, batch.to, replicasOf);
  const hasAll = minusSlots(batch.slots, target.self.slots).length === 0;
  const source = hasAll ? answeredView(sight, batch.from) : requirePrimary(sight, batch.from, replicasOf);
  return { source, target };
}

/** @throws ActFailure when the slots are in hands that this batch knows nothing of */
export function judgeBatch({ source, target }: Ends, batch: MoveBatch, sight: Sight): BatchState {
  const { slots } = batch;
  const isSource = (id: NodeId): boolean => id === batch.from || batch.formerly?.from.includes(id) === true;
  const isTarget = (id: NodeId): boolean => id === batch.to || batch.formerly?.to.includes(id) === true;
  const atSource =
    source === null
      ? { migrating: new Map<number, NodeId>(), importing: new Map<number, NodeId>() }
      : openIn(source, slots);
  const atTarget = openIn(target, slots);
  if (source !== null) refuseForeignMarks(slots, source, atSource, isTarget);
  refuseForeignMarks(slots, target, atTarget, isSource);
  const sets: Record<'untouched' | 'open' | 'handedOver' | 'done' | 'foreign' | 'twice', number[]> = {
    untouched: [],
    open: [],
    handedOver: [],
    done: [],
    foreign: [],
    twice: [],
  };
  const strays = marksOfReplicas(sight, slots);
  const unheard = unheardOf(sight, target, slots);
  for (const slot of eachSlot(slots)) {
    const isMarked = atSource.migrating.has(slot) || atTarget.importing.has(slot) || strays.has(slot);
    const bySource = source !== null && hasSlot(source.self.slots, slot);
    const byTarget = hasSlot(target.self.slots, slot);
    if (byTarget && bySource)
      (target.self.configEpoch > (source?.self.configEpoch ?? 0) ? sets.handedOver : sets.twice).push(slot);
    else if (byTarget) (isMarked || hasSlot(unheard, slot) ? sets.handedOver : sets.done).push(slot);
    else if (bySource) (isMarked ? sets.open : sets.untouched).push(slot);
    else sets.foreign.push(slot);
  }
  if (sets.twice.length > 0) throw new ActFailure('two-owners', { slots: printSlotRanges(slotsOf(sets.twice)) });
  if (sets.foreign.length > 0) throw foreignOwner(sight, slotsOf(sets.foreign));
  const handedOver = slotsOf(sets.handedOver);
  return {
    untouched: slotsOf(sets.untouched),
    open: slotsOf(sets.open),
    handedOver,
    done: slotsOf(sets.done),
    importingAtTarget: slotsOf([...atTarget.importing].flatMap(([slot, peer]) => (peer === batch.from ? [slot] : []))),
    migratingAtSource: slotsOf([...atSource.migrating].flatMap(([slot, peer]) => (peer === batch.to ? [slot] : []))),
    misattributedByTarget: minusSlots(
      slotsOf([...sets.untouched, ...sets.open]),
      lineOf(target, batch.from)?.slots ?? NO_SLOTS,
    ),
    claimedBySource: intersectSlots(handedOver, source?.self.slots ?? NO_SLOTS),
  };
}

/**
 * Valkey's replicas carry marks too, and obey before their primary does: one whose client went away meanwhile has a mark that the
 * primary never had. Such a slot is open.
 */
function marksOfReplicas(sight: Sight, slots: SlotRanges): ReadonlySet<number> {
  const replicas = answeredViews(sight).filter((view) => view.self.role === 'replica');
  return new Set(
    replicas.flatMap((view) => {
      const { migrating, importing } = openIn(view, slots);
      return [...migrating.keys(), ...importing.keys()];
    }),
  );
}

/** Slots of the target that some node that answers, and knows the target, does not show there. */
function unheardOf(sight: Sight, target: AnsweredView, slots: SlotRanges): SlotRanges {
  const taken = intersectSlots(slots, target.self.slots);
  const witnesses = answeredViews(sight).filter((view) => lineOf(view, target.member.id) !== undefined);
  return witnesses.reduce<SlotRanges>(
    (all, view) => unionSlots(all, minusSlots(taken, slotsInView(view, target.member.id))),
    NO_SLOTS,
  );
}

function refuseForeignMarks(
  slots: SlotRanges,
  view: AnsweredView,
  marks: ReturnType<typeof openIn>,
  isOtherEnd: (id: NodeId) => boolean,
): void {
  const foreign = [...marks.migrating, ...marks.importing].filter(([, peer]) => !isOtherEnd(peer));
  if (foreign.length === 0) return;
  throw new ActFailure('slot-open-for-others', {
    slots: printSlotRanges(slotsOf(foreign.map(([slot]) => slot))),
    node: view.member.id,
    name: view.member.name,
    peers: [...new Set(foreign.map(([, peer]) => peer))],
    asked: printSlotRanges(slots),
  });
}

function foreignOwner(sight: Sight, slots: SlotRanges): ActFailure {
  const owners = answeredViews(sight).filter((view) => intersectSlots(view.self.slots, slots).length > 0);
  if (owners.length === 0) return new ActFailure('slot-without-owner', { slots: printSlotRanges(slots) });
  return new ActFailure('slot-owner-changed', {
    slots: printSlotRanges(slots),
    owner: owners.map((view) => view.member.name),
    owners: owners.map((view) => view.member.id),
  });
}

function requirePrimary(sight: Sight, id: NodeId, replicasOf: (id: NodeId) => readonly NodeId[]): AnsweredView {
  const view = sight.views.get(id);
  if (view === undefined) throw new ActFailure('node-unknown', { node: id });
  const facts = { node: id, name: view.member.name };
  const promoted = promotedOf(sight, id, replicasOf(id));
  if (view.state === 'answered' && view.self.role === 'primary') return view;
  if (promoted !== null) {
    throw new ActFailure('node-changed-role', {
      ...facts,
      newPrimary: promoted.member.id,
      newPrimaryName: promoted.member.name,
    });
  }
  if (view.state === 'answered')
    throw new ActFailure('node-changed-role', { ...facts, newPrimary: null, newPrimaryName: null });
  const failed = failedIn(sight, id);
  if (failed.by > failed.of / 2) throw new ActFailure('node-failed', { ...facts, seen: view.problem.code });
  throw new ActFailure('node-did-not-answer', {
    ...facts,
    command: 'CLUSTER NODES',
    seen: `${view.problem.code}: ${view.problem.seen}`,
  });
}

/** Who says of itself that it is a primary now and was a replica of this node, or is what this node itself follows. */
function promotedOf(sight: Sight, id: NodeId, replicas: readonly NodeId[]): AnsweredView | null {
  const own = answeredView(sight, id);
  const followed = own?.self.role === 'replica' ? own.self.primaryId : null;
  const candidates = followed === null ? replicas : [followed];
  return (
    answeredViews(sight).find((view) => candidates.includes(view.member.id) && view.self.role === 'primary') ?? null
  );
}
