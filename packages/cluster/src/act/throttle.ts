import type { Pacing, Slowing } from '@slotdeck/model/operation';
import type { Pace } from '@slotdeck/model/pace';
import { limitsOf, type PaceLimits } from './pace-limits.ts';

/**
 * Shapes the MIGRATEs of one move so that clients wait no longer than the pace allows. Two things are turned: how much one MIGRATE
 * holds, by what the last ones took, and how long the source is left alone between them, by what clients wait and by how the
 * replicas keep up. Knows no Redis and reads no clock: it is told.
 */
export interface Throttle {
  /** What the next MIGRATE may hold. */
  load(): { readonly keys: number; readonly bytes: number };
  /** How many MIGRATEs may be under way. */
  depth(): number;
  sent(): void;
  /** Milliseconds from sending to the answer; `units` as of `load()`: null where nothing was carried. */
  answered(ms: number, carried: { readonly keys: number; readonly bytes: number | null } | null): void;
  /** Rest after a MIGRATE that took so long. */
  restMs(ms: number): number;
  /** What the probe of one node waited for its answer. @param now milliseconds of any steady clock */
  waited(node: string, ms: number, now: number): void;
  /** What besides the clients speaks for going slower; null: nothing. */
  strained(by: Exclude<Slowing, 'clients'> | null, now: number): void;
  pacing(): Pacing;
}

/** A load is not made smaller than this: the time of a MIGRATE is then the network's, and smaller ones would cost more of it. */
const LEAST_KEYS = 5;
const LEAST_BYTES = 32 * 1024;
/** Of the largest load, where a move begins: nothing is known of the keys. */
const FIRST_KEYS = 60;
/** How often what clients wait is judged, and over how much of it. */
const JUDGE_MS = 100;
const WINDOW_MS = 400;
/** The best round trip of this long is what a client would wait anyhow. */
const BASE_MS = 10_000;
/** Share of the time in which the source may be held up; even the slowest move goes on. */
const LEAST_SHARE = 0.1;
/** How much longer than the best a round trip often takes. */
const UNEVEN = 3;
/** Less than this is noise of the machine that we run on. */
const NOISE_MS = 1;

export function createThrottle(pace: () => Pace): Throttle {
  let size = 0;
  let sizedFor: Pace | null = null;
  let share = 1;
  let underWay = 0;
  let stallMs: number | null = null;
  let strain: Exclude<Slowing, 'clients'> | null = null;
  let judgedAt = Number.NEGATIVE_INFINITY;
  const nodes = new Map<string, { at: number; ms: number }[]>();

  function limits(): PaceLimits {
    const now = pace();
    const of = limitsOf(now);
    // A new pace begins as a new move does: what the old one had grown to says nothing about the new budget.
    if (sizedFor !== now) {
      size = Math.min(1, FIRST_KEYS / of.keys);
      sizedFor = now;
    }
    return of;
  }

  function baseOf(samples: readonly { ms: number }[]): number {
    return samples.reduce((least, { ms }) => Math.min(least, ms), Number.POSITIVE_INFINITY);
  }

  /**
   * The longest but one that a probe of the window waited beyond what it would have waited anyhow: one alone is the machine's or the
   * network's doing, stalls come one after the other. Null: none came.
   */
  function worstWait(now: number): number | null {
    const waits: number[] = [];
    for (const samples of nodes.values()) {
      const base = baseOf(samples);
      for (const { at, ms } of samples) if (now - at <= WINDOW_MS) waits.push(ms - base);
    }
    const [worst, second] = waits.toSorted((one, other) => other - one);
    return second ?? worst ?? null;
  }

  function judge(now: number): void {
    if (now - judgedAt < JUDGE_MS) return;
    judgedAt = now;
    const { budgetMs } = limits();
    const wait = worstWait(now);
    const isCrowded = wait !== null && wait > budgetMs + NOISE_MS;
    if (isCrowded || strain !== null) share = Math.max(LEAST_SHARE, share * 0.7);
    else if (wait === null || wait <= Math.max(NOISE_MS, budgetMs * 0.7)) share = Math.min(1, share * 1.2);
  }

  function roundTripMs(): number {
    return [...nodes.values()].reduce((longest, samples) => Math.max(longest, baseOf(samples)), 0);
  }

  function depth(): number {
    const { queued } = limits();
    if (share < 1 || stallMs === null) return Math.min(queued, 2);
    // One at work, and as many on their way as it takes to hide the round trip, also one that takes longer than most.
    return Math.min(queued, 1 + Math.ceil((UNEVEN * roundTripMs()) / Math.max(0.2, stallMs)));
  }

  /** A client can come while one is at work and find the others of the queue before it. */
  function aimMs(): number {
    return limits().budgetMs / (depth() + 1);
  }

  return {
    load() {
      const { keys, bytes } = limits();
      return {
        keys: Math.max(Math.min(LEAST_KEYS, keys), Math.floor(keys * size)),
        bytes: Math.max(LEAST_BYTES, Math.floor(bytes * size)),
      };
    },
    depth,
    sent() {
      underWay += 1;
    },
    answered(ms, carried) {
      const before = Math.max(1, underWay);
      underWay -= 1;
      if (carried === null || carried.keys === 0) return;
      const stall = Math.max(0, ms - Math.min(ms, roundTripMs())) / before;
      stallMs = stallMs === null ? stall : stallMs * 0.7 + stall * 0.3;
      const { keys, bytes } = limits();
      const aim = aimMs();
      if (stall > aim) size = Math.max(0.001, size * Math.max(0.3, (0.8 * aim) / stall));
      else {
        // Only a load that was cut by the size says that a larger one would do.
        const isFull = carried.keys >= keys * size * 0.9 || (carried.bytes ?? 0) >= bytes * size * 0.7;
        if (isFull && stall < aim * 0.6) size = Math.min(1, size * 1.25);
      }
    },
    restMs(ms) {
      const { rest } = limits();
      return ms * rest + ms * (1 / share - 1);
    },
    waited(node, ms, now) {
      const samples = (nodes.get(node) ?? []).filter(({ at }) => now - at <= BASE_MS);
      samples.push({ at: now, ms });
      nodes.set(node, samples);
      judge(now);
    },
    strained(by, now) {
      strain = by;
      judge(now);
    },
    pacing() {
      const slowedBy: Slowing | null = share < 1 ? (strain ?? 'clients') : null;
      const last = judgedAt === Number.NEGATIVE_INFINITY ? null : worstWait(judgedAt);
      return { budgetMs: limits().budgetMs, waitMs: last, stallMs, share, slowedBy };
    },
  };
}
