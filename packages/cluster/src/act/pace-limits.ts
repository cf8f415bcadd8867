import { budgetMsOf, isNamedPace, type NamedPace, type Pace } from '@slotdeck/model/pace';

/** How hard a move may lean on the source. A MIGRATE holds up both nodes for as long as it runs. */
export interface PaceLimits {
  /** What a client may have to wait longer because of the move. */
  readonly budgetMs: number;
  /** Most keys in one MIGRATE. */
  readonly keys: number;
  /** Most bytes in one MIGRATE, as far as sizes are known. */
  readonly bytes: number;
  /** MIGRATEs the source has before it at a time, at most. More hide the network's delay and make clients wait for all of them. */
  readonly queued: number;
  /** Rest after each MIGRATE, as a multiple of the time it took. */
  readonly rest: number;
  /** Keys of a wave: opened and handed over together. A pause waits for two of them. */
  readonly waveKeys: number;
}

type Shape = Omit<PaceLimits, 'budgetMs'>;

const named: Record<NamedPace, Shape> = {
  gentle: { keys: 20, bytes: 256 * 1024, queued: 1, rest: 3, waveKeys: 1_500 },
  balanced: { keys: 100, bytes: 1024 * 1024, queued: 3, rest: 0, waveKeys: 3_000 },
  fast: { keys: 500, bytes: 8 * 1024 * 1024, queued: 6, rest: 0, waveKeys: 5_000 },
};

/** Below this, one MIGRATE that waits behind another is too much. */
const QUEUE_FROM_MS = 10;

export function limitsOf(pace: Pace): PaceLimits {
  const budgetMs = budgetMsOf(pace);
  if (isNamedPace(pace)) return { budgetMs, ...named[pace] };
  if (budgetMs < QUEUE_FROM_MS) return { budgetMs, ...named.fast, queued: 1, waveKeys: named.balanced.waveKeys };
  return { budgetMs, ...named.fast };
}
