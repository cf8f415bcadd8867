import type { StaleFact } from '@slotdeck/cluster/plan/stale';
import type { OperationProblem } from '@slotdeck/model/operation';
import { printSlotRanges, type SlotRanges } from '@slotdeck/model/slot-ranges';
import type { StepContext } from '../engine/define-operation.ts';

/** What can stop a move besides the troubles of acting, which name themselves. */

export const KEY_CONFLICT = 'key-on-both-sides';

/** Says what going on will do, so that going on is a decision. */
export function withChoice(problem: OperationProblem): OperationProblem {
  if (problem.code !== KEY_CONFLICT) return problem;
  const [source, target] = [String(problem.facts['source']), String(problem.facts['target'])];
  const choice =
    `Clients are served the copy on ${source}. Resume or cancel keeps that one and drops the copy on ${target}, also of further ` +
    `such keys in this step; to keep the other, delete the key on ${source} first.`;
  return { ...problem, message: `${problem.message} ${choice}` };
}

/** Signs that a node may be gone for good, or has an heir already. */
export const LOST_NODE = new Set(['node-did-not-answer', 'node-failed', 'node-changed-role']);

/** Nobody has the place of an end, and perhaps nobody will: what was left there can neither be fetched nor closed. */
export const GONE_NODE = new Set(['node-failed', 'node-unknown', 'successor-unclear']);

/** Says how a cluster is set free of an operation that can neither go on nor be undone. */
export function withLeaving(problem: OperationProblem, { slots }: { readonly slots: SlotRanges }): OperationProblem {
  const way =
    `If it will not come back, cancel once more: slots ${printSlotRanges(slots)} are then left as they are, open ones show among ` +
    `the findings, and keys that were moved to a node that is gone are gone with it.`;
  const facts = { ...problem.facts, problem: problem.code, slots: printSlotRanges(slots) };
  return { code: 'end-gone', message: `${problem.message} ${way}`, facts };
}

export function notSeen(): OperationProblem {
  return { code: 'cluster-not-seen', message: 'No node of the cluster gave an answer.', facts: {} };
}

export function clusterUnknown({ clusterId }: StepContext): OperationProblem {
  const facts = { cluster: clusterId };
  return {
    code: 'cluster-unknown',
    message: `The cluster ${clusterId} cannot be reached from here: it was removed, or its stored login cannot be opened.`,
    facts,
  };
}

export function planStale(stale: readonly StaleFact[]): OperationProblem {
  const changes = stale.map(({ code, facts }) => {
    const words = Object.entries(facts).map(([name, value]) => `${name} ${String(value)}`);
    return `${code}: ${words.join(', ')}`;
  });
  return {
    code: 'plan-stale',
    message: `The cluster has changed since the plan was made: ${changes.join('; ')}. Nothing was sent.`,
    facts: { changes },
  };
}
