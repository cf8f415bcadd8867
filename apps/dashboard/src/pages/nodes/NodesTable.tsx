import { lazy, Suspense, type ReactNode } from 'react';
import { NodeBadge } from '../../components/NodeBadge.tsx';
import { ShardSwatch } from '../../components/ShardSwatch.tsx';
import { NODE_LOOK } from '../../components/state-look.ts';
import { StateBadge } from '../../components/StateBadge.tsx';
import { measureBytes, measureRate, printCount, type Measure } from '../../words/format-number.ts';
import { printLatency } from '../../words/format-time.ts';
import { useWords } from '../../words/use-words.tsx';
import type { Column, NodeRow, Sort } from './node-rows.ts';
import styles from './NodesPage.module.css';

/** The table is there before its menus are: they need more code than the rest of the page. */
const NodeMenu = lazy(async () => ({ default: (await import('./NodeMenu.tsx')).NodeMenu }));

interface TableProps {
  rows: readonly NodeRow[];
  sort: Sort;
  onSort: (sort: Sort) => void;
  onOpen: (id: string) => void;
}

/** On a phone the rows become cards; it is the same table for a screen reader. */
export function NodesTable({ rows, sort, onSort, onOpen }: TableProps) {
  const { t } = useWords();
  const head = (by: Column, label: string, numeric = false) => (
    <SortHead key={by} by={by} sort={sort} onSort={onSort} numeric={numeric}>
      {label}
    </SortHead>
  );
  return (
    <div className={styles.scroll}>
      <table className={`sd-table ${styles.table}`}>
        <caption className="sd-unseen">{t('nodes.table')}</caption>
        <thead>
          <tr>
            {head('node', t('nodes.columnNode'))}
            {head('state', t('nodes.columnState'))}
            {head('shard', t('nodes.columnShard'))}
            <th scope="col" className={styles.wideOnly}>
              {t('nodes.columnAddress')}
            </th>
            {head('slots', t('nodes.columnSlots'), true)}
            {head('keys', t('nodes.columnKeys'), true)}
            {head('memory', t('nodes.columnMemory'), true)}
            {head('commands', t('nodes.columnCommands'), true)}
            {head('clients', t('nodes.columnClients'), true)}
            {head('roundTrip', t('nodes.columnRoundTrip'), true)}
            <th scope="col">
              <span className="sd-unseen">{t('nodes.columnChanges')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.node.id} row={row} onOpen={onOpen} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function SortHead({
  by,
  sort,
  onSort,
  numeric,
  children,
}: {
  by: Column;
  sort: Sort;
  onSort: (sort: Sort) => void;
  numeric: boolean;
  children: string;
}) {
  const { t } = useWords();
  const sorted = sort.by === by;
  return (
    <th
      scope="col"
      className={numeric ? 'n' : undefined}
      aria-sort={sorted ? (sort.down ? 'descending' : 'ascending') : undefined}
    >
      <button
        type="button"
        className={styles.sort}
        title={t('nodes.sortBy', { column: children })}
        // Numbers are looked at from the top down, names from A.
        onClick={() => onSort({ by, down: sorted ? !sort.down : numeric })}
      >
        {children}
        <span aria-hidden>{sorted ? (sort.down ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>
  );
}

function Row({ row: { node, shard, slots, stats, past }, onOpen }: { row: NodeRow; onOpen: (id: string) => void }) {
  const words = useWords();
  const { t } = words;
  const trip = stats?.roundTripMs ?? null;
  return (
    <tr className={past ? 'sd-old' : undefined}>
      <th scope="row">
        <button type="button" className={styles.open} onClick={() => onOpen(node.id)} data-row>
          <NodeBadge node={node} />
        </button>
      </th>
      <td>
        <StateBadge look={NODE_LOOK[node.health]} />
      </td>
      <td>{shard === null ? <None /> : <ShardSwatch index={shard.index} named />}</td>
      <td className={`${styles.wideOnly} sd-2 sd-num`}>{node.port === 0 ? <None /> : `${node.host}:${node.port}`}</td>
      <Cell label={t('nodes.columnSlots')}>{node.role === 'primary' ? printCount(slots) : <None />}</Cell>
      <Cell label={t('nodes.columnKeys')}>{stats?.keys == null ? <None /> : printCount(stats.keys)}</Cell>
      <Cell label={t('nodes.columnMemory')}>
        <Measured measure={stats?.usedMemoryBytes == null ? null : measureBytes(stats.usedMemoryBytes)} />
      </Cell>
      <Cell label={t('nodes.columnCommands')}>
        <Measured measure={stats?.commandsPerSecond == null ? null : measureRate(stats.commandsPerSecond)} />
      </Cell>
      <Cell label={t('nodes.columnClients')}>{stats?.clients == null ? <None /> : printCount(stats.clients)}</Cell>
      <Cell label={t('nodes.columnRoundTrip')}>{trip === null ? <None /> : printLatency(trip, words)}</Cell>
      <td className={styles.moreCell}>
        <Suspense fallback={null}>
          <NodeMenu node={node} />
        </Suspense>
      </td>
    </tr>
  );
}

function Cell({ label, children }: { label: string; children: ReactNode }) {
  return (
    <td className="n" data-label={label}>
      {children}
    </td>
  );
}

function None() {
  const { t } = useWords();
  return (
    <span className="sd-3" title={t('states.noData')}>
      –
    </span>
  );
}

function Measured({ measure }: { measure: Measure | null }) {
  if (measure === null) return <None />;
  return (
    <>
      {measure.value}
      <span className="sd-unit">{measure.unit}</span>
    </>
  );
}
