import { SLOT_COUNT, slotsOf, type SlotRanges } from '@slotdeck/model/slot-ranges';

/** The map is a square: 128 rows of 128 slots, slot 0 at the top left, reading order. */
export const COLUMNS = 128;
export const ROWS = SLOT_COUNT / COLUMNS;

export interface Cell {
  readonly column: number;
  readonly row: number;
}

export function cellOf(slot: number): Cell {
  return { column: slot % COLUMNS, row: Math.floor(slot / COLUMNS) };
}

/** The slot under a point, measured in CSS pixels from the map's top left corner; null outside of it. */
export function slotAt(x: number, y: number, cellSize: number): number | null {
  const column = Math.floor(x / cellSize);
  const row = Math.floor(y / cellSize);
  if (column < 0 || row < 0 || column >= COLUMNS || row >= ROWS) return null;
  return row * COLUMNS + column;
}

/** Like `slotAt`, but a point outside counts as the nearest cell: a drag that leaves the map keeps its range. */
export function nearestSlot(x: number, y: number, cellSize: number): number {
  const column = clamp(Math.floor(x / cellSize), COLUMNS);
  const row = clamp(Math.floor(y / cellSize), ROWS);
  return row * COLUMNS + column;
}

function clamp(value: number, size: number): number {
  return Math.min(size - 1, Math.max(0, value));
}

/** All slots between two, in slot order: what one would write as `from-to`. */
export function linearRange(anchor: number, focus: number): SlotRanges {
  return [[Math.min(anchor, focus), Math.max(anchor, focus)]];
}

/** All slots of the rectangle between two cells; one range per row. */
export function rectangle(anchor: number, focus: number): SlotRanges {
  const a = cellOf(anchor);
  const b = cellOf(focus);
  const left = Math.min(a.column, b.column);
  const right = Math.max(a.column, b.column);
  const slots: number[] = [];
  for (let row = Math.min(a.row, b.row); row <= Math.max(a.row, b.row); row += 1)
    for (let column = left; column <= right; column += 1) slots.push(row * COLUMNS + column);
  return slotsOf(slots);
}

/** One straight piece of an outline, in cells: from (x1,y1) to (x2,y2). */
export type Edge = readonly [x1: number, y1: number, x2: number, y2: number];

/** The outline of any set of slots: every edge that has a slot of the set on exactly one side, joined into long pieces. */
export function outlineOf(slots: SlotRanges): Edge[] {
  if (slots.length === 0) return [];
  const inside = new Uint8Array(SLOT_COUNT);
  for (const [from, to] of slots) inside.fill(1, from, to + 1);
  const at = (column: number, row: number): number =>
    column < 0 || row < 0 || column >= COLUMNS || row >= ROWS ? 0 : (inside[row * COLUMNS + column] ?? 0);
  const edges: Edge[] = [];
  for (let row = 0; row <= ROWS; row += 1) {
    let start = -1;
    for (let column = 0; column <= COLUMNS; column += 1) {
      const edge = column < COLUMNS && at(column, row - 1) !== at(column, row);
      if (edge && start < 0) start = column;
      if (!edge && start >= 0) {
        edges.push([start, row, column, row]);
        start = -1;
      }
    }
  }
  for (let column = 0; column <= COLUMNS; column += 1) {
    let start = -1;
    for (let row = 0; row <= ROWS; row += 1) {
      const edge = row < ROWS && at(column - 1, row) !== at(column, row);
      if (edge && start < 0) start = row;
      if (!edge && start >= 0) {
        edges.push([column, start, column, row]);
        start = -1;
      }
    }
  }
  return edges;
}
