import type { Area } from '../phrase.ts';

export const findings = {} as const satisfies Area;
