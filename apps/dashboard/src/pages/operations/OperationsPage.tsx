import { useQueries } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import type { OperationSummary } from '@slotdeck/contract/operations';
import { ClusterId } from '@slotdeck/model/ids';
import { isEnded } from '@slotdeck/model/operation';
import { operationsQuery } from '../../api/queries.ts';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { LinkButton } from '../../components/LinkButton.tsx';
import { LoadingPanel } from '../../components/LoadingPanel.tsx';
import { PageSentence } from '../../components/PageSentence.tsx';
import { Panel } from '../../components/Panel.tsx';
import { WideTable } from '../../components/WideTable.tsx';
import { StateBadge } from '../../components/StateBadge.tsx';
import { OPERATION_LOOK } from '../../components/state-look.ts';
import { useClusters, useNow } from '../../stream/use-live.tsx';
import { printShare } from '../../words/format-number.ts';
import { printDuration, printMoment } from '../../words/format-time.ts';
import { printAmount } from '../../words/phrase.ts';
import { useWords } from '../../words/use-words.tsx';
import { useClusterOperations } from './use-cluster-operations.ts';
import { operationTitle } from './operation-title.ts';
import css from './OperationPage.module.css';

/** All operations, of one cluster or of all of them. */
export function OperationsPage() {
  const { clusterId } = useParams({ strict: false });
  const id = ClusterId.safeParse(clusterId);
  return id.success ? <OperationsOfCluster id={id.data} /> : <OperationsOfAll />;
}

function OperationsOfCluster({ id }: { id: ClusterId }) {
  return <OperationList operations={useClusterOperations()} clusterId={id} nameOf={null} />;
}

const SOMETIMES_MS = 3000;

/** Over all clusters there is no live channel, so each is asked now and then. */
function OperationsOfAll() {
  const { t } = useWords();
  const clusters = useClusters();
  const known = clusters.state === 'held' ? clusters.value : [];
  const asked = useQueries({
    queries: known.map((cluster) => ({ ...operationsQuery(cluster.id), refetchInterval: SOMETIMES_MS })),
  });
  const failed = asked.find((each) => each.isError);
  if (clusters.state === 'waiting' || asked.some((each) => each.isPending))
    return <LoadingPanel title={t('operations.listTitle')} note={t('operations.loadingList')} />;
  const operations = asked.flatMap((each) => each.data?.operations ?? []).sort((a, b) => b.createdAt - a.createdAt);
  return (
    <>
      {failed !== undefined && <ErrorPanel error={failed.error} />}
      <OperationList
        operations={operations}
        clusterId={null}
        nameOf={(id) => known.find((cluster) => cluster.id === id)?.name ?? id}
      />
    </>
  );
}

function OperationList({
  operations,
  clusterId,
  nameOf,
}: {
  operations: readonly OperationSummary[];
  clusterId: ClusterId | null;
  nameOf: ((id: ClusterId) => string) | null;
}) {
  const words = useWords();
  const { t } = words;
  const now = useNow();
  if (operations.length === 0)
    return (
      <EmptyState
        title={t('operations.none')}
        action={
          clusterId === null ? (
            <LinkButton to="/clusters">{t('shell.toClusters')}</LinkButton>
          ) : (
            <LinkButton to="/clusters/$clusterId/reshard" params={{ clusterId }}>
              {t('operations.planOne')}
            </LinkButton>
          )
        }
        isPage
      >
        {t('operations.noneWhat')}
      </EmptyState>
    );
  const running = operations.filter((operation) => !isEnded(operation.status)).length;
  return (
    <>
      <PageSentence>
        {running === 0
          ? t('operations.sentenceIdle', { n: operations.length })
          : t('operations.sentenceRunning', { n: running })}
      </PageSentence>
      <Panel label={t('operations.listTitle')}>
        <WideTable label={t('operations.listTitle')}>
          <table className="sd-table" aria-label={t('operations.listTitle')}>
            <thead>
              <tr>
                <th scope="col">{t('operations.state')}</th>
                <th scope="col">{t('operations.operation')}</th>
                {nameOf !== null && <th scope="col">{t('operations.cluster')}</th>}
                <th scope="col" className="n">
                  {t('operations.slots')}
                </th>
                <th scope="col">{t('operations.by')}</th>
                <th scope="col">{t('operations.when')}</th>
                <th scope="col" className="n">
                  {t('operations.duration')}
                </th>
              </tr>
            </thead>
            <tbody>
              {operations.map((operation) => (
                <OperationRow
                  key={operation.id}
                  operation={operation}
                  cluster={nameOf?.(operation.clusterId) ?? null}
                  now={now}
                />
              ))}
            </tbody>
          </table>
        </WideTable>
      </Panel>
    </>
  );
}

function OperationRow({
  operation,
  cluster,
  now,
}: {
  operation: OperationSummary;
  cluster: string | null;
  now: number;
}) {
  const words = useWords();
  const { t } = words;
  const navigate = useNavigate();
  const { progress, startedAt, endedAt, status } = operation;
  return (
    <tr
      className={css.row}
      onClick={() => void navigate({ to: '/operations/$operationId', params: { operationId: operation.id } })}
    >
      <td>
        <StateBadge look={OPERATION_LOOK[status]} chip />
      </td>
      <th scope="row">
        <Link className="sd-link" to="/operations/$operationId" params={{ operationId: operation.id }}>
          {operation.id}
        </Link>{' '}
        <span className="sd-2">{operationTitle(operation, null, words)}</span>
      </th>
      {cluster !== null && <td className="sd-2">{cluster}</td>}
      <td className="n">
        {progress === null ? (
          <span className="sd-3">–</span>
        ) : progress.slotsDone === progress.slotsTotal ? (
          printAmount(progress.slotsTotal)
        ) : (
          <>
            {t('operations.doneOf', { done: progress.slotsDone, total: progress.slotsTotal })}{' '}
            <span className="sd-3">{printShare(progress.slotsDone / Math.max(1, progress.slotsTotal))}</span>
          </>
        )}
      </td>
      <td className="sd-2">{operation.createdBy}</td>
      <td className="sd-num sd-2">{printMoment(operation.createdAt, now)}</td>
      <td className="n">
        {startedAt === null ? <span className="sd-3">–</span> : printDuration((endedAt ?? now) - startedAt, words)}
      </td>
    </tr>
  );
}
