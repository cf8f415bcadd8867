import { z } from 'zod';
import { followPrimary } from '@slotdeck/cluster/act/follow-primary';
import { promoteReplica } from '@slotdeck/cluster/act/promote-replica';
import { setNodeTimeout } from '@slotdeck/cluster/act/set-node-timeout';
import { NodeId } from '@slotdeck/model/ids';
import { FailoverParams } from '@slotdeck/model/plan-params';
import type { OperationDefinition } from '../engine/define-operation.ts';
import { outcomeOf } from './act-outcome.ts';
import type { FindCluster } from './cluster-to-change.ts';
import { stepSequence, type StepAct } from './step-sequence.ts';

/** What the planner wrote into the steps of these operations. */
const PromoteFacts = z.object({ node: NodeId, primary: NodeId, mode: FailoverParams.shape.mode.unwrap() });
const FollowFacts = z.object({ node: NodeId, primary: NodeId });
const TimeoutFacts = z.object({ ms: z.number().int() });

const promote: StepAct = ({ facts }, { act }) =>
  outcomeOf(async () => {
    const { sent, agreeing, epoch } = await promoteReplica(PromoteFacts.parse(facts), act);
    return { sent, agreeing, epoch };
  });

/** The step `follow` of any plan: a node becomes a replica of a primary and its data comes over. */
export const follow: StepAct = ({ facts }, { act }) =>
  outcomeOf(async () => {
    const followed = await followPrimary(FollowFacts.parse(facts), act);
    return followed.outcome === 'stopped' ? 'stopped' : { sent: followed.sent, agreeing: followed.agreeing };
  });

const setTimeout: StepAct = ({ facts }, { act }) =>
  outcomeOf(async () => {
    const { set, notKept } = await setNodeTimeout(TimeoutFacts.parse(facts).ms, act);
    return { set: set.length, notKept: [...notKept] };
  });

/** A replica takes its primary's place. */
export function failoverOperation(findCluster: FindCluster): OperationDefinition {
  return stepSequence({ kind: 'failover', findCluster, acts: { promote } });
}

/** A node follows a primary. */
export function replicateOperation(findCluster: FindCluster): OperationDefinition {
  return stepSequence({ kind: 'replicate', findCluster, acts: { follow } });
}

/** All nodes get the same node timeout. */
export function setTimeoutOperation(findCluster: FindCluster): OperationDefinition {
  return stepSequence({ kind: 'set-timeout', findCluster, acts: { 'set-timeout': setTimeout } });
}
