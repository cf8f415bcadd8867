import type { Progress } from '@slotdeck/model/operation';

/** How fast an operation went, as this browser saw it since its page was opened. */
export interface RateSample {
  /** When the numbers came, epoch ms by this browser's clock. */
  readonly at: number;
  readonly slots: number | null;
  readonly keys: number | null;
  readonly bytes: number | null;
}

export interface RateHistory {
  /** At most one sample in each step of this length. It doubles when there are too many, so that a run of days fits as well. */
  readonly stepMs: number;
  /** Oldest first. */
  readonly samples: readonly RateSample[];
}

export const RATES_KEPT = 1200;
export const NO_RATES: RateHistory = { stepMs: 1000, samples: [] };

/** The rates cover ten seconds and come with each batch; without news for longer than that nothing is known in between. */
const SILENCE_MS = 15_000;

/** Between two samples further apart than this no line is drawn. */
export function rateGapMs({ stepMs }: RateHistory): number {
  return Math.max(SILENCE_MS, stepMs * 2.5);
}

/** Adds the rates of now. While it does not move (`isMoving` false) there are none: a pause is a hole in the line and not a zero. */
export function rememberRate(
  held: RateHistory,
  progress: Progress | null,
  { at, isMoving }: { at: number; isMoving: boolean },
): RateHistory {
  const sample: RateSample =
    isMoving && progress !== null
      ? { at, slots: progress.slotsPerSecond, keys: progress.keysPerSecond, bytes: progress.bytesPerSecond }
      : { at, slots: null, keys: null, bytes: null };
  // A line neither begins nor goes on with nothing.
  if (isEmpty(sample) && isEmpty(held.samples.at(-1))) return held;
  const samples = lastOfEachStep([...held.samples, sample], held.stepMs);
  if (samples.length <= RATES_KEPT) return { ...held, samples };
  const stepMs = held.stepMs * 2;
  return { stepMs, samples: lastOfEachStep(samples, stepMs) };
}

function isEmpty(sample: RateSample | undefined): boolean {
  return sample === undefined || (sample.slots === null && sample.keys === null && sample.bytes === null);
}

function lastOfEachStep(samples: readonly RateSample[], stepMs: number): RateSample[] {
  const stepOf = (sample: RateSample | undefined): number => Math.floor((sample?.at ?? 0) / stepMs);
  return samples.filter((sample, i) => i === samples.length - 1 || stepOf(sample) !== stepOf(samples[i + 1]));
}
