import type { Area } from '../phrase.ts';

export const overview = {} as const satisfies Area;
