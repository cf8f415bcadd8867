import { Modal } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ApiError } from '@slotdeck/contract/errors';
import { OperationId } from '@slotdeck/model/ids';
import { isEnded } from '@slotdeck/model/operation';
import { call } from '../../api/client.ts';
import { ConfirmByName } from '../../components/ConfirmByName.tsx';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { LinkButton } from '../../components/LinkButton.tsx';
import { useWords } from '../../words/use-words.tsx';
import { useClusterPage } from '../cluster/cluster-page.tsx';

/** Says what is forgotten and what is not touched. While an operation holds the cluster it leads there instead. */
export function RemoveClusterDialog({ onClose }: { onClose: () => void }) {
  const { t } = useWords();
  const { id, name, live } = useClusterPage();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => call('removeCluster', { params: { clusterId: id } }),
    onSuccess: () => navigate({ to: '/clusters' }),
  });
  const running = live.operations.find((operation) => !isEnded(operation.status));
  const holder = holderOf(remove.error);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('overview.removeTitle', { name })}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      {running === undefined ? (
        <ConfirmByName
          name={name}
          warning={t('overview.removeWhat')}
          verb={t('overview.removeVerb', { name })}
          pending={remove.isPending}
          onConfirm={() => remove.mutate()}
        />
      ) : (
        <>
          <p style={{ marginBottom: 12 }}>{t('overview.removeBusy', { operation: running.id })}</p>
          <OpenOperation id={running.id} />
        </>
      )}
      {remove.isError && running === undefined ? (
        <div style={{ marginTop: 12 }}>
          <ErrorPanel error={remove.error} action={holder === null ? undefined : <OpenOperation id={holder} />} />
        </div>
      ) : null}
    </Modal>
  );
}

function OpenOperation({ id }: { id: OperationId }) {
  const { t } = useWords();
  return (
    <LinkButton to="/operations/$operationId" params={{ operationId: id }}>
      {t('overview.openOperationOf', { id })}
    </LinkButton>
  );
}

/** The operation that the server names when it refuses because the cluster is being changed. */
function holderOf(error: Error | null): OperationId | null {
  if (!(error instanceof ApiError) || error.code !== 'cluster-busy') return null;
  const id = OperationId.safeParse(error.facts['operationId']);
  return id.success ? id.data : null;
}
