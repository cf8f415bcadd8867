import type { NodeId } from '@slotdeck/model/ids';
import { countSlots, minusSlots, unionSlots, type SlotRange, type SlotRanges } from '@slotdeck/model/slot-ranges';

export interface Giver {
  readonly id: NodeId;
  /** The slots it may give. */
  readonly slots: SlotRanges;
  /** How many of them it gives. */
  readonly gives: number;
}

export interface Receiver {
  readonly id: NodeId;
  /** What it has already: new slots next to these make no new range. */
  readonly slots: SlotRanges;
  readonly gets: number;
}

export interface ChosenMove {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly slots: SlotRanges;
}

/**
 * Decides which slots go where when only the numbers are given (`sum(gives)` = `sum(gets)`). Each pair gets slots that touch what
 * the receiver has, else one whole range of the right length, else the end of a range: a pair adds at most one range to the map.
 * The same input always gives the same answer.
 */
export function chooseSlots(givers: readonly Giver[], receivers: readonly Receiver[]): ChosenMove[] {
  const left = new Map(givers.map((giver) => [giver.id, giver.slots]));
  const held = new Map(receivers.map((receiver) => [receiver.id, receiver.slots]));
  const moves: ChosenMove[] = [];
  for (const { from, to, count } of pairUp(givers, receivers)) {
    const taken = takeFor(left.get(from) ?? [], held.get(to) ?? [], count);
    left.set(from, minusSlots(left.get(from) ?? [], taken));
    held.set(to, unionSlots(held.get(to) ?? [], taken));
    moves.push({ from, to, slots: taken });
  }
  return moves;
}

/**
 * Who gives how many to whom. Walking both lists once makes at most givers + receivers − 1 pairs. Both lists are walked in slot
 * order, so that neighbours on the map become pairs.
 */
function pairUp(
  givers: readonly Giver[],
  receivers: readonly Receiver[],
): { from: NodeId; to: NodeId; count: number }[] {
  const sources = inSlotOrder(givers.filter((giver) => giver.gives > 0)).map((giver) => ({
    id: giver.id,
    n: giver.gives,
  }));
  const targets = inSlotOrder(receivers.filter((receiver) => receiver.gets > 0)).map((receiver) => ({
    id: receiver.id,
    n: receiver.gets,
  }));
  const pairs: { from: NodeId; to: NodeId; count: number }[] = [];
  let source = sources.shift();
  let target = targets.shift();
  while (source !== undefined && target !== undefined) {
    const count = Math.min(source.n, target.n);
    pairs.push({ from: source.id, to: target.id, count });
    source.n -= count;
    target.n -= count;
    if (source.n === 0) source = sources.shift();
    if (target.n === 0) target = targets.shift();
  }
  return pairs;
}

function inSlotOrder<T extends { id: NodeId; slots: SlotRanges }>(nodes: readonly T[]): T[] {
  return nodes.toSorted(
    (a, b) => (a.slots[0]?.[0] ?? Infinity) - (b.slots[0]?.[0] ?? Infinity) || (a.id < b.id ? -1 : 1),
  );
}

/** `count` slots out of `available` that suit a node holding `held`. */
function takeFor(available: SlotRanges, held: SlotRanges, count: number): SlotRanges {
  if (count >= countSlots(available)) return available;
  let taken: SlotRanges = [];
  let left = available;
  let has = held;
  let wanted = count;
  while (wanted > 0) {
    const piece = nextPiece(left, has, wanted);
    if (piece === null) break;
    const slots: SlotRanges = [piece];
    taken = unionSlots(taken, slots);
    has = unionSlots(has, slots);
    left = minusSlots(left, slots);
    wanted -= piece[1] - piece[0] + 1;
  }
  return taken;
}

const lengthOf = ([from, to]: SlotRange): number => to - from + 1;

function nextPiece(available: SlotRanges, held: SlotRanges, wanted: number): SlotRange | null {
  const starts = new Set(held.map(([from]) => from));
  const ends = new Set(held.map(([, to]) => to));
  const largestFirst = available.toSorted((a, b) => lengthOf(b) - lengthOf(a) || a[0] - b[0]);
  // Whole ranges between or beside the receiver's own close gaps, so small ones come before a bite of a large one.
  const beside = largestFirst.filter(([from, to]) => ends.has(from - 1) || starts.has(to + 1));
  const closesGap = beside.filter((range) => lengthOf(range) <= wanted).at(0);
  if (closesGap !== undefined) return closesGap;
  const bitten = beside.at(0);
  if (bitten !== undefined) {
    const [from, to] = bitten;
    return ends.has(from - 1) ? [from, from + wanted - 1] : [to - wanted + 1, to];
  }
  const exact = available.find((range) => lengthOf(range) === wanted);
  if (exact !== undefined) return exact;
  const largest = largestFirst.at(0);
  if (largest === undefined || lengthOf(largest) <= wanted) return largest ?? null;
  return [largest[1] - wanted + 1, largest[1]];
}
