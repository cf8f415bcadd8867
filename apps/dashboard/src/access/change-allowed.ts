import type { SessionUser } from '@slotdeck/contract/session';
import type { OperationSummary } from '@slotdeck/contract/operations';
import { isEnded } from '@slotdeck/model/operation';
import type { Freshness } from '../stream/freshness.ts';

/** Whether the viewer may change this cluster now, or the reason that a button says. Worst reason first. */
export type Allowed =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'role'; readonly role: SessionUser['role'] }
  | { readonly ok: false; readonly reason: 'not-seen' }
  | { readonly ok: false; readonly reason: 'stale' }
  | { readonly ok: false; readonly reason: 'busy'; readonly operation: OperationSummary };

export function changeAllowed(
  user: SessionUser | null,
  freshness: Freshness,
  operations: readonly OperationSummary[],
): Allowed {
  if (user === null || !user.permissions.includes('clusters:change')) {
    return { ok: false, reason: 'role', role: user?.role ?? 'viewer' };
  }
  if (freshness.state === 'never') return { ok: false, reason: 'not-seen' };
  if (freshness.state === 'last-known') return { ok: false, reason: 'stale' };
  const running = operations.find((operation) => !isEnded(operation.status));
  return running === undefined ? { ok: true } : { ok: false, reason: 'busy', operation: running };
}
