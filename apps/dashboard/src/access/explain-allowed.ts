import type { SessionUser } from '@slotdeck/contract/session';
import type { Words } from '../words/words.ts';
import type { Allowed } from './change-allowed.ts';

export function printRole(role: SessionUser['role'], { t }: Words): string {
  switch (role) {
    case 'viewer':
      return t('shell.roleViewer');
    case 'operator':
      return t('shell.roleOperator');
    case 'admin':
      return t('shell.roleAdmin');
  }
}

/** Why a button is off; null when it is on. */
export function explainAllowed(allowed: Allowed, words: Words): string | null {
  if (allowed.ok) return null;
  switch (allowed.reason) {
    case 'role':
      return words.t('shell.offRole', { role: printRole(allowed.role, words) });
    case 'not-seen':
      return words.t('shell.offNotSeen');
    case 'stale':
      return words.t('shell.offStale');
    case 'busy':
      return words.t('shell.offBusy', { operation: allowed.operation.id });
  }
}
