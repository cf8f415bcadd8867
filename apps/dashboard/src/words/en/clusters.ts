import type { Area } from '../phrase.ts';

export const clusters = {} as const satisfies Area;
