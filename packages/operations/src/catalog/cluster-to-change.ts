import type { ActContext } from '@slotdeck/cluster/act/act-context';
import type { ClusterId } from '@slotdeck/model/ids';
import type { Topology } from '@slotdeck/model/topology';

/** A cluster as operations meet it. Whoever runs them keeps its connections. */
export interface ClusterToChange extends Pick<ActContext, 'calls' | 'migrateAuth'> {
  /** Asks every node now and merges what they say; a cluster that gives no answer is a topology in which nobody answered. */
  observe(): Promise<Topology>;
}

/** Null when the cluster is not, or no longer, known here. */
export type FindCluster = (id: ClusterId) => ClusterToChange | null;
