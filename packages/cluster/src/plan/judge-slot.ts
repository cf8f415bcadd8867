import type { NodeId } from '@slotdeck/model/ids';

/** All that is known of one slot, from what the nodes themselves say. */
export interface SlotCase {
  /** Primaries that answer and claim it for themselves, greatest config epoch first. */
  readonly claimers: readonly NodeId[];
  readonly migrating: readonly { readonly node: NodeId; readonly to: NodeId }[];
  readonly importing: readonly { readonly node: NodeId; readonly from: NodeId }[];
  /** Primaries that answer and hold keys of it. */
  readonly holders: ReadonlyMap<NodeId, number>;
  /** Primaries that answer and did not say whether they hold any. */
  readonly uncounted: readonly NodeId[];
  /** Whom the tables of other nodes name although it does not claim it: how many name it. */
  readonly named: ReadonlyMap<NodeId, number>;
  /** Primaries that answer: who can own it. */
  readonly able: ReadonlySet<NodeId>;
  /** A person's choice. */
  readonly chosen: NodeId | null;
}

/** Why a slot goes where the plan brings it. */
export type FixReason =
  | 'chosen'
  | 'move-under-way'
  | 'nothing-moved'
  | 'only-claimer'
  | 'only-holder'
  | 'named-by-others'
  | 'greatest-epoch'
  | 'nobody-holds';

export type SlotVerdict =
  /** Two nodes were moving it: the rest of its keys follows, and then the ownership. */
  | { readonly kind: 'finish'; readonly from: NodeId; readonly to: NodeId; readonly reason: FixReason }
  /** One node is to own it; whatever others claim, mark or hold of it goes there. */
  | { readonly kind: 'gather'; readonly owner: NodeId; readonly reason: FixReason }
  /** Nobody claims it and nobody holds a key of it: any node will do. */
  | { readonly kind: 'spread' }
  | { readonly kind: 'ask'; readonly why: AskReason; readonly candidates: readonly NodeId[] };

export type AskReason = 'several-hold-keys' | 'several-claim-and-hold' | 'keys-unknown';

/**
 * What becomes of a slot. No branch loses a key: keys always go to the owner, and where two nodes hold different values under one key
 * the operation stops and asks. A question here is about whom the slot belongs to, where nothing that the nodes say tells it.
 */
export function judgeSlot(slot: SlotCase): SlotVerdict {
  const { claimers, chosen } = slot;
  if (chosen !== null) return chosenOf(slot, chosen);
  const [owner, ...others] = claimers;
  if (owner === undefined) return judgeUnclaimed(slot);
  return others.length === 0 ? judgeClaimed(slot, owner) : judgeContested(slot);
}

/** A move that goes to the chosen node is finished as one: clients find every key all the time. */
function chosenOf({ claimers, migrating }: SlotCase, chosen: NodeId): SlotVerdict {
  const [owner] = claimers;
  const goes = migrating.some(({ node, to }) => node === owner && to === chosen);
  return owner !== undefined && claimers.length === 1 && goes
    ? { kind: 'finish', from: owner, to: chosen, reason: 'chosen' }
    : { kind: 'gather', owner: chosen, reason: 'chosen' };
}

/** One owner. What was on its way from it to a node that has some of the keys by now goes on: clients have been writing them there. */
function judgeClaimed({ migrating, holders, uncounted, able }: SlotCase, owner: NodeId): SlotVerdict {
  const to = migrating.find(({ node }) => node === owner)?.to;
  if (to === undefined || !able.has(to)) return { kind: 'gather', owner, reason: 'only-claimer' };
  const hasSome = holders.has(to) || uncounted.includes(to);
  return hasSome
    ? { kind: 'finish', from: owner, to, reason: 'move-under-way' }
    : { kind: 'gather', owner, reason: 'nothing-moved' };
}

function judgeUnclaimed({ importing, holders, uncounted, named, able }: SlotCase): SlotVerdict {
  const alive = [...named].filter(([node]) => able.has(node)).toSorted((a, b) => b[1] - a[1]);
  // The old owner has let go of it, and the others believe in the new one, which has not heard.
  const heir = alive.find(([node]) => importing.some((mark) => mark.node === node));
  if (heir !== undefined) return { kind: 'gather', owner: heir[0], reason: 'named-by-others' };
  const [holder, ...others] = [...holders.keys()];
  const [first, second] = alive;
  const isNamed = first !== undefined && first[1] > (second?.[1] ?? 0);
  if (holder !== undefined && others.length > 0) {
    return isNamed && holders.has(first[0])
      ? { kind: 'gather', owner: first[0], reason: 'named-by-others' }
      : { kind: 'ask', why: 'several-hold-keys', candidates: [...holders.keys()] };
  }
  if (holder !== undefined) return { kind: 'gather', owner: holder, reason: 'only-holder' };
  if (uncounted.length > 0) return { kind: 'ask', why: 'keys-unknown', candidates: [...uncounted] };
  return isNamed ? { kind: 'gather', owner: first[0], reason: 'named-by-others' } : { kind: 'spread' };
}

/** Several claim it. The servers would settle it by epochs, and the losers would delete their keys: so keys decide before epochs do. */
function judgeContested({ claimers, holders, uncounted }: SlotCase): SlotVerdict {
  const holding = claimers.filter((node) => holders.has(node));
  const unsure = claimers.filter((node) => uncounted.includes(node));
  const [only, ...others] = holding;
  if (unsure.length > 0) return { kind: 'ask', why: 'keys-unknown', candidates: claimers };
  if (others.length > 0) return { kind: 'ask', why: 'several-claim-and-hold', candidates: holding };
  if (only !== undefined) return { kind: 'gather', owner: only, reason: 'only-holder' };
  const [strongest] = claimers;
  if (strongest === undefined) throw new Error('a contested slot has claimers');
  return { kind: 'gather', owner: strongest, reason: 'greatest-epoch' };
}
