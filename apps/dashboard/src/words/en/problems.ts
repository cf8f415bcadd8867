import type { Area } from '../phrase.ts';

export const problems = {} as const satisfies Area;
