import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Suspense, useRef, useState } from 'react';
import type { OperationDetail } from '@slotdeck/contract/operations';
import type { Pace } from '@slotdeck/model/pace';
import { call } from '../../api/client.ts';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { IconPlayerPause, IconPlayerPlay } from '../../icons.ts';
import { useWords } from '../../words/use-words.tsx';
import type { OperationActions } from './operation-actions.ts';
import { lazyPart } from '../../shell/load-part.ts';
import css from './OperationPage.module.css';

const CancelDialog = lazyPart(() => import('./CancelDialog.tsx').then((module) => module.CancelDialog));

export type Verb = 'pauseOperation' | 'resumeOperation' | 'cancelOperation';

/** One request at a time; what comes of it is told by the stream, not by the answer. */
export function useOperationRequests(operation: Pick<OperationDetail, 'id'>) {
  const params = { operationId: operation.id };
  const asking = useMutation({ mutationFn: (verb: Verb) => call(verb, { params }) });
  const pacing = useMutation({ mutationFn: (pace: Pace) => call('setPace', { params, body: { pace } }) });
  return { asking, pacing };
}
export type OperationRequests = ReturnType<typeof useOperationRequests>;

/** Pause, Resume and Cancel… as far as the status allows them. */
export function OperationControls({
  operation,
  actions,
  requests: { asking },
}: {
  operation: OperationDetail;
  actions: OperationActions;
  requests: OperationRequests;
}) {
  const { t } = useWords();
  const [isAsking, setAsking] = useState(false);
  const cancel = useRef<HTMLButtonElement>(null);
  // The dialog comes late and goes for good, so it cannot give the focus back by itself.
  const close = (): void => {
    setAsking(false);
    cancel.current?.focus();
  };
  const isOff = (ask: OperationActions['pause']): boolean => ask !== 'on' || asking.isPending;
  const why = actions.cancel === 'role' ? t('operations.offRole') : undefined;
  return (
    <div className={css.controls}>
      {actions.pause !== null && (
        <Button
          leftSection={<IconPlayerPause aria-hidden />}
          disabled={isOff(actions.pause)}
          title={why}
          onClick={() => asking.mutate('pauseOperation')}
        >
          {t('operations.pause')}
        </Button>
      )}
      {actions.resume !== null && (
        <Button
          variant="filled"
          leftSection={<IconPlayerPlay aria-hidden />}
          disabled={isOff(actions.resume)}
          title={why}
          onClick={() => asking.mutate('resumeOperation')}
        >
          {t('operations.resume')}
        </Button>
      )}
      {actions.cancel !== null && (
        <Button
          ref={cancel}
          className={css.danger}
          disabled={isOff(actions.cancel)}
          title={why}
          onClick={() => setAsking(true)}
        >
          {t('operations.cancel')}
        </Button>
      )}
      {why !== undefined && <span className="sd-small sd-2">{why}</span>}
      {asking.isError && <ErrorPanel error={asking.error} />}
      <Suspense fallback={null}>
        {isAsking && (
          <CancelDialog
            operation={operation}
            onKeep={close}
            onStop={() => {
              close();
              asking.mutate('cancelOperation');
            }}
          />
        )}
      </Suspense>
    </div>
  );
}
