import { countSlots, SLOT_COUNT, type SlotRange, type SlotRanges } from '@slotdeck/model/slot-ranges';
import type { NodeShare, Plan, SlotMove } from '@slotdeck/model/plan';
import { shardOfNode, type Topology } from '@slotdeck/model/topology';
import type { StripSegment } from '../../components/strip-segments.ts';

/** A plan as it is drawn: who has what before and after, on one axis. */
export interface PlanDrawing {
  readonly before: readonly StripSegment[];
  readonly after: readonly StripSegment[];
  readonly moves: readonly DrawnMove[];
  readonly labels: readonly DrawnLabel[];
}

export interface DrawnMove {
  readonly range: SlotRange;
  /** Shard indices; 0 where the node has no shard yet. */
  readonly from: number;
  readonly to: number;
}

export interface DrawnLabel {
  readonly move: SlotMove;
  readonly from: number;
  readonly to: number;
  /** Share of the axis, 0…1, at which the label begins. */
  readonly x: number;
}

/** Labels beside each other need this share of the width. */
const LABEL_SHARE = 0.2;

export function planDrawing(plan: Pick<Plan, 'before' | 'after' | 'moves'>, topology: Topology): PlanDrawing {
  const indexOf = (node: string): number => shardOfNode(topology, node)?.index ?? 0;
  const moves = plan.moves.flatMap((move) =>
    move.slots.map((range) => ({ range, from: indexOf(move.from), to: indexOf(move.to) })),
  );
  return {
    before: segments(plan.before, indexOf),
    after: segments(plan.after, indexOf),
    moves,
    labels: labelsFor(plan.moves, indexOf),
  };
}

function segments(shares: readonly NodeShare[], indexOf: (node: string) => number): StripSegment[] {
  return shares
    .flatMap(({ node, slotRanges }) =>
      slotRanges.map((slots): StripSegment => ({ slots, shard: indexOf(node) || null, state: 'served', opinions: [] })),
    )
    .sort((a, b) => a.slots[0] - b.slots[0]);
}

/** The largest moves are named beside their gradient, as far as the names do not run into each other. */
function labelsFor(moves: readonly SlotMove[], indexOf: (node: string) => number): DrawnLabel[] {
  const placed: DrawnLabel[] = [];
  const bySize = [...moves].sort((a, b) => countSlots(b.slots) - countSlots(a.slots));
  for (const move of bySize) {
    const end = largest(move.slots)[1] + 1;
    const x = end / SLOT_COUNT;
    const isFree = placed.every((other) => Math.abs(other.x - x) >= LABEL_SHARE);
    // At the right edge a label stands left of its gradient; `x` is still where the gradient ends.
    if (isFree) placed.push({ move, from: indexOf(move.from), to: indexOf(move.to), x });
  }
  return placed.sort((a, b) => a.x - b.x);
}

function largest(ranges: SlotRanges): SlotRange {
  return ranges.reduce<SlotRange>(
    (most, range) => (range[1] - range[0] > most[1] - most[0] ? range : most),
    ranges[0] ?? [0, 0],
  );
}
