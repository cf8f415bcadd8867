import type { events as en } from '../en/events.ts';
import type { SameKeys } from '../phrase.ts';

export const events: SameKeys<typeof en> = {};
