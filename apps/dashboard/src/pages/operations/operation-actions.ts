import type { SessionUser } from '@slotdeck/contract/session';
import { nextStatus, type OperationStatus } from '@slotdeck/model/operation';

/** What can be asked of an operation now. Null: not in this status, so no button; `role`: the button is there, off, and says why. */
export type Ask = 'on' | 'role' | null;

export interface OperationActions {
  readonly pause: Ask;
  readonly resume: Ask;
  readonly cancel: Ask;
  readonly pace: Ask;
}

/** The same table that the server asks decides which buttons there are. */
export function operationActions(status: OperationStatus, user: SessionUser | null): OperationActions {
  const mayChange = user?.permissions.includes('clusters:change') === true;
  const ask = (isPossible: boolean): Ask => (isPossible ? (mayChange ? 'on' : 'role') : null);
  const canCancel = nextStatus(status, 'cancel-asked') !== null;
  return {
    // A pause that was already asked for shows its status; asking twice would only be refused.
    pause: ask(status === 'running' || status === 'queued'),
    resume: ask(nextStatus(status, 'resume-asked') !== null),
    cancel: ask(canCancel),
    pace: ask(canCancel),
  };
}
