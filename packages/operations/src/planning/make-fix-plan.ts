import { collectSlotEvidence } from '@slotdeck/cluster/observe/slot-evidence';
import { planFix } from '@slotdeck/cluster/plan/fix';
import type { Plan, PlanAsked } from '@slotdeck/model/plan';
import { NO_SLOTS, slotsOf, unionSlots, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { inputOf } from './moves-input.ts';
import type { PlanOrder, PlanSite } from './plan-site.ts';

/** Looks at the cluster, asks every primary what it holds of slots in doubt, and makes the plan. Throws as the site's look does. */
export async function makeFixPlan(
  site: PlanSite,
  asked: Extract<PlanAsked, { kind: 'fix' }>,
  order: PlanOrder,
): Promise<Plan> {
  const sight = await site.look();
  const { topology, calls } = sight;
  const doubtful = [
    slotsOf(topology.open.map(({ slot }) => slot)),
    ...topology.disputes.map(({ slots }) => slots),
    topology.unassigned,
    topology.unreachable,
  ].reduce<SlotRanges>((sum, each) => unionSlots(sum, each), NO_SLOTS);
  const evidence = await collectSlotEvidence(calls, topology, doubtful);
  return planFix({ ...(await inputOf(sight, NO_SLOTS, order)), params: asked.params, evidence });
}
