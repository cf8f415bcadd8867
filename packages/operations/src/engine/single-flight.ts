import type { ClusterId, OperationId } from '@slotdeck/model/ids';

/**
 * One writer per cluster. A lease is held by one operation from its start until it has ended, also while it is paused, and it
 * outlives the process. Each time it is taken its fence grows; whoever still writes with a smaller one is refused by the journal.
 * There is no time-out: a lease ends when its operation ends, or passes on when another process takes that operation over.
 */
export interface Lease {
  readonly clusterId: ClusterId;
  readonly operationId: OperationId;
  /** Which process holds it; only for people to read. */
  readonly holder: string;
  /** Grows with every take of this cluster's lease, also across releases. */
  readonly fence: number;
}

export type LeaseTaken =
  { readonly ok: true; readonly fence: number } | { readonly ok: false; readonly heldBy: OperationId };

/** Durable like the journal, and refusing with the same `JournalError`s when it cannot be written. */
export interface ClusterLeases {
  /**
   * Free, or held by the same operation (which is being taken over): granted with a greater fence than ever before.
   * Held by another operation: refused.
   */
  take(request: {
    readonly clusterId: ClusterId;
    readonly operationId: OperationId;
    readonly holder: string;
  }): LeaseTaken;
  /** Does nothing when the lease has passed on to another fence since. */
  release(clusterId: ClusterId, fence: number): void;
  current(clusterId: ClusterId): Lease | null;
  held(): readonly Lease[];
}
