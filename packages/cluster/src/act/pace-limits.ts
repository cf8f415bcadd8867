import type { Pace } from '@slotdeck/model/plan';

/** How hard a move may lean on the source. A MIGRATE holds up both nodes for as long as it runs. */
export interface PaceLimits {
  /** Most keys in one MIGRATE. */
  readonly keys: number;
  /** Most bytes in one MIGRATE, as far as sizes are known. */
  readonly bytes: number;
  /** What one MIGRATE should take at most; the number of keys follows what was measured. */
  readonly aimMs: number;
  /** MIGRATEs the source has before it at a time. More hide the network's delay and make clients wait for all of them. */
  readonly queued: number;
  /** Rest after each MIGRATE, as a multiple of the time it took. */
  readonly rest: number;
}

const limits: Record<Pace, PaceLimits> = {
  gentle: { keys: 20, bytes: 256 * 1024, aimMs: 3, queued: 1, rest: 3 },
  balanced: { keys: 100, bytes: 1024 * 1024, aimMs: 10, queued: 3, rest: 0 },
  fast: { keys: 500, bytes: 8 * 1024 * 1024, aimMs: 40, queued: 3, rest: 0 },
};

export function limitsOf(pace: Pace): PaceLimits {
  return limits[pace];
}
