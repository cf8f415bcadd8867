import type { Area } from '../phrase.ts';

export const signIn = {} as const satisfies Area;
