import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countSlots, hasSlot, slotsOf } from '@slotdeck/model/slot-ranges';
import { cellOf, COLUMNS, linearRange, nearestSlot, outlineOf, rectangle, slotAt } from './slot-grid.ts';

const slot = fc.integer({ min: 0, max: 16_383 });

test('the point in the middle of a cell is that cell, whatever the cell size', () => {
  fc.assert(
    fc.property(slot, fc.integer({ min: 2, max: 9 }), (each, size) => {
      const { column, row } = cellOf(each);
      expect(slotAt((column + 0.5) * size, (row + 0.5) * size, size)).toBe(each);
    }),
  );
});

test('a point beside the map is no slot, and the nearest cell while dragging', () => {
  expect(slotAt(-1, 3, 5)).toBeNull();
  expect(slotAt(640, 3, 5)).toBeNull();
  expect(nearestSlot(-10, -10, 5)).toBe(0);
  expect(nearestSlot(10_000, 10_000, 5)).toBe(16_383);
});

test('a drag selects every slot between its ends, in either direction', () => {
  expect(linearRange(9, 3)).toEqual([[3, 9]]);
  expect(linearRange(3, 9)).toEqual([[3, 9]]);
});

test('a rectangle holds exactly the cells between its corners', () => {
  fc.assert(
    fc.property(slot, slot, (a, b) => {
      const slots = rectangle(a, b);
      const [p, q] = [cellOf(a), cellOf(b)];
      expect(countSlots(slots)).toBe((Math.abs(p.column - q.column) + 1) * (Math.abs(p.row - q.row) + 1));
      expect(hasSlot(slots, a)).toBe(true);
      expect(hasSlot(slots, b)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('the outline of one row of cells is its four sides', () => {
  expect(outlineOf([[COLUMNS + 2, COLUMNS + 4]])).toEqual([
    [2, 1, 5, 1],
    [2, 2, 5, 2],
    [2, 1, 2, 2],
    [5, 1, 5, 2],
  ]);
});

test('the outline of any selection closes: as many upper as lower and as many left as right edges', () => {
  fc.assert(
    fc.property(fc.array(slot, { minLength: 1, maxLength: 60 }), (slots) => {
      const edges = outlineOf(slotsOf(slots));
      const length = edges.reduce((sum, [x1, y1, x2, y2]) => sum + (x2 - x1) + (y2 - y1), 0);
      expect(length % 2).toBe(0);
      expect(edges.length).toBeGreaterThanOrEqual(4);
    }),
  );
});
