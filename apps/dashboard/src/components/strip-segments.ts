import {
  ALL_SLOTS,
  countSlots,
  intersectSlots,
  minusSlots,
  unionSlots,
  SLOT_COUNT,
  type SlotRange,
  type SlotRanges,
} from '@slotdeck/model/slot-ranges';
import type { ClusterSummary } from '@slotdeck/contract/clusters';
import { shardOfNode, type Topology } from '@slotdeck/model/topology';

/** The strip as data: slots 0–16383 from left to right, never sorted by owner. */
export interface StripSegment {
  readonly slots: SlotRange;
  /** Index of the shard that the merged map gives it to; null: nobody, or not known. */
  readonly shard: number | null;
  readonly state: 'served' | 'unserved' | 'unassigned' | 'disputed' | 'unknown';
  /** Shards that a disputed segment is given to, largest camp first; null stands for "nobody". */
  readonly opinions: readonly (number | null)[];
}

/** More would not fit a screen: each is then at most four pixels wide. */
export const MOST_SEGMENTS = 400;

export const UNKNOWN_STRIP: readonly StripSegment[] = [
  { slots: [0, SLOT_COUNT - 1], shard: null, state: 'unknown', opinions: [] },
];

const cut = (
  slots: SlotRanges,
  shard: number | null,
  state: StripSegment['state'],
  opinions: readonly (number | null)[] = [],
): StripSegment[] => slots.map((range) => ({ slots: range, shard, state, opinions }));

export function segmentsOf(topology: Topology | null): readonly StripSegment[] {
  if (topology === null) return UNKNOWN_STRIP;
  const disputed = topology.disputes.reduce<SlotRanges>((all, { slots }) => unionSlots(all, slots), []);
  const troubled = unionSlots(topology.unreachable, disputed);
  const segments = topology.shards.flatMap(({ index, slots }) => [
    ...cut(minusSlots(slots, troubled), index, 'served'),
    ...cut(minusSlots(intersectSlots(slots, topology.unreachable), disputed), index, 'unserved'),
  ]);
  const claimed = topology.shards.reduce<SlotRanges>((all, { slots }) => unionSlots(all, slots), []);
  const left = minusSlots(minusSlots(ALL_SLOTS, claimed), disputed);
  const disputes = topology.disputes.flatMap(({ slots, opinions }) =>
    cut(
      slots,
      null,
      'disputed',
      opinions.map(({ owner }) => (owner === null ? null : (shardOfNode(topology, owner)?.index ?? null))),
    ),
  );
  return inOrder([...segments, ...cut(left, null, 'unassigned'), ...disputes]);
}

/** The thin strip of a list: owners and what nobody owns. */
export function segmentsOfSummary({
  strip,
  health,
}: Pick<ClusterSummary, 'strip' | 'health'>): readonly StripSegment[] {
  if (strip.length === 0 && health === 'unknown') return UNKNOWN_STRIP;
  const claimed = strip.reduce<SlotRanges>((all, { slots }) => unionSlots(all, slots), []);
  return inOrder([
    ...strip.flatMap(({ shard, slots }) => cut(slots, shard, 'served')),
    ...cut(minusSlots(ALL_SLOTS, claimed), null, 'unassigned'),
  ]);
}

function inOrder(segments: readonly StripSegment[]): readonly StripSegment[] {
  return [...segments].sort((a, b) => a.slots[0] - b.slots[0]);
}

const RANK: Record<StripSegment['state'], number> = { unserved: 4, unassigned: 3, disputed: 2, unknown: 1, served: 0 };

/**
 * At most `most` segments: neighbours are joined into equal steps that show the owner of most of their slots, or their worst
 * problem, since a problem must not vanish in a mean.
 */
export function coarsen(segments: readonly StripSegment[], most = MOST_SEGMENTS): readonly StripSegment[] {
  if (segments.length <= most) return segments;
  const step = Math.ceil(SLOT_COUNT / most);
  const coarse: StripSegment[] = [];
  for (let from = 0; from < SLOT_COUNT; from += step) {
    const range: SlotRange = [from, Math.min(SLOT_COUNT - 1, from + step - 1)];
    const parts = segments.flatMap((segment) => {
      const slots = countSlots(intersectSlots([segment.slots], [range]));
      return slots === 0 ? [] : [{ segment, slots }];
    });
    const shown = parts.sort((a, b) => RANK[b.segment.state] - RANK[a.segment.state] || b.slots - a.slots)[0];
    if (shown !== undefined) coarse.push({ ...shown.segment, slots: range });
  }
  return coarse;
}

/** Left edge and width in px of a range on a strip `width` px wide; widened around its middle to `least`. */
export function placeOf([from, to]: SlotRange, width: number, least = 0): { x: number; w: number } {
  const x = (from / SLOT_COUNT) * width;
  const w = ((to - from + 1) / SLOT_COUNT) * width;
  if (w >= least) return { x, w };
  const left = Math.min(Math.max(0, x + w / 2 - least / 2), width - least);
  return { x: left, w: least };
}
