import { NO_LEVEL } from './slot-map-pixels.ts';

/** Shares at which the seven heat steps part: quantiles, so that one huge slot does not make all others look empty. */
const CUTS = [0.1, 0.3, 0.55, 0.78, 0.93, 0.985] as const;

export interface HeatScale {
  /** Step 0…6 per slot, NO_LEVEL where not counted. */
  readonly levels: Uint8Array;
  readonly least: number | null;
  readonly most: number | null;
  /** How many slots have no number. */
  readonly notCounted: number;
}

/** @param values One number per slot; NaN where not counted. */
export function heatScale(values: Float64Array): HeatScale {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const cuts = CUTS.map((share) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
  const levels = new Uint8Array(values.length);
  values.forEach((value, slot) => {
    if (Number.isNaN(value)) {
      levels[slot] = NO_LEVEL;
      return;
    }
    let level = 0;
    while (level < CUTS.length && value > (cuts[level] ?? 0)) level += 1;
    levels[slot] = level;
  });
  return {
    levels,
    least: sorted[0] ?? null,
    most: sorted.at(-1) ?? null,
    notCounted: values.length - sorted.length,
  };
}
