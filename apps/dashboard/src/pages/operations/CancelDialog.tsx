import { Button, Modal } from '@mantine/core';
import type { OperationDetail } from '@slotdeck/contract/operations';
import { useWords } from '../../words/use-words.tsx';
import css from './OperationPage.module.css';

/** What stays where it is when the operation stops, before it is stopped. */
export function CancelDialog({
  operation,
  onKeep,
  onStop,
}: {
  operation: OperationDetail;
  onKeep: () => void;
  onStop: () => void;
}) {
  const { t } = useWords();
  const done = operation.progress?.slotsDone ?? 0;
  return (
    <Modal
      opened
      onClose={onKeep}
      title={t('operations.cancelTitle', { operation: operation.id })}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <div className={css.dialog}>
        <p>{t('operations.cancelWhat', { n: done })}</p>
        <p className="sd-2">{t('operations.cancelReverse')}</p>
        <div className={css.dialogButtons}>
          <Button data-autofocus onClick={onKeep}>
            {t('operations.keepRunning')}
          </Button>
          <Button variant="filled" className={css.dangerSolid} onClick={onStop}>
            {t('operations.stop')}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
