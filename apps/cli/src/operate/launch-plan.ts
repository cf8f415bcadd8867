import type { NodeCalls } from '@slotdeck/cluster/connection/node-calls';
import { OperationId } from '@slotdeck/model/ids';
import { isEnded } from '@slotdeck/model/operation';
import type { Pace } from '@slotdeck/model/pace';
import type { Plan } from '@slotdeck/model/plan';
import type { Topology } from '@slotdeck/model/topology';
import type { Access } from '../read-arguments.ts';
import { followOperation } from './follow-operation.ts';
import { openLocalRunner } from './local-runner.ts';
import { refuse, type OperateParts } from './operate-parts.ts';
import { randomId } from './state-folder.ts';

export interface Launch {
  readonly plan: Plan;
  readonly pace: Pace;
  /** Of the journal. */
  readonly folder: string;
  /** As it was seen just now. */
  readonly topology: Topology;
  readonly access: Access;
}

/** Starts the operation of a plan that was agreed to, and follows it to its end. */
export async function launchPlan(
  { plan, pace, folder, topology, access }: Launch,
  calls: NodeCalls,
  parts: OperateParts,
): Promise<0 | 1> {
  const seeds = topology.nodes.flatMap(({ host, port }) => (host === '' ? [] : [{ host, port }]));
  const { runner, store } = openLocalRunner(folder, calls, seeds, access, parts.source);
  const held = store.leases.current(plan.clusterId)?.operationId ?? null;
  const holder = held === null ? null : runner.state(held);
  if (held !== null && holder !== null && !isEnded(holder.view.status)) {
    return refuse(
      `Operation ${held} (${holder.view.kind}) on this cluster is not finished: resume or cancel it.`,
      parts,
    );
  }
  const id = OperationId.parse(`op-${randomId()}`);
  const started = runner.start({ id, plan, by: 'terminal', pace });
  if (!started.ok) return refuse(`The operation was not started (${started.code}).`, parts);
  if (!parts.json) parts.out(`>>> Operation ${id}\n`);
  return followOperation(runner, id, { ...parts, folder });
}
