import { draftOpenSlots } from './open-slots.ts';
import type { FindTrouble } from './finding-draft.ts';

/** The target waits for keys of a slot that its owner does not give away; harmless until it holds keys of it. */
export const findOpenImportingOnly: FindTrouble = (topology, context) =>
  draftOpenSlots(topology, context, 'slot-importing-only');
