import { draftOpenSlots } from './open-slots.ts';
import type { FindTrouble } from './finding-draft.ts';

/** Both nodes hold the slot open: a migration that runs elsewhere, or was left half-way. */
export const findOpenBothSides: FindTrouble = (topology, context) =>
  draftOpenSlots(topology, context, 'slot-open-both-sides');
