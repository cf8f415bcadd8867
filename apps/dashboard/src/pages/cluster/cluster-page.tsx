import { createContext, useContext } from 'react';
import type { ClusterSummary } from '@slotdeck/contract/clusters';
import type { ClusterLive } from '@slotdeck/contract/stream';
import type { ClusterId } from '@slotdeck/model/ids';
import type { Allowed } from '../../access/change-allowed.ts';
import type { Freshness } from '../../stream/freshness.ts';
import type { LoadSample } from '../../stream/load-history.ts';

/** What every page of a cluster is given. It is drawn only once something is known of the cluster. */
export interface ClusterPageFacts {
  readonly id: ClusterId;
  /** Its name, or its id while the list of clusters has not come. */
  readonly name: string;
  readonly summary: ClusterSummary | null;
  readonly live: ClusterLive;
  readonly load: readonly LoadSample[];
  readonly freshness: Freshness;
  /** Whether this viewer may change this cluster now, else why not. */
  readonly change: Allowed;
  /** Server time, renewed each second. */
  readonly now: number;
}

export const ClusterPageContext = createContext<ClusterPageFacts | null>(null);

export function useClusterPage(): ClusterPageFacts {
  const facts = useContext(ClusterPageContext);
  if (facts === null) throw new Error('useClusterPage is used outside a page of a cluster');
  return facts;
}
