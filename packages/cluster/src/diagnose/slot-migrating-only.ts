import { draftOpenSlots } from './open-slots.ts';
import type { FindTrouble } from './finding-draft.ts';

/** The source sends clients on to a node that does not take them: keys that are not there end in redirects in a circle. */
export const findOpenMigratingOnly: FindTrouble = (topology, context) =>
  draftOpenSlots(topology, context, 'slot-migrating-only');
