import type { SlotDriver } from '@slotdeck/model/plan';
import type { OperationStatus } from '@slotdeck/model/operation';

/** What a campaign sees of the one operation it runs. */
export interface OperationSeen {
  readonly status: OperationStatus;
  readonly problem: { readonly code: string; readonly message: string } | null;
  readonly slotsDone: number;
}

/** Steers one reshard of one cluster, by whatever way. */
export interface Steering {
  start(reshard: {
    readonly slots: string;
    readonly to: string;
    readonly pace: string;
    readonly driver: SlotDriver;
  }): Promise<void>;
  look(): Promise<OperationSeen>;
  resume(): Promise<void>;
  cancel(): Promise<void>;
  /** The events that tell what went on, one per line. */
  history(): Promise<string>;
  close(): Promise<void>;
}

export const resting: readonly OperationStatus[] = ['paused', 'succeeded', 'failed', 'cancelled'];
