import { Link } from '@tanstack/react-router';
import type { ClusterSummary } from '@slotdeck/contract/clusters';
import type { ClusterId } from '@slotdeck/model/ids';
import { IconClock, IconMenu2, IconSearch, IconX } from '../icons.ts';
import { LinkButton } from '../components/LinkButton.tsx';
import { freshness } from '../stream/freshness.ts';
import { useCluster, useClusters, useConnection, useNow } from '../stream/use-live.tsx';
import { printAgo, printClock, printDuration } from '../words/format-time.ts';
import { useWords } from '../words/use-words.tsx';
import { changeAllowed } from '../access/change-allowed.ts';
import { explainAllowed } from '../access/explain-allowed.ts';
import { useUser } from '../access/use-session.ts';
import styles from './TopBar.module.css';
import { usePlace } from './use-shell-cluster.ts';

export function TopBar({
  id,
  summary,
  menuOpen,
  onMenu,
  onSearch,
}: {
  id: ClusterId | null;
  summary: ClusterSummary | null;
  menuOpen: boolean;
  onMenu: () => void;
  onSearch: () => void;
}) {
  const { t } = useWords();
  const place = usePlace();
  const page =
    place === null
      ? ''
      : place === 'clusters'
        ? t('shell.clusters')
        : t(place === 'reshard' ? 'shell.planAChange' : `shell.${place}`);
  return (
    <div className={styles.top}>
      <div className={styles.crumb}>
        {id === null ? null : (
          <Link to="/clusters/$clusterId" params={{ clusterId: id }} className={`${styles.cluster} sd-cut`}>
            {summary?.name ?? id}
          </Link>
        )}
        {id === null || page === '' ? null : (
          <span aria-hidden className={styles.slash}>
            {'/'}
          </span>
        )}
        <span className={styles.page}>{page}</span>
      </div>
      <span className="sd-grow" />
      {id === null ? <ClustersFresh /> : <ClusterFresh id={id} />}
      <button type="button" className={styles.search} onClick={onSearch} aria-label={t('shell.openSearch')}>
        <IconSearch aria-hidden />
        <span className={styles.wide}>{t('shell.search')}</span>
        <kbd className={`sd-kbd ${styles.wide}`}>{navigator.platform.startsWith('Mac') ? '⌘ K' : 'Ctrl K'}</kbd>
      </button>
      {id === null || place === 'reshard' ? null : <PlanButton id={id} />}
      <button
        type="button"
        className={styles.menu}
        onClick={onMenu}
        aria-expanded={menuOpen}
        aria-controls="side"
        aria-label={t(menuOpen ? 'shell.closeMenu' : 'shell.menu')}
      >
        {menuOpen ? <IconX aria-hidden /> : <IconMenu2 aria-hidden />}
      </button>
    </div>
  );
}

function PlanButton({ id }: { id: ClusterId }) {
  const words = useWords();
  const cluster = useCluster(id);
  const user = useUser();
  const now = useNow();
  if (cluster.state !== 'held') return null;
  const { live } = cluster.value;
  const why = explainAllowed(changeAllowed(user, freshness(live.observedAt, now), live.operations), words);
  if (why !== null) {
    return (
      <span className={styles.plan} title={why}>
        <button type="button" className={styles.off} aria-disabled aria-describedby="why-no-plan">
          {words.t('shell.planAChange')}
        </button>
        <span id="why-no-plan" className="sd-unseen">
          {why}
        </span>
      </span>
    );
  }
  return (
    <LinkButton to="/clusters/$clusterId/reshard" params={{ clusterId: id }} variant="filled" className={styles.plan}>
      {words.t('shell.planAChange')}
    </LinkButton>
  );
}

function ClusterFresh({ id }: { id: ClusterId }) {
  const words = useWords();
  const cluster = useCluster(id);
  const now = useNow();
  if (cluster.state !== 'held') return null;
  const { topology, observedAt } = cluster.value.live;
  const fresh = freshness(observedAt, now);
  const counted =
    topology === null ? '' : words.t('shell.answered', { answered: topology.answered, known: topology.nodes.length });
  if (fresh.state === 'never') return <span className={styles.fresh}>{words.t('states.noData')}</span>;
  if (fresh.state === 'live') {
    return (
      <span className={styles.fresh}>
        <i className={styles.dot} />
        <span className={styles.wide}>{words.t('shell.live')}</span>
        <span className="sd-3 sd-num">
          {counted} · {printAgo(fresh.at, now, words)}
        </span>
      </span>
    );
  }
  return (
    <span className={`${styles.fresh} sd-warn`}>
      <IconClock aria-hidden />
      {fresh.state === 'stale'
        ? words.t('states.ageOld', { age: printDuration(now - fresh.at, words) })
        : words.t('shell.lastKnown', { clock: printClock(fresh.at) })}
    </span>
  );
}

function ClustersFresh() {
  const { t } = useWords();
  const clusters = useClusters();
  const { connection } = useConnection();
  if (clusters.state !== 'held' || connection.state !== 'open') return null;
  const answered = clusters.value.filter((each) => each.health !== 'unknown').length;
  return (
    <span className={styles.fresh}>
      <i className={styles.dot} />
      <span className={styles.wide}>{t('shell.live')}</span>
      <span className="sd-3 sd-num">{t('shell.clustersSeen', { answered, known: clusters.value.length })}</span>
    </span>
  );
}
