import type { Area } from '../phrase.ts';

export const events = {} as const satisfies Area;
