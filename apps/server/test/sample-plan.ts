import { ClusterId, NodeId, OperationId, PlanId } from '@slotdeck/model/ids';
import type { Plan } from '@slotdeck/model/plan';
import type { OperationRecord } from '@slotdeck/operations/engine/journal';

export const sampleClusterId = ClusterId.parse('cl-sample');
const from = NodeId.parse('a'.repeat(40));
const to = NodeId.parse('b'.repeat(40));

/** A plan that moves one slot between two nodes which nobody has; enough for what stores and lists plans. */
export function samplePlan(id: string, clusterId: ClusterId = sampleClusterId): Plan {
  return {
    id: PlanId.parse(id),
    clusterId,
    kind: 'reshard',
    createdAt: 1_000,
    createdBy: 'ada',
    params: { slots: '7', from: ['all'], to: [to] },
    parent: null,
    basis: { topologyVersion: 1, observedAt: 900, nodes: [] },
    moves: [{ from, to, slots: [[7, 7]], keys: 3, bytes: null }],
    before: [],
    after: [],
    slots: 1,
    keys: 3,
    bytes: null,
    estimate: null,
    problems: [],
    commands: [],
    steps: [
      {
        id: 'move-1',
        title: 'Move slot 7',
        component: 'move',
        onFailure: 'retry',
        facts: {},
        move: { from, to, slots: [[7, 7]] },
      },
    ],
  };
}

export function sampleRecord(id: string, clusterId: ClusterId = sampleClusterId): OperationRecord {
  return { id: OperationId.parse(id), clusterId, plan: samplePlan(`pl-${id.slice(3)}plan`, clusterId) };
}
