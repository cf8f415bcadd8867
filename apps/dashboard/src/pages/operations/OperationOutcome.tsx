import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { OperationDetail } from '@slotdeck/contract/operations';
import { isEnded } from '@slotdeck/model/operation';
import type { OperationEvent } from '@slotdeck/model/operation-events';
import { call } from '../../api/client.ts';
import { explainOperationProblem } from '../../api/explain-operation-problem.ts';
import { LinkButton } from '../../components/LinkButton.tsx';
import { Panel, type Tone } from '../../components/Panel.tsx';
import { printClock } from '../../words/format-time.ts';
import { useWords } from '../../words/use-words.tsx';
import type { OperationActions } from './operation-actions.ts';
import type { OperationRequests } from './OperationControls.tsx';
import css from './OperationPage.module.css';

/** Why it stands still: what was seen and what can be done about it. Nothing while it simply runs or was paused by a person. */
export function PausedBlock({
  operation,
  actions,
  requests,
}: {
  operation: OperationDetail;
  actions: OperationActions;
  requests: OperationRequests;
}) {
  const words = useWords();
  const { t } = words;
  const [isRawShown, showRaw] = useState(false);
  const { status, problem, askedBy } = operation.view;
  if (status !== 'paused') return null;
  if (problem === null)
    return (
      <Panel label={t('operations.pausedTitle')} tone="info" padded>
        <p>{askedBy === null ? t('operations.pausedSimply') : t('operations.pausedBy', { who: askedBy })}</p>
        <p className="sd-2">{t('operations.pausedHolds')}</p>
      </Panel>
    );
  return (
    <Panel title={t('operations.pausedByProblem')} tone="warn" tinted>
      <div className={css.block} role="alert">
        <p className="sd-strong">{explainOperationProblem(problem, words)}</p>
        <p className="sd-2">{t('operations.pausedHolds')}</p>
        {isRawShown && (
          <p className="sd-mono sd-2">
            {problem.code}: {problem.message}
          </p>
        )}
        <div className="sd-row sd-wrap">
          {actions.resume === 'on' && (
            <Button disabled={requests.asking.isPending} onClick={() => requests.asking.mutate('resumeOperation')}>
              {t('operations.tryOn')}
            </Button>
          )}
          {actions.cancel === 'on' && (
            <Button disabled={requests.asking.isPending} onClick={() => requests.asking.mutate('cancelOperation')}>
              {t('operations.rollBack')}
            </Button>
          )}
          {!isRawShown && (
            <Button variant="subtle" color="gray" onClick={() => showRaw(true)}>
              {t('operations.showRaw')}
            </Button>
          )}
        </div>
      </div>
    </Panel>
  );
}

const TONE: Partial<Record<OperationDetail['status'], Tone>> = { succeeded: 'ok', failed: 'danger', cancelled: 'info' };

/** How it ended: what was verified, what stays where it is, and the plan that would bring it back. */
export function EndedBlock({ operation }: { operation: OperationDetail }) {
  const words = useWords();
  const { t } = words;
  const ended = isEnded(operation.status);
  const events = useQuery({
    queryKey: ['operation-events', operation.id],
    queryFn: ({ signal }) =>
      call('getOperationEvents', { params: { operationId: operation.id }, query: { limit: 5000 } }, signal),
    enabled: ended,
  });
  if (!ended) return null;
  const { status, view, reversePlanId } = operation;
  const done = operation.progress?.slotsDone ?? 0;
  const movesSlots = view.steps.some(({ step }) => step.move !== null);
  const verified = events.data === undefined ? null : verification(events.data.events);
  return (
    <Panel label={t('operations.endedTitle')} tone={TONE[status]} padded>
      <div className={css.block}>
        {status === 'succeeded' && (
          <p className="sd-strong">
            {movesSlots ? t('operations.succeededWhat', { n: done }) : t('operations.succeededSteps')}
          </p>
        )}
        {status === 'cancelled' && (
          <p className="sd-strong">
            {movesSlots ? t('operations.cancelledWhat', { n: done }) : t('operations.cancelledSteps')}
          </p>
        )}
        {status === 'failed' && (
          <p className="sd-strong">
            {view.problem === null ? t('operations.failedWhat') : explainOperationProblem(view.problem, words)}
          </p>
        )}
        {verified !== null && (
          <p className="sd-2">
            {t('operations.verified', { n: verified.agreeing, clock: printClock(verified.at) })}
            {verified.silent.length > 0 && (
              <span className="sd-warn"> {t('operations.verifiedWithout', { names: verified.silent.join(', ') })}</span>
            )}
          </p>
        )}
        {reversePlanId !== null && (
          <div className="sd-row sd-wrap">
            <LinkButton
              to="/clusters/$clusterId/reshard"
              params={{ clusterId: operation.clusterId }}
              search={{ plan: reversePlanId }}
            >
              {t('operations.reverse', { n: done })}
            </LinkButton>
            <span className="sd-small sd-2">{t('operations.reverseWhat')}</span>
          </div>
        )}
      </div>
    </Panel>
  );
}

/** What the last step found: how many nodes say that everything is where it should be, and which ones said nothing. */
export function verification(
  events: readonly OperationEvent[],
): { agreeing: number; silent: readonly string[]; at: number } | null {
  for (const event of events.toReversed()) {
    if (event.type !== 'step-done' || event.step !== 'verify') continue;
    const { agreeing, silent } = event.facts;
    if (typeof agreeing === 'number') return { agreeing, silent: Array.isArray(silent) ? silent : [], at: event.at };
  }
  return null;
}
