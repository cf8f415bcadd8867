import type { Plan, PlanProblem } from '@slotdeck/model/plan';
import type { WordKey } from '../../words/words.ts';

/** What the server looked at when it made the plan, and which of its objections belong to it. */
const LOOKED_AT: readonly { readonly word: WordKey; readonly codes: readonly string[] }[] = [
  {
    word: 'wizard.passedAnswer',
    codes: ['nobody-answers', 'majority-not-answering', 'node-not-answering', 'nodes-not-answering', 'node-loading'],
  },
  { word: 'wizard.passedAgree', codes: ['views-not-settled', 'slot-disputed'] },
  { word: 'wizard.passedNotFailed', codes: ['node-failed', 'cluster-state-fail'] },
  { word: 'wizard.passedNothingOpen', codes: ['slot-already-open', 'other-slots-open'] },
  { word: 'wizard.passedReplicas', codes: ['target-without-replica'] },
  { word: 'wizard.passedLinked', codes: ['replica-link-down'] },
  { word: 'wizard.passedVersions', codes: ['versions-mixed'] },
  { word: 'wizard.passedMemory', codes: ['memory-exceeded', 'memory-tight', 'keys-not-counted'] },
];

export interface PlanChecks {
  readonly blockers: readonly PlanProblem[];
  readonly warnings: readonly PlanProblem[];
  readonly notices: readonly PlanProblem[];
  /** Looked at and not objected to. Empty while there are blockers: the server may have stopped looking at the first one. */
  readonly passed: readonly WordKey[];
}

/** Only plans of moves are looked at in all these respects; of others the server tells what it objects to. */
const MOVES: ReadonlySet<Plan['kind']> = new Set(['reshard', 'rebalance', 'drain']);

export function planChecks({ kind, problems }: Pick<Plan, 'kind' | 'problems'>): PlanChecks {
  const of = (severity: PlanProblem['severity']): PlanProblem[] =>
    problems.filter((problem) => problem.severity === severity);
  const blockers = of('blocker');
  const raised = new Set(problems.map((problem) => problem.code));
  const passed = LOOKED_AT.filter(({ codes }) => !codes.some((code) => raised.has(code))).map(({ word }) => word);
  return {
    blockers,
    warnings: of('warning'),
    notices: of('info'),
    passed: blockers.length > 0 || !MOVES.has(kind) ? [] : passed,
  };
}
