import type { problems as en } from '../en/problems.ts';
import type { SameKeys } from '../phrase.ts';

export const problems: SameKeys<typeof en> = {};
