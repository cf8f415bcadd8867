import type { ActContext } from '@slotdeck/cluster/act/act-context';
import type { NodeView } from '@slotdeck/cluster/observe/node-view';
import { mergeViews } from '@slotdeck/cluster/observe/merge-views';
import type { NodeCalls } from '@slotdeck/cluster/connection/node-calls';
import type { ImportParams } from '@slotdeck/model/plan-params';
import type { ClusterId } from '@slotdeck/model/ids';
import type { Topology } from '@slotdeck/model/topology';
import type { StepContext } from '../engine/define-operation.ts';

/** A cluster as operations meet it. Whoever runs them keeps its connections. */
export interface ClusterToChange extends Pick<ActContext, 'calls' | 'migrateAuth'> {
  /** Asks every node now for its CLUSTER NODES, replicas and failed ones too. Nodes that do not answer are silent views. */
  look(): Promise<readonly NodeView[]>;
  /** How a server outside is asked whose keys are imported; absent or null: its login is not known here. */
  readonly importSource?: (params: ImportParams) => NodeCalls | null;
}

/** Null when the cluster is not, or no longer, known here. */
export type FindCluster = (id: ClusterId) => ClusterToChange | null;

/** Looks at the whole cluster, and writes into the transcript that it did. Null when nobody answered. */
export async function lookAtCluster(cluster: ClusterToChange, context: StepContext): Promise<Topology | null> {
  const views = await cluster.look();
  const at = context.clock.now();
  for (const view of views) {
    const node = view.nodeId ?? `${view.address.host}:${view.address.port}`;
    const line = { at, node, command: ['CLUSTER', 'NODES'], more: 0 };
    if (view.state === 'answered') {
      const reply = `${view.lines.length} nodes`;
      context.transcript({ ...line, reply, outcome: 'ok', ms: view.roundTripMs });
    } else {
      const reply = `${view.problem.code}: ${view.problem.seen}`;
      context.transcript({ ...line, reply, outcome: 'error', ms: 0 });
    }
  }
  if (!views.some((view) => view.state === 'answered')) return null;
  return mergeViews(views, { clusterId: context.clusterId, previous: null, now: at });
}
