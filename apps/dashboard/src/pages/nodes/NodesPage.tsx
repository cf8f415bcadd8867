import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Suspense, useState } from 'react';
import { findNode, type Topology } from '@slotdeck/model/topology';
import { StaleMark } from '../../components/Age.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { PageSentence } from '../../components/PageSentence.tsx';
import { Panel } from '../../components/Panel.tsx';
import { IconSearch } from '../../icons.ts';
import { useRowKeys } from '../../shell/use-row-keys.ts';
import { useWords } from '../../words/use-words.tsx';
import { useClusterPage } from '../cluster/cluster-page.tsx';
import { FIRST_SORT, matches, nodeRows, orderKey, sortRows, type NodeRow, type Sort } from './node-rows.ts';
import { NodesTable } from './NodesTable.tsx';
import { lazyPart } from '../../shell/load-part.ts';
import styles from './NodesPage.module.css';

const NodeDrawer = lazyPart(() => import('./NodeDrawer.tsx').then((module) => module.NodeDrawer));

export function NodesPage() {
  const { t } = useWords();
  const { live } = useClusterPage();
  if (live.topology === null) {
    return (
      <EmptyState title={t('nodes.notSeen')} isPage>
        {t('nodes.notSeenWhat')}
      </EmptyState>
    );
  }
  return <Nodes topology={live.topology} />;
}

function Nodes({ topology }: { topology: Topology }) {
  const { t } = useWords();
  const { live, freshness, now } = useClusterPage();
  const search = useSearch({ from: '/signed-in/clusters/$clusterId/nodes' });
  const navigate = useNavigate({ from: '/clusters/$clusterId/nodes' });
  const [sort, setSort] = useState<Sort>(FIRST_SORT);
  const rows = nodeRows(topology, live.stats);
  const order = useOrder(rows, sort);
  useRowKeys();
  const filter = { find: search.find ?? '', role: search.role ?? null, health: search.health ?? null };
  const shown = order
    .flatMap((id) => rows.find(({ node }) => node.id === id) ?? [])
    .filter((row) => matches(row, filter));
  const troubled = topology.nodes.filter((node) => node.health !== 'healthy').length;
  const count = (role: string): number => topology.nodes.filter((node) => node.role === role).length;
  const change = (next: Partial<typeof search>): void =>
    void navigate({ search: (held) => ({ ...held, ...next }), replace: true });
  const opened = search.node === undefined ? undefined : findNode(topology, search.node);
  return (
    <>
      <PageSentence
        below={t('nodes.counts', {
          primaries: count('primary'),
          replicas: count('replica'),
          answered: topology.answered,
          known: topology.nodes.length,
        })}
        aside={<StaleMark freshness={freshness} now={now} />}
      >
        {t('nodes.sentence', {
          n: topology.nodes.length,
          state: troubled === 0 ? t('nodes.allHealthy') : t('nodes.someTrouble', { n: troubled }),
        })}
      </PageSentence>
      <div className={styles.filters} role="search">
        <TextInput
          type="search"
          aria-label={t('nodes.search')}
          placeholder={t('nodes.searchHint')}
          leftSection={<IconSearch aria-hidden />}
          value={filter.find}
          onChange={(event) =>
            change({ find: event.currentTarget.value === '' ? undefined : event.currentTarget.value })
          }
          className={styles.find}
        />
        <NativeSelect
          aria-label={t('nodes.role')}
          value={filter.role ?? ''}
          onChange={(event) => {
            const { value } = event.currentTarget;
            change({ role: value === 'primary' || value === 'replica' || value === 'unknown' ? value : undefined });
          }}
          data={[
            { value: '', label: t('nodes.roleAll') },
            { value: 'primary', label: t('states.role.primary') },
            { value: 'replica', label: t('states.role.replica') },
            { value: 'unknown', label: t('states.role.unknown') },
          ]}
        />
        <NativeSelect
          aria-label={t('nodes.health')}
          value={filter.health ?? ''}
          onChange={(event) => {
            const { value } = event.currentTarget;
            change({ health: value === 'trouble' || value === 'healthy' ? value : undefined });
          }}
          data={[
            { value: '', label: t('nodes.healthAll') },
            { value: 'trouble', label: t('nodes.healthTrouble') },
            { value: 'healthy', label: t('nodes.healthHealthy') },
          ]}
        />
        <span role="status" className="sd-small sd-3">
          {shown.length === rows.length ? '' : t('nodes.shown', { shown: shown.length, known: rows.length })}
        </span>
      </div>
      <Panel label={t('nodes.table')}>
        {shown.length === 0 ? (
          <EmptyState
            title={t('nodes.none')}
            action={
              <Button onClick={() => change({ find: undefined, role: undefined, health: undefined })}>
                {t('nodes.clear')}
              </Button>
            }
          />
        ) : (
          <NodesTable rows={shown} sort={sort} onSort={setSort} onOpen={(node) => change({ node })} />
        )}
      </Panel>
      <Suspense fallback={null}>
        {opened === undefined ? null : <NodeDrawer node={opened} onClose={() => change({ node: undefined })} />}
      </Suspense>
    </>
  );
}

/** Ids in the order of the sort, kept while only numbers change. */
function useOrder(rows: readonly NodeRow[], sort: Sort): readonly string[] {
  const key = orderKey(rows, sort);
  const [held, hold] = useState<{ key: string; ids: readonly string[] } | null>(null);
  if (held?.key === key) return held.ids;
  const ids = sortRows(rows, sort).map(({ node }) => node.id);
  hold({ key, ids });
  return ids;
}
