import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ClusterSummary } from '@slotdeck/contract/clusters';
import type { ClusterId } from '@slotdeck/model/ids';
import { CLUSTER_LOOK } from '../components/state-look.ts';
import { StateIcon } from '../components/StateBadge.tsx';
import {
  IconAlertOctagon,
  IconAlertTriangle,
  IconArrowsExchange,
  IconLoader2,
  IconSelector,
  IconStack2,
} from '../icons.ts';
import { useClusters, useNow } from '../stream/use-live.tsx';
import { printDuration } from '../words/format-time.ts';
import { useWords } from '../words/use-words.tsx';
import { Mark } from './Mark.tsx';
import { PLACE_ICON } from './place-look.ts';
import { Preferences } from './Preferences.tsx';
import styles from './SideNav.module.css';
import { pathOf, PLACES, usePlace, type Place } from './use-shell-cluster.ts';

/** Overview's path begins the paths of all other pages of a cluster. */
const EXACT = { exact: true, includeSearch: false };

export function SideNav({ id, summary }: { id: ClusterId | null; summary: ClusterSummary | null }) {
  const { t } = useWords();
  return (
    <div className={styles.side}>
      <Link to="/clusters" className={styles.brand}>
        <Mark />
        <span className={styles.word}>{t('shell.product')}</span>
      </Link>
      {id === null ? <HomeNav /> : <ClusterNav id={id} summary={summary} />}
      <div className={styles.foot}>
        <Elsewhere but={id} />
        <Preferences />
      </div>
    </div>
  );
}

function HomeNav() {
  const { t } = useWords();
  const clusters = useClusters();
  const place = usePlace();
  const all = clusters.state === 'held' ? clusters.value : [];
  const running = all.filter((each) => each.runningOperation !== null).length;
  return (
    <nav aria-label={t('shell.navMain')} className={styles.nav}>
      <Link
        to="/clusters"
        activeOptions={EXACT}
        aria-current={place === 'clusters' ? 'page' : undefined}
        className={styles.item}
      >
        <IconStack2 aria-hidden />
        <span className={styles.word}>{t('shell.clusters')}</span>
        <Count>{clusters.state === 'held' ? String(all.length) : null}</Count>
      </Link>
      <Link
        to="/operations"
        activeOptions={EXACT}
        aria-current={place === 'operations' ? 'page' : undefined}
        className={styles.item}
      >
        <IconArrowsExchange aria-hidden />
        <span className={styles.word}>{t('shell.operations')}</span>
        {running === 0 ? null : <Running n={running} />}
      </Link>
    </nav>
  );
}

function ClusterNav({ id, summary }: { id: ClusterId; summary: ClusterSummary | null }) {
  const { t, say } = useWords();
  const here = usePlace();
  const look = CLUSTER_LOOK[summary?.health ?? 'unknown'];
  return (
    <>
      <Link to="/clusters" className={styles.switch} title={t('shell.allClusters')}>
        <StateIcon look={look} />
        <span className={`${styles.word} sd-grow`}>
          <span className={`${styles.name} sd-cut`}>{summary?.name ?? id}</span>
          <span className="sd-tiny sd-3">{summary === null ? '' : say(look.word, {})}</span>
        </span>
        <IconSelector aria-hidden className={`tabler-icon ${styles.word}`} />
      </Link>
      <nav aria-label={t('shell.navCluster')} className={styles.nav}>
        {PLACES.map((place) => (
          <PlaceLink key={place} place={place} id={id} current={here === place} summary={summary} />
        ))}
      </nav>
    </>
  );
}

function PlaceLink({
  place,
  id,
  current,
  summary,
}: {
  place: Place;
  id: ClusterId;
  current: boolean;
  summary: ClusterSummary | null;
}) {
  const { t } = useWords();
  const Icon = PLACE_ICON[place];
  return (
    <Link
      to={pathOf(place)}
      activeOptions={EXACT}
      params={{ clusterId: id }}
      aria-current={current ? 'page' : undefined}
      className={styles.item}
    >
      <Icon aria-hidden />
      <span className={styles.word}>{t(`shell.${place}`)}</span>
      {summary === null ? null : <PlaceCount place={place} summary={summary} />}
    </Link>
  );
}

function PlaceCount({ place, summary }: { place: Place; summary: ClusterSummary }) {
  const { critical, warning } = summary.findings;
  if (place === 'nodes') return <Count>{String(summary.nodes)}</Count>;
  if (place === 'operations' && summary.runningOperation !== null) return <Running n={1} />;
  if (place !== 'doctor' || critical + warning === 0) return null;
  const Icon = critical > 0 ? IconAlertOctagon : IconAlertTriangle;
  return (
    <Count tone={critical > 0 ? 'sd-danger' : 'sd-warn'}>
      <Icon aria-hidden />
      {critical > 0 ? critical : warning}
    </Count>
  );
}

function Running({ n }: { n: number }) {
  return (
    <Count tone="sd-info">
      <IconLoader2 aria-hidden className="tabler-icon sd-spin" />
      {n}
    </Count>
  );
}

function Count({ children, tone = '' }: { children: ReactNode; tone?: string }) {
  return <span className={`${styles.count} ${tone}`}>{children}</span>;
}

/** A cluster in trouble stays in sight on the pages of another. */
function Elsewhere({ but }: { but: ClusterId | null }) {
  const words = useWords();
  const { t } = words;
  const clusters = useClusters();
  const now = useNow();
  if (but === null || clusters.state !== 'held') return null;
  const worst = clusters.value.find((each) => each.id !== but && each.health === 'critical');
  if (worst === undefined) return null;
  return (
    <Link to="/clusters/$clusterId" params={{ clusterId: worst.id }} className={styles.elsewhere}>
      <span className="sd-danger">
        <IconAlertOctagon aria-hidden />
      </span>
      <span className={`${styles.word} sd-grow`}>
        <span className="sd-cut">{worst.name}</span>
        <span className="sd-danger sd-tiny">
          {t('clusters.stateFor', {
            state: t('states.cluster.critical'),
            age: worst.healthSince === null ? t('states.notKnown') : printDuration(now - worst.healthSince, words),
          })}
        </span>
      </span>
    </Link>
  );
}
