import { z } from 'zod';
import { copyFunctions } from '@slotdeck/cluster/act/copy-functions';
import { detachReplica } from '@slotdeck/cluster/act/detach-replica';
import { joinNode } from '@slotdeck/cluster/act/join-node';
import { reparentReplicas } from '@slotdeck/cluster/act/reparent-replicas';
import { retireNode } from '@slotdeck/cluster/act/retire-node';
import { watchReturn } from '@slotdeck/cluster/act/watch-return';
import { NodeId } from '@slotdeck/model/ids';
import type { OperationDefinition, StepComponent } from '../engine/define-operation.ts';
import { outcomeOf } from './act-outcome.ts';
import type { FindCluster } from './cluster-to-change.ts';
import { moveSlotsOperation } from './move-slots.ts';
import type { Turns } from './turns.ts';
import { follow } from './node-changes.ts';
import { stepSequence, type StepAct } from './step-sequence.ts';

/** What the planners wrote into the steps of these operations. */
const Who = z.object({ node: NodeId, name: z.string() });
const NewcomerFacts = Who.extend({ host: z.string(), port: z.number().int() });
const RetireFacts = NewcomerFacts.extend({ then: z.enum(['reset', 'reset-hard', 'shutdown', 'forget']) });
const ReparentFacts = Who.extend({ replicas: z.array(NodeId), primaries: z.array(NodeId) });
const WatchFacts = Who.extend({ seconds: z.number() });
const DetachFacts = Who.extend({ byCommand: z.boolean() });

function readNewcomer(facts: unknown): { id: NodeId; name: string; address: { host: string; port: number } } {
  const { node, name, host, port } = NewcomerFacts.parse(facts);
  return { id: node, name, address: { host, port } };
}

const functions: StepAct = ({ facts }, { act }) =>
  outcomeOf(async () => {
    const copied = await copyFunctions(readNewcomer(facts), act);
    return copied.outcome === 'copied' ? { from: copied.from } : { reason: 'the cluster has none' };
  });

const introduce: StepAct = ({ facts }, { act }) =>
  outcomeOf(async () => {
    const { sent, agreeing } = await joinNode(readNewcomer(facts), act);
    return { sent, agreeing };
  });

const reparent: StepAct = ({ facts }, { act }) =>
  outcomeOf(async () => {
    const { node, replicas, primaries } = ReparentFacts.parse(facts);
    const planned = new Map(
      replicas.flatMap((replica, at): [NodeId, NodeId][] => {
        const primary = primaries[at];
        return primary === undefined ? [] : [[replica, primary]];
      }),
    );
    const done = await reparentReplicas(node, planned, act);
    return done.outcome === 'stopped' ? 'stopped' : { followed: [...done.followed] };
  });

const retire: StepAct = ({ facts }, { act }) =>
  outcomeOf(async () => {
    const { node, name, host, port, then } = RetireFacts.parse(facts);
    const { end, told, agreeing, silent } = await retireNode({ node, name, address: { host, port }, then }, act);
    return { end, told, agreeing, silent: [...silent] };
  });

const watch: StepAct = ({ facts }, { act }) =>
  outcomeOf(async () => {
    const { node, name, seconds } = WatchFacts.parse(facts);
    const watched = await watchReturn({ node, name }, seconds, act);
    return watched.outcome === 'stopped' ? 'stopped' : { seconds, returns: watched.returns };
  });

const detach: StepAct = ({ facts }, { act }) =>
  outcomeOf(async () => {
    const { sent, agreeing } = await detachReplica(DetachFacts.parse(facts), act);
    return { sent, agreeing };
  });

/** An empty node becomes a member, as primary or replica. */
export function addNodeOperation(findCluster: FindCluster): OperationDefinition {
  return stepSequence({ kind: 'add-node', findCluster, acts: { 'copy-functions': functions, introduce, follow } });
}

/** A replica becomes an empty primary of its own. */
export function detachOperation(findCluster: FindCluster): OperationDefinition {
  return stepSequence({ kind: 'detach', findCluster, acts: { detach } });
}

/** A node leaves: drained where that was asked for, its replicas given away, reset, and forgotten by all. */
export function removeNodeOperation(findCluster: FindCluster, turns?: Turns): OperationDefinition {
  const moves = moveSlotsOperation({ findCluster, kind: 'remove-node', ...(turns === undefined ? {} : { turns }) });
  const leaving = stepSequence({ kind: 'remove-node', findCluster, acts: { reparent, retire, 'watch-return': watch } });
  const check: StepComponent = {
    run: (step, context) => checkOf(context.plan.moves.length > 0 ? moves : leaving).run(step, context),
  };
  return { ...moves, components: { ...moves.components, ...leaving.components, check } };
}

function checkOf({ components, kind }: OperationDefinition): StepComponent {
  const { check } = components;
  if (check === undefined) throw new Error(`an operation of kind ${kind} begins with a check`);
  return check;
}
