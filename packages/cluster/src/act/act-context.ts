import type { Clock } from '@slotdeck/model/clock';
import type { Facts } from '@slotdeck/model/finding';
import type { NodeId } from '@slotdeck/model/ids';
import type { Pacing } from '@slotdeck/model/operation';
import type { TranscriptLine } from '@slotdeck/model/operation-events';
import type { Pace } from '@slotdeck/model/pace';
import type { SlotDriver } from '@slotdeck/model/plan';
import type { SlotRanges } from '@slotdeck/model/slot-ranges';
import type { NodeAddress, NodeCalls } from '../connection/node-calls.ts';

/** A node of the cluster, as the caller knows it at the moment. */
export interface ClusterMember {
  readonly id: NodeId;
  /** What people call it. */
  readonly name: string;
  readonly address: NodeAddress;
}

/** A transcript line before it has an index; secrets are masked already. */
export type SentLine = Pick<TranscriptLine, 'node' | 'command' | 'more' | 'reply' | 'outcome' | 'ms'>;

export interface MoveProgress {
  /** Of this batch. */
  readonly slotsDone: number;
  /** Keys that left the source, in this call. */
  readonly keysMoved: number;
  /** Their size as estimated from samples; null when sizes cannot be asked for. */
  readonly bytesMoved: number | null;
  readonly inFlight: SlotRanges;
  readonly phase: 'open' | 'move' | 'hand-over' | 'wait' | 'close' | 'idle';
  /** Absent where the server moves slots by itself. */
  readonly pacing?: Pacing;
}

/** All that acting needs from outside. */
export interface ActContext {
  readonly calls: NodeCalls;
  readonly clock: Clock;
  /** Every node known now, replicas and failed ones too. Asked again at each look, so that a promoted replica is seen. */
  members(): readonly ClusterMember[];
  /** Who followed this primary when the plan was made: a promoted one among them is named in the problem. */
  replicasOf(primary: NodeId): readonly NodeId[];
  /** With what the source logs in at the target; null where no login is needed. */
  readonly migrateAuth: { readonly username?: string; readonly password: string } | null;
  /** How long the source waits for the target in silence during MIGRATE; see `carrier.ts` for the default. */
  readonly migrateTimeoutMs?: number;
  /**
   * What becomes of a key that exists on both sides with different values. `ask`, the default: neither is touched. `served`: the
   * source's copy, which is the one that clients have been served, takes the place of the other; only when a person said so.
   */
  readonly conflicts?: 'ask' | 'served';
  /** Hand-overs of one cluster come one after the other, see `settle` in `move-slots.ts`; absent: there is only this move. */
  readonly handOverTurn?: <T>(work: () => Promise<T>) => Promise<T>;
  /** Ends waiting at once; nothing is rolled back, the next call goes on from what it finds. */
  readonly signal: AbortSignal;
  /** Asked between hand-overs, when nothing is open. */
  asked(): 'go-on' | 'pause' | 'cancel';
  pace(): Pace;
  onCommand(line: SentLine): void;
  onProgress(progress: MoveProgress): void;
  note(code: string, facts: Facts): void;
}

/** Slots on their way from one primary to another. */
export interface MoveBatch {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly slots: SlotRanges;
  /** How it is moved; absent: classic. */
  readonly driver?: SlotDriver | undefined;
  /**
   * Nodes whose place `from` and `to` have taken since the move began (a failover, accepted by a person). Open slots that still
   * name them are ours.
   */
  readonly formerly?: { readonly from: readonly NodeId[]; readonly to: readonly NodeId[] };
}
