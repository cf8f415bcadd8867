import type { SlotRanges } from '@slotdeck/model/slot-ranges';
import { cellOf, COLUMNS, outlineOf } from './slot-grid.ts';
import { pixelsPerSide, type MapColours, type MapSize } from './slot-map-pixels.ts';
import type { Rgb } from '../../theme/shard-colours.ts';

export interface OverlayPicture {
  readonly selected: SlotRanges;
  /** The slot under the pointer or with the focus. */
  readonly marked: number | null;
  /** How much of what is not selected is covered, 0…1. */
  readonly isDimmed: number;
}

const css = ([r, g, b]: Rgb, alpha = 1): string => `rgb(${r} ${g} ${b} / ${alpha})`;

/** What moves with the pointer: the selection with its outline, and the marked cell. The fill below stays as it is. */
export function drawOverlay(
  context: CanvasRenderingContext2D,
  { selected, marked, isDimmed }: OverlayPicture,
  colours: MapColours,
  size: MapSize,
): void {
  const side = pixelsPerSide(size);
  const { cell, line } = size;
  context.clearRect(0, 0, side, side);
  if (selected.length > 0) {
    context.fillStyle = css(colours.grid, isDimmed);
    context.fillRect(0, 0, side, side);
    for (const [from, to] of selected) clearRun(context, from, to, cell);
    const path = new Path2D();
    for (const [x1, y1, x2, y2] of outlineOf(selected)) {
      path.moveTo(inside(x1 * cell, side, line), inside(y1 * cell, side, line));
      path.lineTo(inside(x2 * cell, side, line), inside(y2 * cell, side, line));
    }
    context.lineCap = 'square';
    context.strokeStyle = css(colours.panel);
    context.lineWidth = 4 * line;
    context.stroke(path);
    context.strokeStyle = css(colours.ink);
    context.lineWidth = 2 * line;
    context.stroke(path);
  }
  if (marked !== null) {
    const { column, row } = cellOf(marked);
    const grow = 2 * line;
    const box = [column * cell - grow, row * cell - grow, cell - line + grow * 2, cell - line + grow * 2] as const;
    context.strokeStyle = css(colours.panel);
    context.lineWidth = 4 * line;
    context.strokeRect(...box);
    context.strokeStyle = css(colours.ink);
    context.lineWidth = 2 * line;
    context.strokeRect(...box);
  }
}

/** An outline on the map's own edge would be cut in half. */
function inside(at: number, side: number, line: number): number {
  return Math.min(side - line, Math.max(line, at));
}

/** Uncovers one run of slots: at most a part of a row, whole rows, and a part of a row. */
function clearRun(context: CanvasRenderingContext2D, from: number, to: number, cell: number): void {
  const first = cellOf(from);
  const last = cellOf(to);
  const clear = (row: number, rows: number, start: number, end: number): void =>
    context.clearRect(start * cell, row * cell, (end - start) * cell, rows * cell);
  if (first.row === last.row) {
    clear(first.row, 1, first.column, last.column + 1);
    return;
  }
  clear(first.row, 1, first.column, COLUMNS);
  if (last.row > first.row + 1) clear(first.row + 1, last.row - first.row - 1, 0, COLUMNS);
  clear(last.row, 1, 0, last.column + 1);
}
