import type { clusters as en } from '../en/clusters.ts';
import type { SameKeys } from '../phrase.ts';

export const clusters: SameKeys<typeof en> = {};
