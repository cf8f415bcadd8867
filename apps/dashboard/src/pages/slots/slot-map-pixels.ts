import { COLUMNS, ROWS } from './slot-grid.ts';
import type { Rgb } from '../../theme/shard-colours.ts';
import { SlotFlag, type SlotFacts } from './slot-facts.ts';

/**
 * The fill of the slot map, painted as plain pixels: an ImageData of 640 × 640 is filled in well under a millisecond, where
 * 16,384 `fillRect` calls take several. Everything that changes with the pointer is drawn on a second canvas above.
 */
export interface MapSize {
  /** Device pixels per cell, both ways. */
  readonly cell: number;
  /** Device pixels of the grid line at a cell's right and lower edge; 0 for none. */
  readonly line: number;
}

export interface MapColours {
  /** By shard index; [0] is what nobody claims. The palette repeats, striped, after its last hue. */
  readonly shards: readonly Rgb[];
  readonly panel: Rgb;
  /** What grid lines are mixed towards. */
  readonly grid: Rgb;
  readonly ink: Rgb;
  readonly quiet: Rgb;
  readonly hatch: readonly [base: Rgb, stripe: Rgb];
  readonly warn: Rgb;
  /** Seven steps, low to high. */
  readonly heat: readonly Rgb[];
  /** Two greys for shards beyond twice the palette. */
  readonly greys: readonly [Rgb, Rgb];
}

export type MapMode = 'owner' | 'keys' | 'memory' | 'disagreement';

/** The level of a slot whose number is not known. */
export const NO_LEVEL = 255;

export interface MapPicture {
  readonly facts: SlotFacts;
  readonly mode: MapMode;
  /** Heat step 0…6 per slot, NO_LEVEL where not counted; only read in the modes keys and memory. */
  readonly levels: Uint8Array | null;
}

export function pixelsPerSide({ cell }: MapSize): number {
  return cell * COLUMNS;
}

/** A colour as it lies in an ImageData's memory, read as one little-endian number. */
export function pack([red, green, blue]: Rgb): number {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

export function mix(a: Rgb, b: Rgb, share: number): Rgb {
  const at = (i: 0 | 1 | 2): number => Math.round(a[i] + (b[i] - a[i]) * share);
  return [at(0), at(1), at(2)];
}

const GRID_SHARE = 0.3;

/** Hue of a shard, and whether it is drawn striped because the palette has been gone through once. */
export function shardFill(index: number, colours: MapColours): { colour: Rgb; striped: boolean } {
  const hues = colours.shards.length - 1;
  const [even, odd] = colours.greys;
  if (index <= 0) return { colour: colours.shards[0] ?? colours.panel, striped: false };
  if (index > hues * 2) return { colour: index % 2 === 0 ? even : odd, striped: false };
  return { colour: colours.shards[((index - 1) % hues) + 1] ?? odd, striped: index > hues };
}

interface Ink {
  readonly fill: number;
  readonly line: number;
  readonly striped: boolean;
}

/** Fills `pixels` (side × side, one 32-bit number each) with the whole map. */
export function paintMap(pixels: Uint32Array, picture: MapPicture, colours: MapColours, size: MapSize): void {
  const side = pixelsPerSide(size);
  if (pixels.length < side * side) throw new RangeError(`the map needs ${side * side} pixels, got ${pixels.length}`);
  const inkOf = inkTable(picture, colours);
  const { cell, line } = size;
  const body = cell - line;
  const special: number[] = [];
  for (let row = 0; row < ROWS; row += 1) {
    const top = row * cell * side;
    const lastLine = top + body * side;
    // Neighbours mostly look alike, so a run of them is one fill; the grid's upright lines are then put over it.
    for (let column = 0; column < COLUMNS;) {
      const start = column;
      const ink = inkOf(row * COLUMNS + start);
      while (column < COLUMNS && inkOf(row * COLUMNS + column) === ink) {
        const slot = row * COLUMNS + column;
        if (ink.striped || needsMark(picture, slot)) special.push(slot);
        column += 1;
      }
      pixels.fill(ink.fill, top + start * cell, top + column * cell);
      if (line === 0) continue;
      for (let edge = start + 1; edge <= column; edge += 1)
        for (let t = 1; t <= line; t += 1) pixels[top + edge * cell - t] = ink.line;
      pixels.fill(ink.line, lastLine + start * cell, lastLine + column * cell);
    }
    for (let y = 1; y < body; y += 1) pixels.copyWithin(top + y * side, top, top + side);
    for (let y = 1; y < line; y += 1) pixels.copyWithin(lastLine + y * side, lastLine, lastLine + side);
  }
  if (picture.mode === 'keys' || picture.mode === 'memory')
    paintBorders(pixels, picture.facts, pack(colours.ink), size);
  for (const slot of special) paintMarks(pixels, slot, picture, colours, size);
}

function inkTable(picture: MapPicture, colours: MapColours): (slot: number) => Ink {
  const ink = (colour: Rgb, striped = false): Ink => ({
    fill: pack(colour),
    line: pack(mix(colour, colours.grid, GRID_SHARE)),
    striped,
  });
  const { facts, levels, mode } = picture;
  if (mode === 'owner') {
    const known: Ink[] = [];
    return (slot) => {
      const index = facts.shard[slot] ?? 0;
      const found = known[index];
      if (found !== undefined) return found;
      const { colour, striped } = shardFill(index, colours);
      return (known[index] = ink(colour, striped));
    };
  }
  const quiet = ink(colours.quiet);
  if (mode === 'disagreement') return () => quiet;
  const steps = colours.heat.map((colour) => ink(colour));
  return (slot) => steps[levels?.[slot] ?? NO_LEVEL] ?? quiet;
}

const OWNER_MARKS = SlotFlag.open | SlotFlag.willMove | SlotFlag.unassigned | SlotFlag.unreachable | SlotFlag.disputed;
const OTHER_MARKS = SlotFlag.unassigned | SlotFlag.unreachable | SlotFlag.disputed;

function needsMark({ facts, mode, levels }: MapPicture, slot: number): boolean {
  const flags = facts.flags[slot] ?? 0;
  if (mode === 'owner') return (flags & OWNER_MARKS) !== 0;
  if (mode === 'disagreement') return (flags & OTHER_MARKS) !== 0;
  return (flags & SlotFlag.open) !== 0 || (levels?.[slot] ?? NO_LEVEL) === NO_LEVEL;
}

function paintMarks(
  pixels: Uint32Array,
  slot: number,
  { facts, mode, levels }: MapPicture,
  colours: MapColours,
  { cell, line }: MapSize,
): void {
  const side = cell * COLUMNS;
  const left = (slot % COLUMNS) * cell;
  const top = Math.floor(slot / COLUMNS) * cell;
  const flags = facts.flags[slot] ?? 0;
  const each = (paint: (x: number, y: number) => number | null): void => {
    for (let y = 0; y < cell; y += 1)
      for (let x = 0; x < cell; x += 1) {
        const colour = paint(x, y);
        if (colour !== null) pixels[(top + y) * side + left + x] = colour;
      }
  };
  const isEdge = (x: number, y: number): boolean => x < line || y < line || x >= cell - line || y >= cell - line;

  if (mode === 'owner') {
    const own = shardFill(facts.shard[slot] ?? 0, colours);
    // The stripe runs on across cells, so a striped shard is one texture and not 2,000 dashes.
    if (own.striped) {
      const panel = pack(colours.panel);
      each((x, y) => ((left + x + top + y) % (cell + 1) < Math.max(1, cell >> 1) ? panel : null));
    }
    if ((flags & SlotFlag.willMove) !== 0) {
      const rail = pack(shardFill(facts.target[slot] ?? 0, colours).colour);
      const from = Math.ceil(cell * 0.6);
      each((_, y) => (y >= from ? rail : null));
    }
  } else if (mode !== 'disagreement' && (levels?.[slot] ?? NO_LEVEL) === NO_LEVEL) {
    const dot = pack(mix(colours.quiet, colours.ink, 0.35));
    const middle = cell >> 1;
    each((x, y) => (x === middle && y === middle ? dot : null));
  }
  if (mode === 'owner' || mode === 'disagreement') {
    if ((flags & (SlotFlag.unassigned | SlotFlag.unreachable)) !== 0) {
      const [base, stripe] = colours.hatch.map(pack);
      each((x, y) => ((left + x + top + y) % 4 < 2 ? (stripe ?? null) : (base ?? null)));
    }
    if ((flags & SlotFlag.disputed) !== 0) {
      const warn = pack(colours.warn);
      each((x, y) => (mode === 'disagreement' || isEdge(x, y) ? warn : null));
    }
  }
  if ((flags & SlotFlag.open) !== 0) {
    const ink = pack(colours.ink);
    each((x, y) => (isEdge(x, y) ? ink : null));
  }
}

/** In the heat modes the owner is not the colour: a line runs where it changes. */
function paintBorders(pixels: Uint32Array, facts: SlotFacts, ink: number, { cell, line }: MapSize): void {
  const side = cell * COLUMNS;
  const thick = Math.max(1, line);
  for (let slot = 1; slot < facts.shard.length; slot += 1) {
    if (facts.shard[slot] === facts.shard[slot - 1]) continue;
    const column = slot % COLUMNS;
    const row = Math.floor(slot / COLUMNS);
    const horizontal = (y: number, from: number, to: number): void => {
      for (let t = 0; t < thick; t += 1) pixels.fill(ink, (y + t) * side + from, (y + t) * side + to);
    };
    if (row > 0) horizontal(row * cell - thick, column * cell, side);
    if (column > 0) {
      horizontal((row + 1) * cell - thick, 0, column * cell);
      for (let y = 0; y < cell; y += 1)
        for (let t = 1; t <= thick; t += 1) pixels[(row * cell + y) * side + column * cell - t] = ink;
    }
  }
}
