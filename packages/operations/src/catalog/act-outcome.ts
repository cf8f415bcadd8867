import { ActFailure } from '@slotdeck/cluster/act/move-problems';
import type { Facts } from '@slotdeck/model/finding';
import type { StepOutcome } from '../engine/define-operation.ts';

/** Carries out an act and says how the step ended. What is no failure of acting is a mistake of ours and passes. */
export async function outcomeOf(act: () => Promise<Facts | 'stopped'>): Promise<StepOutcome> {
  try {
    const facts = await act();
    return facts === 'stopped' ? { kind: 'stopped' } : { kind: 'done', facts };
  } catch (error) {
    if (!(error instanceof ActFailure)) throw error;
    return { kind: error.mayRetry ? 'retry' : 'needs-a-person', problem: error.problem };
  }
}
