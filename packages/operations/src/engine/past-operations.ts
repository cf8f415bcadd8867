import type { OperationId } from '@slotdeck/model/ids';
import { isEnded, type OperationProblem } from '@slotdeck/model/operation';
import type { OperationEvent } from '@slotdeck/model/operation-events';
import { emptyView, fold, ImpossibleHistory, type OperationView } from '@slotdeck/model/operation-view';
import type { OperationJournal } from './journal.ts';

/** Operations as the journal tells them, which nobody carries on in this process. */
export interface PastOperations {
  /** A history that cannot have happened is shown as failed, as far as it could be read. */
  view(id: OperationId): OperationView;
  isImpossible(id: OperationId): boolean;
}

const ENDED_VIEWS_KEPT = 200;

export function createPastOperations(journal: Pick<OperationJournal, 'events'>): PastOperations {
  /** What has ended changes no more; folding a long journal anew for each look at a list would be felt. */
  const endedViews = new Map<OperationId, OperationView>();

  function keep(id: OperationId, view: OperationView): void {
    endedViews.set(id, view);
    const [oldest] = endedViews.keys();
    if (endedViews.size > ENDED_VIEWS_KEPT && oldest !== undefined) endedViews.delete(oldest);
  }

  return {
    view(id) {
      const kept = endedViews.get(id);
      if (kept !== undefined) return kept;
      const { view, impossible } = foldAsFarAsPossible(journal.events(id));
      if (impossible !== null) return { ...view, status: 'failed', problem: problemOf(impossible) };
      if (isEnded(view.status)) keep(id, view);
      return view;
    },
    isImpossible: (id) => foldAsFarAsPossible(journal.events(id)).impossible !== null,
  };
}

function foldAsFarAsPossible(events: readonly OperationEvent[]): {
  view: OperationView;
  impossible: ImpossibleHistory | null;
} {
  let view = emptyView;
  for (const event of events) {
    try {
      view = fold(view, event);
    } catch (error) {
      if (error instanceof ImpossibleHistory) return { view, impossible: error };
      throw error;
    }
  }
  return { view, impossible: null };
}

function problemOf({ code, message, facts }: ImpossibleHistory): OperationProblem {
  return { code, message, facts };
}
