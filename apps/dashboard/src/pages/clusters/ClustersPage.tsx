import { Button } from '@mantine/core';
import { useState } from 'react';
import type { ClusterSummary } from '@slotdeck/contract/clusters';
import type { ClusterHealth } from '@slotdeck/model/finding';
import { useUser } from '../../access/use-session.ts';
import { EmptyState } from '../../components/EmptyState.tsx';
import { LoadingPanel } from '../../components/LoadingPanel.tsx';
import { PageSentence } from '../../components/PageSentence.tsx';
import { Panel } from '../../components/Panel.tsx';
import { CLUSTER_LOOK } from '../../components/state-look.ts';
import { StateIcon } from '../../components/StateBadge.tsx';
import { IconPlus } from '../../icons.ts';
import { useClusters } from '../../stream/use-live.tsx';
import { useWords } from '../../words/use-words.tsx';
import { AddClusterForm } from './AddClusterForm.tsx';
import { clustersSentence, countHealth, HEALTH_ORDER, inOrder } from './clusters-sentence.ts';
import styles from './ClustersPage.module.css';
import { ClusterRow } from './ClusterRow.tsx';
import { useRowKeys } from '../../shell/use-row-keys.ts';

export function ClustersPage() {
  const words = useWords();
  const { t } = words;
  const clusters = useClusters();
  const mayAdd = useUser()?.permissions.includes('clusters:manage') === true;
  const [adding, setAdding] = useState(false);
  if (clusters.state !== 'held') return <LoadingPanel title={t('shell.clusters')} note={t('clusters.loading')} />;
  const all = clusters.value;
  return (
    <>
      <PageSentence
        below={all.length > 1 ? t('clusters.worstFirst') : undefined}
        aside={
          all.length > 0 && mayAdd && !adding ? (
            <Button variant="filled" leftSection={<IconPlus aria-hidden />} onClick={() => setAdding(true)}>
              {t('clusters.add')}
            </Button>
          ) : undefined
        }
      >
        {clustersSentence(all, words)}
      </PageSentence>
      {adding && all.length > 0 ? (
        <Panel title={t('clusters.addTitle')} note={t('clusters.addHint')} className={styles.adding}>
          <AddClusterForm onCancel={() => setAdding(false)} />
        </Panel>
      ) : null}
      {all.length === 0 ? <NoCluster mayAdd={mayAdd} /> : <ClusterList clusters={all} />}
    </>
  );
}

function NoCluster({ mayAdd }: { mayAdd: boolean }) {
  const { t } = useWords();
  return (
    <Panel label={t('clusters.emptyTitle')}>
      <EmptyState title={t('clusters.emptyTitle')}>
        {t(mayAdd ? 'clusters.emptyWhat' : 'clusters.mayNotAdd')}
      </EmptyState>
      {mayAdd ? <AddClusterForm /> : null}
    </Panel>
  );
}

function ClusterList({ clusters }: { clusters: readonly ClusterSummary[] }) {
  const { t } = useWords();
  const [shown, show] = useState<ClusterHealth | 'all'>('all');
  const rows = inOrder(clusters).filter((each) => shown === 'all' || each.health === shown);
  useRowKeys();
  return (
    <>
      {clusters.length > 1 ? <Filter clusters={clusters} shown={shown} onShow={show} /> : null}
      <Panel label={t('shell.clusters')}>
        {rows.length === 0 ? (
          <EmptyState title={t('clusters.filtered')} />
        ) : (
          <ul className={styles.rows}>
            {rows.map((cluster) => (
              <ClusterRow key={cluster.id} cluster={cluster} />
            ))}
          </ul>
        )}
      </Panel>
      <p className={`${styles.foot} sd-small sd-3`}>
        <span>{t('clusters.foot', { n: clusters.reduce((sum, each) => sum + each.nodes, 0) })}</span>
        <span className={styles.keys}>{t('clusters.footKeys')}</span>
      </p>
    </>
  );
}

function Filter({
  clusters,
  shown,
  onShow,
}: {
  clusters: readonly ClusterSummary[];
  shown: ClusterHealth | 'all';
  onShow: (health: ClusterHealth | 'all') => void;
}) {
  const { t, say } = useWords();
  const counts = countHealth(clusters);
  return (
    <div role="group" aria-label={t('clusters.filter')} className={styles.filter}>
      <button type="button" aria-pressed={shown === 'all'} onClick={() => onShow('all')}>
        {t('clusters.filterAll', { n: clusters.length })}
      </button>
      {HEALTH_ORDER.filter((health) => counts[health] > 0).map((health) => (
        <button
          key={health}
          type="button"
          aria-pressed={shown === health}
          onClick={() => onShow(shown === health ? 'all' : health)}
          title={say(CLUSTER_LOOK[health].word, {})}
        >
          <StateIcon look={CLUSTER_LOOK[health]} />
          <span className="sd-unseen">{say(CLUSTER_LOOK[health].word, {})}</span>
          {counts[health]}
        </button>
      ))}
    </div>
  );
}
