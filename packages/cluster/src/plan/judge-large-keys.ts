import type { NodeId } from '@slotdeck/model/ids';
import type { PlanProblem, SlotMove } from '@slotdeck/model/plan';
import { hasSlot, minusSlots, printSlotRanges, slotsOf, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { findNode, type Topology } from '@slotdeck/model/topology';
import type { LargeKey, LargeKeys } from '../observe/large-keys.ts';
import type { ChosenMove } from './choose-slots.ts';
import { planProblem } from './plan-problems.ts';

/**
 * How long a key holds up its source when it is passed on in one piece, in milliseconds. Measured on a machine with two cores, over loopback:
 * 300 MB in large fields 3.2 s (Redis 7.0); three million small fields more than 5 s.
 */
export function stallOf({ bytes, elements }: Pick<LargeKey, 'bytes' | 'elements'>): number {
  return Math.round(Math.max(bytes / 95_000, (elements ?? 0) / 600));
}

/** Slots without those that hold a large key. */
export function withoutLarge(
  moves: readonly ChosenMove[],
  large: LargeKeys | null,
): { readonly moves: ChosenMove[]; readonly left: SlotRanges } {
  const slots = slotsOf(large?.keys.map(({ slot }) => slot) ?? []);
  const kept = moves.map((move) => ({ ...move, slots: minusSlots(move.slots, slots) }));
  const left = slotsOf(
    (large?.keys ?? []).flatMap(({ slot }) => (moves.some((move) => hasSlot(move.slots, slot)) ? [slot] : [])),
  );
  return { moves: kept.filter((move) => move.slots.length > 0), left };
}

export interface LargeKeyFacts {
  readonly topology: Topology;
  readonly moves: readonly Pick<SlotMove, 'to' | 'slots' | 'driver'>[];
  readonly large: LargeKeys | null;
  /** Slots that stay because of their large keys. */
  readonly left: SlotRanges;
  /** The shortest that any node has; null where nobody told. Milliseconds. */
  readonly nodeTimeoutMs: number | null;
}

/** What the plan has to say of large keys among those that move. */
export function judgeLargeKeys({ topology, moves, large, left, nodeTimeoutMs }: LargeKeyFacts): PlanProblem[] {
  const problems: PlanProblem[] = [];
  if (left.length > 0) problems.push(planProblem('large-keys-left', { slots: printSlotRanges(left) }));
  if (large === null) return [...problems, planProblem('sizes-not-known')];
  if (large.weighed < large.of) {
    problems.push(planProblem('sizes-sampled', { weighed: large.weighed, of: large.of }));
  }
  const moving = large.keys.flatMap((key) => {
    const move = moves.find(({ slots }) => hasSlot(slots, key.slot));
    return move === undefined ? [] : [{ key, to: move.to, isAtomic: move.driver === 'atomic' }];
  });
  if (moving.length === 0) return problems;
  const told = moving.slice(0, MOST_NAMED).map(({ key }) => describeKey(key));
  if (moving.every(({ isAtomic }) => isAtomic)) {
    return [...problems, planProblem('large-keys-by-servers', { count: moving.length, keys: told })];
  }
  const longest = Math.max(...moving.map(({ key }) => stallOf(key)));
  problems.push(planProblem('large-keys', { count: moving.length, keys: told, longestMs: longest }));
  const tooLong = moving.filter(({ key, to }) => isTooLong(key, large.longestValue.get(to)));
  for (const to of new Set(tooLong.map((each) => each.to))) problems.push(refusedBy(to, tooLong, topology, large));
  if (nodeTimeoutMs !== null && longest >= nodeTimeoutMs * NEAR_TIMEOUT) {
    problems.push(planProblem('large-keys-outlast-timeout', { longestMs: longest, timeoutMs: nodeTimeoutMs }));
  }
  return problems;
}

const MOST_NAMED = 10;
/** A source that stands still for so much of the node timeout may be taken for dead: pings are answered late before and after. */
const NEAR_TIMEOUT = 0.5;
/** A value is written down in fewer bytes than it takes in memory, but for a string. */
const WRITTEN = 0.5;

function isTooLong({ type, bytes }: LargeKey, longest: number | undefined): boolean {
  return longest !== undefined && bytes * (type === 'string' ? 1 : WRITTEN) > longest;
}

function refusedBy(
  to: NodeId,
  tooLong: readonly { readonly key: LargeKey; readonly to: NodeId }[],
  topology: Topology,
  large: LargeKeys,
): PlanProblem {
  return planProblem('large-keys-too-long', {
    name: findNode(topology, to)?.name ?? to,
    limit: large.longestValue.get(to) ?? 0,
    keys: tooLong.filter((each) => each.to === to).map(({ key }) => describeKey(key)),
  });
}

/** `big:hash (hash, 3,000,000 elements, 310 MB, slot 12, about 5.0 s)` */
function describeKey(key: LargeKey): string {
  const elements = key.elements === null ? [] : [`${key.elements.toLocaleString('en-US')} elements`];
  const megabytes = `${Math.max(1, Math.round(key.bytes / 1_000_000)).toLocaleString('en-US')} MB`;
  const stall = `about ${(stallOf(key) / 1000).toFixed(1)} s`;
  return `${key.name} (${[key.type, ...elements, megabytes, `slot ${key.slot}`, stall].join(', ')})`;
}
