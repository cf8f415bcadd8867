import type { signIn as en } from '../en/sign-in.ts';
import type { SameKeys } from '../phrase.ts';

export const signIn: SameKeys<typeof en> = {};
