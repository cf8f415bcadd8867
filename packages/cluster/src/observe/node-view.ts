import type { NodeId } from '@slotdeck/model/ids';
import type { SlotRanges } from '@slotdeck/model/slot-ranges';
import type { ReplicationState, ServerVersion, ViewProblem } from '@slotdeck/model/topology';
import type { NodeAddress } from '../connection/node-calls.ts';

/** One line of CLUSTER NODES: what one node says about another (or about itself). */
export interface NodeLine {
  readonly id: NodeId;
  readonly isMyself: boolean;
  readonly host: string;
  readonly port: number;
  readonly busPort: number | null;
  readonly hostname: string | null;
  /** All flags but `myself`, in the server's words. */
  readonly flags: readonly string[];
  readonly role: 'primary' | 'replica' | 'unknown';
  readonly primaryId: NodeId | null;
  readonly configEpoch: number;
  readonly link: 'connected' | 'disconnected';
  readonly slots: SlotRanges;
  readonly migrating: readonly { readonly slot: number; readonly to: NodeId }[];
  readonly importing: readonly { readonly slot: number; readonly from: NodeId }[];
}

/** CLUSTER INFO and INFO of one node, as far as it said. */
export interface NodeFacts {
  readonly server: ServerVersion | null;
  readonly clusterState: 'ok' | 'fail' | null;
  readonly currentEpoch: number | null;
  readonly replication: ReplicationState | null;
  readonly zone: string | null;
  readonly runId: string | null;
  readonly uptimeSeconds: number | null;
  readonly usedMemoryBytes: number | null;
  readonly maxMemoryBytes: number | null;
  readonly clients: number | null;
  readonly keys: number | null;
  readonly replicationOffset: number | null;
  /** Counters since start; rates are made from two of them. */
  readonly counters: {
    readonly commands: number | null;
    readonly networkInBytes: number | null;
    readonly networkOutBytes: number | null;
    readonly cpuSeconds: number | null;
  };
}

/** What one node says, or why it could not say it. */
export type NodeView =
  | {
      readonly state: 'answered';
      readonly address: NodeAddress;
      readonly nodeId: NodeId;
      readonly at: number;
      readonly roundTripMs: number;
      /** When it answered by a clock that never jumps, milliseconds; rates are made from it. Absent in views from elsewhere. */
      readonly monotonicAt?: number;
      readonly lines: readonly NodeLine[];
      /** What INFO and CLUSTER INFO said, the former perhaps in an earlier round; null when neither was ever read. */
      readonly facts: NodeFacts | null;
    }
  | {
      readonly state: 'silent';
      readonly address: NodeAddress;
      /** Known from others' lines or from earlier; null for a seed that never answered. */
      readonly nodeId: NodeId | null;
      readonly at: number;
      readonly problem: ViewProblem;
    };
