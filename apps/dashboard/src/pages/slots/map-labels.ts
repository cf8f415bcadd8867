import { COLUMNS, ROWS } from './slot-grid.ts';
import { SlotFlag, type SlotFacts } from './slot-facts.ts';

/** What stands at the right of the map: a label in the middle of each shard's largest run, a mark beside open slots. */
export interface MapLabels {
  readonly shards: readonly { readonly shard: number; readonly row: number }[];
  /** Rows that hold open slots. */
  readonly openRows: readonly number[];
  /** First and last row with slots that nobody serves. */
  readonly brackets: readonly { readonly from: number; readonly to: number }[];
}

/** A run of fewer rows has no room for a label. */
const LEAST_ROWS = 3;

export function mapLabels({ shard, flags }: SlotFacts): MapLabels {
  const largest = new Map<number, { from: number; to: number }>();
  let start = 0;
  for (let slot = 1; slot <= shard.length; slot += 1) {
    if (slot < shard.length && shard[slot] === shard[start]) continue;
    const index = shard[start] ?? 0;
    const known = largest.get(index);
    if (index > 0 && (known === undefined || slot - start > known.to - known.from))
      largest.set(index, { from: start, to: slot });
    start = slot;
  }
  const shards = [...largest]
    .filter(([, { from, to }]) => to - from >= LEAST_ROWS * COLUMNS)
    .map(([index, { from, to }]) => ({ shard: index, row: (from + to) / 2 / COLUMNS }));

  const rowHas = (row: number, flag: number): boolean =>
    flags.subarray(row * COLUMNS, (row + 1) * COLUMNS).some((each) => (each & flag) !== 0);
  const openRows: number[] = [];
  const brackets: { from: number; to: number }[] = [];
  for (let row = 0; row < ROWS; row += 1) {
    if (rowHas(row, SlotFlag.open)) openRows.push(row);
    if (!rowHas(row, SlotFlag.unassigned | SlotFlag.unreachable)) continue;
    const last = brackets.at(-1);
    if (last !== undefined && last.to === row - 1) last.to = row;
    else brackets.push({ from: row, to: row });
  }
  return { shards, openRows, brackets };
}
