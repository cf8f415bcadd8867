import { constants, setPriority } from 'node:os';
import { moveSlotsAtomically } from '@slotdeck/cluster/act/move-atomically';
import { moveSlots } from '@slotdeck/cluster/act/move-slots';
import { verifyMoves } from '@slotdeck/cluster/act/verify-move';
import type { ActContext, MoveProgress } from '@slotdeck/cluster/act/act-context';
import { openConnections } from '@slotdeck/cluster/connection/node-connections';
import type { NodeAddress, NodeCalls } from '@slotdeck/cluster/connection/node-calls';
import { createObserver } from '@slotdeck/cluster/observe/observe-cluster';
import { mergeViews } from '@slotdeck/cluster/observe/merge-views';
import { planReshard } from '@slotdeck/cluster/plan/reshard';
import { ClusterId, NodeId, PlanId } from '@slotdeck/model/ids';
import type { Pace } from '@slotdeck/model/pace';
import { isBlocked, type SlotDriver } from '@slotdeck/model/plan';
import type { RealCluster, RealNode } from '@slotdeck/testkit/real-cluster';
import { systemClock } from '../../apps/server/src/system-clock.ts';

export interface MoveOnce {
  readonly cluster: RealCluster;
  /** Where clients find the nodes. */
  readonly addressOf: (node: RealNode) => NodeAddress;
  readonly move: { readonly from: RealNode; readonly to: RealNode; readonly slots: string };
  readonly pace: () => Pace;
  readonly driver: SlotDriver;
  readonly onProgress?: (progress: MoveProgress) => void;
}

/** One whole reshard of ours, from the first look to the last verification, with the priority that the command line gives itself. */
export async function moveOnce(order: MoveOnce): Promise<{ readonly ms: number }> {
  const { cluster, addressOf, move } = order;
  const calls = openConnections({});
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  try {
    const start = performance.now();
    const observer = createObserver({ calls, clock: systemClock, seeds: [addressOf(move.from)] });
    const { views } = await observer.round({ depth: 'full' });
    const topology = mergeViews(views, {
      clusterId: ClusterId.parse('cl-bench'),
      previous: null,
      now: systemClock.now(),
    });
    const plan = planReshard({
      planId: PlanId.parse('pl-bench'),
      topology,
      params: { slots: move.slots, from: [move.from.id], to: [move.to.id], driver: order.driver },
      weights: new Map(),
      stats: [],
      pace: order.pace(),
      now: systemClock.now(),
      createdBy: 'bench',
      parent: null,
    });
    if (isBlocked(plan)) throw new Error(JSON.stringify(plan.problems));
    const context = contextOf(cluster, calls, order);
    for (const step of plan.steps) {
      if (step.move === null) continue;
      const result = await (step.move.driver === 'atomic' ? moveSlotsAtomically : moveSlots)(step.move, context);
      if (result.outcome !== 'done') throw new Error(JSON.stringify(result));
    }
    const verified = await verifyMoves(plan.moves, context);
    if (verified.outcome !== 'verified') throw new Error(verified.problem.message);
    return { ms: performance.now() - start };
  } finally {
    setPriority(constants.priority.PRIORITY_NORMAL);
    await calls.close();
  }
}

function contextOf(
  cluster: RealCluster,
  calls: NodeCalls,
  { addressOf, pace, onProgress }: Pick<MoveOnce, 'addressOf' | 'pace' | 'onProgress'>,
): ActContext {
  const members = cluster.nodes.map((node) => ({
    id: NodeId.parse(node.id),
    name: `${node.port}`,
    address: addressOf(node),
  }));
  return {
    calls,
    clock: systemClock,
    members: () => members,
    replicasOf: () => [],
    migrateAuth: null,
    signal: new AbortController().signal,
    asked: () => 'go-on',
    pace,
    onCommand: () => undefined,
    onProgress: onProgress ?? (() => undefined),
    note: () => undefined,
  };
}
