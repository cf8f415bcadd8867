import { useMemo } from 'react';
import { Outlet, useParams } from '@tanstack/react-router';
import { ClusterId } from '@slotdeck/model/ids';
import { changeAllowed } from '../../access/change-allowed.ts';
import { useUser } from '../../access/use-session.ts';
import { EmptyState } from '../../components/EmptyState.tsx';
import { LoadingPanel } from '../../components/LoadingPanel.tsx';
import { freshness } from '../../stream/freshness.ts';
import { useCluster, useClusters, useNow } from '../../stream/use-live.tsx';
import { useWords } from '../../words/use-words.tsx';
import { ClusterPageContext, type ClusterPageFacts } from './cluster-page.tsx';
import { LinkButton } from '../../components/LinkButton.tsx';

/** Watches one cluster for all of its pages, and stands in for them while nothing is known or when it is gone. */
export function ClusterLayout() {
  const { clusterId } = useParams({ strict: false });
  const id = ClusterId.safeParse(clusterId);
  return id.success ? <WatchedCluster id={id.data} /> : <ClusterGone />;
}

function WatchedCluster({ id }: { id: ClusterId }) {
  const { t } = useWords();
  const clusters = useClusters();
  const cluster = useCluster(id);
  const user = useUser();
  const now = useNow();
  const summary = clusters.state === 'held' ? (clusters.value.find((each) => each.id === id) ?? null) : null;
  const value = cluster.state === 'held' ? cluster.value : null;
  const facts = useMemo<ClusterPageFacts | null>(() => {
    if (value === null) return null;
    const fresh = freshness(value.live.observedAt, now);
    return {
      id,
      name: summary?.name ?? id,
      summary,
      live: value.live,
      load: value.load,
      freshness: fresh,
      change: changeAllowed(user, fresh, value.live.operations),
      now,
    };
  }, [id, summary, value, user, now]);
  if (cluster.state === 'closed') return <ClusterGone />;
  if (facts === null) return <LoadingPanel title={summary?.name ?? ''} note={t('shell.waitingForCluster')} />;
  return (
    <ClusterPageContext value={facts}>
      <Outlet />
    </ClusterPageContext>
  );
}

function ClusterGone() {
  const { t } = useWords();
  return (
    <EmptyState
      title={t('shell.clusterGone')}
      action={<LinkButton to="/clusters">{t('shell.toClusters')}</LinkButton>}
      isPage
    >
      {t('shell.clusterGoneWhat')}
    </EmptyState>
  );
}
