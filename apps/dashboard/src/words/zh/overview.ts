import type { overview as en } from '../en/overview.ts';
import type { SameKeys } from '../phrase.ts';

export const overview: SameKeys<typeof en> = {};
