import { z } from 'zod';
import { claimSlots, gatherSlots, type Gathering } from '@slotdeck/cluster/act/gather-slots';
import { moveSlots } from '@slotdeck/cluster/act/move-slots';
import { NodeId } from '@slotdeck/model/ids';
import { parseSlotRanges } from '@slotdeck/model/slot-ranges';
import type { OperationDefinition, StepOutcome } from '../engine/define-operation.ts';
import { outcomeOf } from './act-outcome.ts';
import type { FindCluster } from './cluster-to-change.ts';
import { withChoice } from './move-trouble.ts';
import { stepSequence, type StepAct } from './step-sequence.ts';

/** What the planner wrote into the steps of a repair. */
const GatherFacts = z.object({
  slots: z.string(),
  owner: NodeId,
  claimers: z.array(NodeId),
  holders: z.array(NodeId),
});

function readGathering(facts: unknown): Gathering {
  const { slots, ...rest } = GatherFacts.parse(facts);
  const ranges = parseSlotRanges(slots);
  if (!ranges.ok) throw new Error(`a step names the slots "${slots}"`);
  return { ...rest, slots: ranges.slots };
}

/** Where a person has to choose between two values, the question says what going on will do. */
function asked(outcome: StepOutcome): StepOutcome {
  return outcome.kind === 'needs-a-person' ? { ...outcome, problem: withChoice(outcome.problem) } : outcome;
}

const claim: StepAct = ({ facts }, { act }) => outcomeOf(() => claimSlots(readGathering(facts), act));

const gather: StepAct = async ({ facts }, { act }) =>
  asked(await outcomeOf(() => gatherSlots(readGathering(facts), act)));

const finish: StepAct = async ({ move }, { act }): Promise<StepOutcome> => {
  if (move === null) throw new Error('a step that finishes a move has its ends');
  const result = await moveSlots(move, act);
  switch (result.outcome) {
    case 'done':
      return { kind: 'done', facts: { keys: result.keysMoved } };
    case 'stopped':
      return { kind: 'stopped' };
    case 'may-retry':
      return { kind: 'retry', problem: result.problem };
    case 'needs-a-person':
      return asked({ kind: 'needs-a-person', problem: result.problem });
  }
};

/** Slots that are open, claimed by nobody or by several, or whose keys lie on several nodes, get one owner that has all of them. */
export function fixOperation(findCluster: FindCluster): OperationDefinition {
  return stepSequence({ kind: 'fix', findCluster, acts: { claim, gather, finish } });
}
