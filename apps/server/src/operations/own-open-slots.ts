import type { ClusterId } from '@slotdeck/model/ids';
import { isEnded } from '@slotdeck/model/operation';
import { NO_SLOTS, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { movingSlots } from '@slotdeck/operations/catalog/move-journal';
import type { OperationsRunner } from '@slotdeck/operations/engine/operations-runner';

/**
 * Slots that an operation of ours may have open now. A paused operation stays responsible for what it left open, and shows it
 * itself; only with its end do open slots become findings.
 */
export function ownOpenSlots(runner: Pick<OperationsRunner, 'heldBy' | 'state'>, clusterId: ClusterId): SlotRanges {
  const id = runner.heldBy(clusterId);
  const state = id === null ? null : runner.state(id);
  return state === null || isEnded(state.view.status) ? NO_SLOTS : movingSlots(state.record.plan);
}
