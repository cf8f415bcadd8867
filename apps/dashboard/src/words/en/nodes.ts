import type { Area } from '../phrase.ts';

export const nodes = {} as const satisfies Area;
