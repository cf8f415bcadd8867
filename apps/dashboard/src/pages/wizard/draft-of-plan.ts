import type { Plan } from '@slotdeck/model/plan';
import type { Draft } from './draft.ts';

/** The draft that would lead to this plan again, for a plan that was opened by its link. */
export function draftOfPlan(plan: Plan, base: Draft): Draft {
  if (plan.kind !== 'reshard') return base;
  const { params } = plan;
  return {
    ...base,
    how: params.slots === undefined ? 'count' : 'named',
    slots: params.slots ?? '',
    count: params.count === undefined ? '' : String(params.count),
    from: params.from.includes('all') ? [] : params.from,
    to: params.to,
    driver: params.driver === 'atomic' ? 'atomic' : 'classic',
    leavesLarge: params.largeKeys === 'leave',
  };
}
