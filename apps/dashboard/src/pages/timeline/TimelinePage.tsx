import { Button } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { ClusterEvent } from '@slotdeck/contract/clusters';
import { explainEvent } from '../../api/explain-event.ts';
import { nodeName } from '../../api/explain-finding.ts';
import { timelineQuery } from '../../api/queries.ts';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { LoadingPanel } from '../../components/LoadingPanel.tsx';
import { PageSentence } from '../../components/PageSentence.tsx';
import { Panel } from '../../components/Panel.tsx';
import { printDuration, printMoment } from '../../words/format-time.ts';
import { useWords } from '../../words/use-words.tsx';
import { useClusterPage } from '../cluster/cluster-page.tsx';
import styles from './TimelinePage.module.css';

const PAGE = 100;
/** The most that the server gives at once. */
const MOST = 1000;

/** Changes that were seen, newest first. Asked for again whenever the topology has changed. */
export function TimelinePage() {
  const { t } = useWords();
  const { id, live } = useClusterPage();
  const [limit, setLimit] = useState(PAGE);
  const version = live.topology?.version ?? 0;
  const timeline = useQuery({ ...timelineQuery(id, limit), placeholderData: keepPreviousData });
  const { refetch } = timeline;
  useEffect(() => {
    void refetch();
  }, [refetch, version]);
  if (timeline.isError) {
    return (
      <>
        <PageSentence>{t('events.title')}</PageSentence>
        <ErrorPanel
          error={timeline.error}
          action={<Button onClick={() => void refetch()}>{t('shell.tryAgain')}</Button>}
        />
      </>
    );
  }
  if (timeline.data === undefined) return <LoadingPanel title={t('events.title')} note={t('events.loading')} />;
  const { events } = timeline.data;
  if (events.length === 0) {
    return (
      <EmptyState title={t('events.none')} isPage>
        {t('events.noneWhat')}
      </EmptyState>
    );
  }
  return (
    <>
      <PageSentence below={t('events.newestFirst')}>{t('events.sentence', { n: events.length })}</PageSentence>
      <Panel label={t('events.title')}>
        <table className={`sd-table ${styles.events}`}>
          <caption className="sd-unseen">{t('events.title')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('events.columnWhen')}</th>
              <th scope="col">{t('events.columnWhat')}</th>
              <th scope="col">{t('events.columnNode')}</th>
            </tr>
          </thead>
          <tbody>
            {events.map((event) => (
              <EventRow key={event.id} event={event} />
            ))}
          </tbody>
        </table>
      </Panel>
      {events.length === limit && limit < MOST ? (
        <Button mt="md" loading={timeline.isFetching} onClick={() => setLimit(Math.min(MOST, limit + 300))}>
          {t('events.older')}
        </Button>
      ) : null}
    </>
  );
}

function EventRow({ event }: { event: ClusterEvent }) {
  const words = useWords();
  const { live, now } = useClusterPage();
  return (
    <tr>
      <td className="sd-num">
        {printMoment(event.at, now)} <span className="sd-3 sd-small">{printDuration(now - event.at, words)}</span>
      </td>
      <td className={styles.what}>{explainEvent(event, words)}</td>
      <td className="sd-2">{event.node === null ? '' : nodeName(event.node, live.topology)}</td>
    </tr>
  );
}
