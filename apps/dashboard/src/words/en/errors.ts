import type { Area } from '../phrase.ts';

export const errors = {} as const satisfies Area;
