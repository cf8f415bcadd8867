import { Link, useParams } from '@tanstack/react-router';
import { Suspense } from 'react';
import { isEnded } from '@slotdeck/model/operation';
import type { OperationDetail } from '@slotdeck/contract/operations';
import { OperationId } from '@slotdeck/model/ids';
import { countSlots } from '@slotdeck/model/slot-ranges';
import { findNode, type Topology } from '@slotdeck/model/topology';
import { useUser } from '../../access/use-session.ts';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { LinkButton } from '../../components/LinkButton.tsx';
import { LoadingPanel } from '../../components/LoadingPanel.tsx';
import { PageSentence } from '../../components/PageSentence.tsx';
import { Panel } from '../../components/Panel.tsx';
import { SlotStrip } from '../../components/SlotStrip.tsx';
import { StateBadge } from '../../components/StateBadge.tsx';
import { OPERATION_LOOK } from '../../components/state-look.ts';
import { segmentsOf } from '../../components/strip-segments.ts';
import { IconRefresh } from '../../icons.ts';
import type { OperationChannelValue } from '../../stream/apply-message.ts';
import { lazyPart } from '../../shell/load-part.ts';
import { useCluster, useNow, useOperation } from '../../stream/use-live.tsx';
import { printClock } from '../../words/format-time.ts';
import { useWords } from '../../words/use-words.tsx';
import { splitSegments } from '../slots/split-segments.ts';
import { PaceChoice } from '../wizard/PaceChoice.tsx';
import { operationActions } from './operation-actions.ts';
import { OperationControls, useOperationRequests } from './OperationControls.tsx';
import { OperationSpeed } from './OperationSpeed.tsx';
import { OperationNumbers } from './OperationNumbers.tsx';
import { EndedBlock, PausedBlock } from './OperationOutcome.tsx';
import { operationTitle } from './operation-title.ts';
import { PairTable } from './PairTable.tsx';
import { openOf, remainingMoves, subjectOf } from './remaining.ts';
import { StepList } from './StepList.tsx';
import css from './OperationPage.module.css';

const Transcript = lazyPart(() => import('./Transcript.tsx').then((module) => module.Transcript));
const PacingLine = lazyPart(() => import('./PacingLine.tsx').then((module) => module.PacingLine));

const STRIP_HEIGHT = 22;

/** One operation while it runs and after it ended. The server conducts it; this page only watches and asks. */
export function OperationPage() {
  const { t } = useWords();
  const { operationId } = useParams({ strict: false });
  const id = OperationId.safeParse(operationId);
  const held = useOperation(id.success ? id.data : null);
  if (!id.success || held.state === 'closed')
    return (
      <EmptyState
        title={t('operations.gone')}
        action={<LinkButton to="/operations">{t('operations.toList')}</LinkButton>}
        isPage
      >
        {t('operations.goneWhat')}
      </EmptyState>
    );
  if (held.state === 'waiting') return <LoadingPanel title={id.data} note={t('operations.waiting')} />;
  return <OperationLive key={id.data} {...held.value} />;
}

function OperationLive({ operation, transcript, rates }: OperationChannelValue) {
  const words = useWords();
  const { t } = words;
  const user = useUser();
  const now = useNow();
  const cluster = useCluster(operation.clusterId);
  const topology = cluster.state === 'held' ? cluster.value.live.topology : null;
  const requests = useOperationRequests(operation);
  const { view, status } = operation;
  const actions = operationActions(status, user);
  const progress = operation.progress ?? view.progress;
  const subject = subjectOf(view);
  const slots = countSlots(subject);
  // A change of nodes has steps and a transcript; numbers of slots would all be zero.
  const movesSlots = slots > 0;
  return (
    <>
      <div className={css.head}>
        <PageSentence
          below={
            <>
              {t('operations.from', { operation: operation.id })}{' '}
              <Link
                className="sd-link"
                to="/clusters/$clusterId/reshard"
                params={{ clusterId: operation.clusterId }}
                search={{ plan: operation.planId }}
              >
                {t('operations.plan', { plan: operation.planId })}
              </Link>
              {', '}
              {view.startedAt === null
                ? t('operations.createdBy', { who: operation.createdBy, clock: printClock(operation.createdAt) })
                : t('operations.startedBy', { who: operation.createdBy, clock: printClock(view.startedAt) })}{' '}
              {!isEnded(status) && <span className="sd-3">{t('operations.closePage')}</span>}
            </>
          }
        >
          {operationTitle(operation, slots, words)} <StateBadge look={OPERATION_LOOK[status]} chip />
        </PageSentence>
        <OperationControls operation={operation} actions={actions} requests={requests} />
      </div>
      {view.takenOverAt !== null && (
        <p className={`sd-row sd-small sd-info ${css.taken}`}>
          <IconRefresh aria-hidden />
          {t('operations.takenOver', { clock: printClock(view.takenOverAt) })}
        </p>
      )}
      <div className={css.page}>
        <PausedBlock operation={operation} actions={actions} requests={requests} />
        <EndedBlock operation={operation} />
        {movesSlots && (
          <Panel label={t('operations.numbers')}>
            <OperationNumbers view={view} progress={progress} slotsTotal={progress?.slotsTotal ?? slots} now={now} />
            {topology !== null && <OperationStrip operation={operation} topology={topology} />}
          </Panel>
        )}
        <div className={css.two}>
          <div className={css.column}>
            {movesSlots && progress !== null && <PairTable view={view} progress={progress} topology={topology} />}
            {movesSlots && <OperationSpeed rates={rates} />}
            <Suspense fallback={null}>
              <Transcript operationId={operation.id} live={transcript} topology={topology} />
            </Suspense>
          </div>
          <div className={css.column}>
            {movesSlots && actions.pace !== null && (
              <Panel title={t('operations.pace')} note={t('operations.paceNote')} padded>
                <PaceChoice
                  pace={view.pace}
                  isOff={actions.pace !== 'on' || requests.pacing.isPending}
                  onChange={(pace) => requests.pacing.mutate(pace)}
                />
                <Suspense fallback={null}>
                  {progress?.pacing != null && view.status === 'running' && <PacingLine pacing={progress.pacing} />}
                </Suspense>
                {requests.pacing.isError && <ErrorPanel error={requests.pacing.error} />}
              </Panel>
            )}
            <StepList view={view} now={now} />
          </div>
        </div>
      </div>
      <TenthSaid done={progress?.slotsDone ?? 0} total={progress?.slotsTotal ?? slots} />
    </>
  );
}

function OperationStrip({ operation, topology }: { operation: OperationDetail; topology: Topology }) {
  const { t } = useWords();
  const subject = subjectOf(operation.view);
  const nameOf = (index: number): string | null => {
    const primary = topology.shards.find((shard) => shard.index === index)?.primaryId;
    return primary == null ? null : (findNode(topology, primary)?.name ?? null);
  };
  return (
    <div className={css.strip}>
      <SlotStrip
        segments={splitSegments(segmentsOf(topology), subject)}
        height={STRIP_HEIGHT}
        axis
        nameOf={nameOf}
        subject={subject}
        moves={remainingMoves(operation.view, topology)}
        open={openOf(operation.view, topology)}
        label={t('operations.stripName')}
      />
    </div>
  );
}

/** Progress is announced at each tenth: more would talk over everything else. */
function TenthSaid({ done, total }: { done: number; total: number }) {
  const { t } = useWords();
  const tenth = total === 0 ? 0 : Math.floor((done / total) * 10) * 10;
  return (
    <p className="sd-unseen" aria-live="polite">
      {tenth === 0 ? '' : t('operations.tenth', { share: String(tenth) })}
    </p>
  );
}
