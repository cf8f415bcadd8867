import type { findings as en } from '../en/findings.ts';
import type { SameKeys } from '../phrase.ts';

export const findings: SameKeys<typeof en> = {};
