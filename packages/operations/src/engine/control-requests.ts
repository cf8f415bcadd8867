import type { OperationStatus, StatusCause } from '@slotdeck/model/operation';
import type { LiveOperation } from './live-operation.ts';

/** What a person may ask of an operation: from which statuses it leads on, and in which it is so already. */
export type ControlRequest = {
  readonly cause: Extract<StatusCause, 'pause-asked' | 'resume-asked' | 'cancel-asked'>;
  readonly from: readonly OperationStatus[];
  readonly alreadySo: readonly OperationStatus[];
};

export const PAUSE: ControlRequest = {
  cause: 'pause-asked',
  from: ['queued', 'running'],
  alreadySo: ['pausing', 'paused'],
};
export const RESUME: ControlRequest = {
  cause: 'resume-asked',
  from: ['pausing', 'paused'],
  alreadySo: ['queued', 'running'],
};
export const CANCEL: ControlRequest = {
  cause: 'cancel-asked',
  from: ['queued', 'running', 'pausing', 'paused'],
  alreadySo: ['cancelling', 'cancelled'],
};

/**
 * The journal still says what it said when it could last be written (running, say), so the request is written as what follows
 * from there. Writing is also the proof that it can be written again: when it cannot, the halt stays.
 */
export function wakeFromHalt(live: LiveOperation, by: string, cause: StatusCause): void {
  const { halted } = live;
  if (halted === null) return;
  live.unhalt();
  live.proceed();
  const { status } = live.journalled();
  if (cause === 'cancel-asked' && status !== 'cancelling') live.changeStatus(cause, by);
  else if (cause === 'resume-asked' && (status === 'pausing' || status === 'paused')) live.changeStatus(cause, by);
  else live.append([{ type: 'note', code: 'going-on', step: null, facts: { by, after: halted.problem.code } }]);
}
