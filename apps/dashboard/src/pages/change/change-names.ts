import { z } from 'zod';

/** Changes that are planned from a form; see `change-kinds.ts`. */
export const CHANGE_KINDS = [
  'rebalance',
  'drain',
  'add-node',
  'remove-node',
  'failover',
  'replicate',
  'detach',
  'fix',
  'create',
  'import',
  'set-timeout',
] as const;
export const ChangeKind = z.enum(CHANGE_KINDS);
export type ChangeKind = z.infer<typeof ChangeKind>;
