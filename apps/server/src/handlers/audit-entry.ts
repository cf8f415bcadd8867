import type { Clock } from '@slotdeck/model/clock';
import type { Caller } from '../http/handler.ts';
import type { AuditEntry } from '../store/audit.ts';

export function auditEntry(
  caller: Caller,
  clock: Pick<Clock, 'now'>,
  action: string,
  subject: string,
  facts: Readonly<Record<string, unknown>> = {},
): AuditEntry {
  const { principal, address } = caller;
  return {
    at: clock.now(),
    userId: principal.kind === 'user' ? principal.id : null,
    userName: nameOf(caller),
    address,
    action,
    subject,
    facts,
  };
}

/** What operations and plans carry as their author. */
export function nameOf({ principal }: Caller): string {
  return principal.kind === 'user' ? principal.name : 'anonymous';
}
