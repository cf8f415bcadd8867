import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { OperationSummary } from '@slotdeck/contract/operations';
import { isEnded } from '@slotdeck/model/operation';
import { useUser } from '../../access/use-session.ts';
import { call } from '../../api/client.ts';
import { explainOperationProblem } from '../../api/explain-operation-problem.ts';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { LinkButton } from '../../components/LinkButton.tsx';
import { Panel } from '../../components/Panel.tsx';
import { OPERATION_LOOK } from '../../components/state-look.ts';
import { StateBadge } from '../../components/StateBadge.tsx';
import { printBytes, printCount } from '../../words/format-number.ts';
import { printDuration } from '../../words/format-time.ts';
import { useWords } from '../../words/use-words.tsx';
import { useClusterPage } from '../cluster/cluster-page.tsx';
import styles from './OverviewPage.module.css';

/** What is being changed right now. The server does it; this only shows it and can ask for a pause. */
export function RunningOperation() {
  const { live } = useClusterPage();
  const running = live.operations.find((operation) => !isEnded(operation.status));
  return running === undefined ? null : <Running operation={running} />;
}

function Running({ operation }: { operation: OperationSummary }) {
  const words = useWords();
  const { t } = words;
  const { now } = useClusterPage();
  const { progress, status, error } = operation;
  const look = OPERATION_LOOK[status];
  return (
    <Panel label={t('overview.running')} tone={look.tone ?? 'info'} padded className={styles.running}>
      <div className={styles.runningName}>
        <p className="sd-row sd-wrap">
          <StateBadge look={look} />
          <span className="sd-strong">{operation.title}</span>
        </p>
        <p className="sd-small sd-3">
          {t('overview.runningBy', {
            id: operation.id,
            who: operation.createdBy,
            age: printDuration(now - (operation.startedAt ?? operation.createdAt), words),
          })}
        </p>
      </div>
      {progress === null ? null : (
        <div className="sd-grow">
          <p className={styles.runningNumbers}>
            <span className="sd-num">
              {t('overview.slotsDone', { done: progress.slotsDone, total: progress.slotsTotal })}
            </span>
            <span className="sd-2 sd-num">
              {progress.keysTotal === null
                ? t('overview.keysDone', { done: printCount(progress.keysDone) })
                : t('overview.keysDoneOf', {
                    done: printCount(progress.keysDone),
                    total: printCount(progress.keysTotal),
                  })}
            </span>
            {progress.bytesPerSecond === null ? null : (
              <span className="sd-2 sd-num">{`${printBytes(progress.bytesPerSecond)}/s`}</span>
            )}
            <span className="sd-grow" />
            {progress.secondsLeft === null || status !== 'running' ? null : (
              <span className="sd-strong sd-num">
                {t('overview.left', { age: printDuration(progress.secondsLeft * 1000, words) })}
              </span>
            )}
          </p>
          <div
            className={styles.progress}
            role="progressbar"
            aria-label={t('overview.slotsMoved')}
            aria-valuemin={0}
            aria-valuemax={progress.slotsTotal}
            aria-valuenow={progress.slotsDone}
          >
            <i style={{ width: `${(progress.slotsDone / Math.max(1, progress.slotsTotal)) * 100}%` }} />
          </div>
        </div>
      )}
      {error === null ? null : <p className="sd-warn">{explainOperationProblem(error, words)}</p>}
      <Controls operation={operation} />
    </Panel>
  );
}

function Controls({ operation }: { operation: OperationSummary }) {
  const { t } = useWords();
  const mayChange = useUser()?.permissions.includes('clusters:change') === true;
  const params = { operationId: operation.id };
  const pause = useMutation({ mutationFn: () => call('pauseOperation', { params }) });
  const resume = useMutation({ mutationFn: () => call('resumeOperation', { params }) });
  const failure = pause.error ?? resume.error;
  return (
    <div className={styles.runningControls}>
      {mayChange && operation.status === 'running' ? (
        <Button loading={pause.isPending} onClick={() => pause.mutate()}>
          {t('overview.pause')}
        </Button>
      ) : null}
      {mayChange && operation.status === 'paused' ? (
        <Button loading={resume.isPending} onClick={() => resume.mutate()}>
          {t('overview.resume')}
        </Button>
      ) : null}
      <LinkButton
        to="/operations/$operationId"
        params={{ operationId: operation.id }}
        aria-label={t('overview.openOperationOf', { id: operation.id })}
      >
        {t('overview.openOperation')}
      </LinkButton>
      {failure === null ? null : <ErrorPanel error={failure} />}
    </div>
  );
}
