import type { NodeCalls } from '@slotdeck/cluster/connection/node-calls';
import type { Plan } from '@slotdeck/model/plan';
import type { ImportParams } from '@slotdeck/model/plan-params';
import type { PlanId } from '@slotdeck/model/ids';
import type { NodeStats, Topology } from '@slotdeck/model/topology';

/** A cluster that is asked before a plan is made. Whoever makes plans keeps its connections. */
export interface PlanSite {
  /** Asks all nodes now. Rejects in the caller's own words when nobody answers: a plan is never made from memory alone. */
  look(): Promise<PlanSight>;
}

/** What was seen, and the way to ask for more. */
export interface PlanSight {
  readonly topology: Topology;
  readonly stats: readonly NodeStats[];
  readonly calls: NodeCalls;
  /** How the server is asked whose keys are to be imported; absent or null: not from here. */
  readonly importSource?: (params: ImportParams) => NodeCalls | null;
}

/** What a plan is made with, beside its request. */
export interface PlanOrder {
  readonly planId: PlanId;
  readonly createdBy: string;
  readonly parent: Plan['parent'];
  /** Epoch ms. */
  readonly now: number;
}
