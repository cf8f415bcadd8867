import fc from 'fast-check';
import { expect, test } from 'vitest';
import { slotsOf, SLOT_COUNT, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { fixtureTopology, nodeId } from '../testing/cluster-fixture.ts';
import { coarsen, placeOf, segmentsOf, segmentsOfSummary, type StripSegment } from './strip-segments.ts';

const covers = (segments: readonly StripSegment[]): boolean => {
  let next = 0;
  for (const { slots } of segments) {
    if (slots[0] !== next) return false;
    next = slots[1] + 1;
  }
  return next === SLOT_COUNT;
};

test('whatever is unreachable, unassigned or disputed, the strip covers every slot once', () => {
  const ranges = fc
    .uniqueArray(fc.integer({ min: 0, max: SLOT_COUNT - 1 }), { maxLength: 30 })
    .map((slots): SlotRanges => slotsOf(slots));
  fc.assert(
    fc.property(ranges, ranges, (unreachable, disputed) => {
      const disputes =
        disputed.length === 0 ? [] : [{ slots: disputed, opinions: [{ owner: nodeId('a'), observers: [] }] }];
      expect(covers(segmentsOf(fixtureTopology({ unreachable, disputes })))).toBe(true);
    }),
  );
});

test('slots of a silent owner keep their shard and are shown as not served', () => {
  const segments = segmentsOf(fixtureTopology({ unreachable: [[0, 99]] }));
  expect(segments[0]).toEqual({ slots: [0, 99], shard: 1, state: 'unserved', opinions: [] });
});

test('a cluster that was never seen is unknown, not unassigned', () => {
  expect(segmentsOf(null)[0]?.state).toBe('unknown');
  expect(segmentsOfSummary({ strip: [], health: 'unknown' })[0]?.state).toBe('unknown');
  expect(segmentsOfSummary({ strip: [], health: 'critical' })[0]?.state).toBe('unassigned');
});

test('a map in a thousand pieces is drawn in at most 400, and a single bad slot stays visible', () => {
  const pieces = Array.from({ length: SLOT_COUNT / 8 }, (_, i): StripSegment => ({
    slots: [i * 8, i * 8 + 7],
    shard: (i % 6) + 1,
    state: i === 1000 ? 'unserved' : 'served',
    opinions: [],
  }));
  const coarse = coarsen(pieces);
  expect(coarse.length).toBeLessThanOrEqual(400);
  expect(covers(coarse)).toBe(true);
  expect(coarse.filter((segment) => segment.state === 'unserved').length).toBe(1);
});

test('a problem is widened without leaving the strip, a healthy range is not widened', () => {
  expect(placeOf([16_383, 16_383], 1000, 6)).toEqual({ x: 994, w: 6 });
  expect(placeOf([0, 8191], 1000)).toEqual({ x: 0, w: 500 });
});
