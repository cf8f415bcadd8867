import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Pace } from '@slotdeck/model/pace';
import { createThrottle, type Throttle } from './throttle.ts';

const PROBE_MS = 40;

/** Both ends are probed for a while, and a client waits that long beyond a round trip of half a millisecond. */
function probe(throttle: Throttle, from: number, forMs: number, waitMs: number): number {
  let now = from;
  for (; now < from + forMs; now += PROBE_MS) {
    throttle.waited('source', now % 400 === 0 ? 0.5 : 0.5 + waitMs, now);
    throttle.waited('target', 0.5, now);
  }
  return now;
}

/** One MIGRATE after the other, each as full as it may be, at so many milliseconds a key. */
function carry(throttle: Throttle, times: number, msPerKey: number, fixedMs = 0): number {
  let stall = 0;
  for (let turn = 0; turn < times; turn += 1) {
    const { keys } = throttle.load();
    stall = fixedMs + keys * msPerKey;
    throttle.sent();
    throttle.answered(stall, { keys, bytes: null });
  }
  return stall;
}

describe('how much one MIGRATE holds', () => {
  test.each([
    ['gentle', 0.5],
    ['5ms', 0.1],
    ['5ms', 2],
    ['balanced', 0.3],
    ['20ms', 0.05],
    ['fast', 0.2],
  ] as const)(
    'at a pace of %s and %s ms a key, a client that comes at the wrong moment waits no longer than that',
    (pace, msPerKey) => {
      const throttle = createThrottle(() => pace);
      const stall = carry(throttle, 60, msPerKey);
      const { budgetMs } = throttle.pacing();
      // Whoever comes while one is at work waits for it and for those behind it; five keys is the least that is sent.
      expect(stall * (throttle.depth() + 1)).toBeLessThanOrEqual(Math.max(budgetMs, msPerKey * 5 * 2) * 1.01);
    },
  );

  test('it grows as long as the nodes are quicker than the budget, up to what the pace allows', () => {
    const throttle = createThrottle(() => '50ms');
    carry(throttle, 60, 0.001);
    expect(throttle.load().keys).toBe(500);
  });

  test('a network that takes longer than the budget does not cut the loads to single keys', () => {
    const throttle = createThrottle(() => '2ms');
    carry(throttle, 100, 0.01, 30);
    expect(throttle.load().keys).toBeGreaterThanOrEqual(5);
  });

  test('a changed pace begins anew', () => {
    let pace: Pace = 'fast';
    const throttle = createThrottle(() => pace);
    carry(throttle, 60, 0.001);
    expect(throttle.load().keys).toBe(500);
    pace = '1ms';
    expect(throttle.load().keys).toBeLessThanOrEqual(60);
    expect(throttle.depth()).toBe(1);
  });
});

describe('how long the source is left alone', () => {
  test('within two seconds of clients that wait too long it is held up less, and within two seconds of quiet as before', () => {
    const throttle = createThrottle(() => '5ms');
    let now = probe(throttle, 0, 1_000, 1);
    expect(throttle.pacing()).toMatchObject({ share: 1, slowedBy: null });
    expect(throttle.restMs(2)).toBe(0);
    now = probe(throttle, now, 1_000, 25);
    expect(throttle.pacing()).toMatchObject({ slowedBy: 'clients' });
    expect(throttle.pacing().waitMs).toBeCloseTo(25, 5);
    expect(throttle.restMs(2)).toBeGreaterThan(4);
    probe(throttle, now, 2_000, 1);
    expect(throttle.pacing()).toMatchObject({ slowedBy: null, share: 1 });
  });

  test('replicas that fall behind slow it down while clients wait for nothing', () => {
    const throttle = createThrottle(() => 'fast');
    for (let now = 0; now < 2_000; now += 500) throttle.strained('replication', now);
    expect(throttle.pacing()).toMatchObject({ slowedBy: 'replication' });
    for (let now = 2_000; now < 10_000; now += 500) throttle.strained(null, now);
    expect(throttle.pacing().slowedBy).toBeNull();
  });

  test('whatever is measured, something always goes on and nothing grows beyond what the pace allows', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Pace>('gentle', 'balanced', 'fast', '1ms', '7ms', '1000ms'),
        fc.array(
          fc.record({ ms: fc.double({ min: 0, max: 60_000, noNaN: true }), waits: fc.boolean(), lost: fc.boolean() }),
          { maxLength: 60 },
        ),
        (pace, events) => {
          const throttle = createThrottle(() => pace);
          for (const [at, { ms, waits, lost }] of events.entries()) {
            if (waits) throttle.waited('source', ms, at * 100);
            throttle.sent();
            throttle.answered(ms, lost ? null : { keys: throttle.load().keys, bytes: 1_000 });
            expect(throttle.load().keys).toBeGreaterThanOrEqual(1);
            expect(throttle.load().keys).toBeLessThanOrEqual(500);
            expect(throttle.depth()).toBeGreaterThanOrEqual(1);
            expect(throttle.restMs(10)).toBeLessThanOrEqual(10 * 3 + 10 * 9 + 0.001);
          }
        },
      ),
    );
  });
});
