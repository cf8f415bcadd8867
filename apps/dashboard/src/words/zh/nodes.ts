import type { nodes as en } from '../en/nodes.ts';
import type { SameKeys } from '../phrase.ts';

export const nodes: SameKeys<typeof en> = {};
