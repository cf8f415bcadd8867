import { Link } from '@tanstack/react-router';
import type { ClusterSummary } from '@slotdeck/contract/clusters';
import type { ClusterId } from '@slotdeck/model/ids';
import { useWords } from '../words/use-words.tsx';
import { PLACE_ICON } from './place-look.ts';
import styles from './TabBar.module.css';
import { pathOf, usePlace, type Place } from './use-shell-cluster.ts';

/** On a phone the five pages that are wanted while walking; Nodes is in the menu. */
const TABS: readonly Place[] = ['overview', 'slots', 'timeline', 'operations', 'doctor'];

/** Overview's path begins the paths of all other pages of a cluster. */
const EXACT = { exact: true, includeSearch: false };

export function TabBar({ id, summary }: { id: ClusterId; summary: ClusterSummary | null }) {
  const { t } = useWords();
  const here = usePlace();
  const found = summary === null ? 0 : summary.findings.critical + summary.findings.warning;
  return (
    <nav aria-label={t('shell.navPhone')} className={styles.tabs}>
      {TABS.map((place) => {
        const Icon = PLACE_ICON[place];
        const troubled = place === 'doctor' && found > 0;
        return (
          <Link
            key={place}
            to={pathOf(place)}
            activeOptions={EXACT}
            params={{ clusterId: id }}
            aria-current={here === place ? 'page' : undefined}
            className={styles.tab}
          >
            <span className={troubled ? (summary?.findings.critical ? 'sd-danger' : 'sd-warn') : ''}>
              <Icon aria-hidden />
            </span>
            {t(`shell.${place}`)}
            {troubled ? ` ${found}` : ''}
          </Link>
        );
      })}
    </nav>
  );
}
