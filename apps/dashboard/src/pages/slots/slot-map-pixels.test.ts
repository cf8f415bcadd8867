import { expect, test } from 'vitest';
import { fixtureTopology, nodeId } from '../../testing/cluster-fixture.ts';
import { heatScale } from './heat-levels.ts';
import { mapColours } from './map-colours.ts';
import { slotFactsOf } from './slot-facts.ts';
import { COLUMNS } from './slot-grid.ts';
import { NO_LEVEL, pack, paintMap, pixelsPerSide, type MapPicture } from './slot-map-pixels.ts';

const A = nodeId('a');
const B = nodeId('b');

const colours = mapColours('dark');
const size = { cell: 5, line: 1 };
const side = pixelsPerSide(size);

function painted(picture: MapPicture): (slot: number, x: number, y: number) => number {
  const pixels = new Uint32Array(side * side);
  paintMap(pixels, picture, colours, size);
  return (slot, x, y) => pixels[(Math.floor(slot / COLUMNS) * 5 + y) * side + (slot % COLUMNS) * 5 + x] ?? Number.NaN;
}

const hue = (index: number): number => pack(colours.shards[index] ?? [0, 0, 0]);

test('every cell has the hue of its shard and a grid line at its right and lower edge', () => {
  const at = painted({ facts: slotFactsOf(fixtureTopology(), []), mode: 'owner', levels: null });
  expect(at(0, 0, 0)).toBe(hue(1));
  expect(at(5460, 3, 3)).toBe(hue(1));
  expect(at(5461, 0, 0)).toBe(hue(2));
  expect(at(16_383, 2, 2)).toBe(hue(3));
  expect(at(16_383, 4, 2)).not.toBe(hue(3));
  expect(at(16_383, 2, 4)).not.toBe(hue(3));
});

test('a slot that will move shows its target below, an open slot an ink frame', () => {
  const topology = fixtureTopology({ open: [{ slot: 3, node: A, direction: 'migrating', peer: B }] });
  const at = painted({
    facts: slotFactsOf(topology, [{ from: A, to: B, slots: [[3, 4]] }]),
    mode: 'owner',
    levels: null,
  });
  expect(at(4, 1, 0)).toBe(hue(1));
  expect(at(4, 1, 3)).toBe(hue(2));
  expect(at(3, 0, 0)).toBe(pack(colours.ink));
});

test('slots without an owner are hatched and never look served', () => {
  const at = painted({
    facts: slotFactsOf(fixtureTopology({ unassigned: [[8, 8]] }), []),
    mode: 'owner',
    levels: null,
  });
  const seen = new Set([0, 1, 2, 3].flatMap((x) => [0, 1, 2, 3].map((y) => at(8, x, y))));
  expect(seen).toEqual(new Set(colours.hatch.map(pack)));
});

test('in a heat mode the hue says the count and a slot without a count is dotted', () => {
  const values = new Float64Array(16_384).fill(1);
  values[20] = Number.NaN;
  values[21] = 900;
  const scale = heatScale(values);
  expect([scale.levels[20], scale.levels[21], scale.notCounted]).toEqual([NO_LEVEL, 6, 1]);
  const at = painted({ facts: slotFactsOf(fixtureTopology(), []), mode: 'keys', levels: scale.levels });
  expect(at(21, 0, 0)).toBe(pack(colours.heat[6] ?? [0, 0, 0]));
  expect(at(20, 2, 2)).not.toBe(at(20, 0, 0));
});
