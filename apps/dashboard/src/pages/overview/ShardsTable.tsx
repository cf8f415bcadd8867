import { Link } from '@tanstack/react-router';
import { Fragment, useState } from 'react';
import type { NodeStats, TopologyNode } from '@slotdeck/model/topology';
import { NodeBadge } from '../../components/NodeBadge.tsx';
import { Panel } from '../../components/Panel.tsx';
import { ShardSwatch } from '../../components/ShardSwatch.tsx';
import { Sparkline } from '../../components/Sparkline.tsx';
import { NODE_LOOK } from '../../components/state-look.ts';
import { StateBadge } from '../../components/StateBadge.tsx';
import { GAP_MS, HISTORY_MS } from '../../stream/load-history.ts';
import {
  measureBytes,
  measureCount,
  measureRate,
  printBytes,
  printCount,
  type Measure,
} from '../../words/format-number.ts';
import { printDuration } from '../../words/format-time.ts';
import { useWords } from '../../words/use-words.tsx';
import { useClusterPage } from '../cluster/cluster-page.tsx';
import styles from './OverviewPage.module.css';
import { LISTED_SHARDS, shardRows, zonesOf, type ShardRow } from './shard-rows.ts';

/** Shards with who serves them, by zone where zones are known: there the layout's risk shows. */
export function ShardsTable() {
  const { t } = useWords();
  const { live } = useClusterPage();
  const [all, showAll] = useState(false);
  const { topology, stats, findings } = live;
  if (topology === null) return null;
  const rows = shardRows(topology, stats, findings);
  const many = rows.length > LISTED_SHARDS;
  const listed = many && !all ? rows.filter((row) => row.troubled) : rows;
  const zones = zonesOf(topology);
  return (
    <Panel
      label={t('overview.shards')}
      {...(many
        ? {
            title: t('overview.shards'),
            note: all ? undefined : t('overview.healthyShards', { n: rows.length - listed.length }),
            aside: (
              <button type="button" className={styles.quiet} onClick={() => showAll(!all)}>
                {t(all ? 'overview.showTrouble' : 'overview.showAll')}
              </button>
            ),
          }
        : {})}
    >
      {listed.length === 0 ? null : (
        <div className={styles.scroll}>
          <table className={`sd-table ${styles.shards}`}>
            <caption className="sd-unseen">{t('overview.shards')}</caption>
            <Head zones={zones} rows={rows} />
            <tbody>
              {listed.map((row) => (
                <Row key={row.shard.key} row={row} zones={zones} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

function Head({ zones, rows }: { zones: readonly string[]; rows: readonly ShardRow[] }) {
  const { t } = useWords();
  const limited = rows.some(({ stats }) => stats !== null && stats.maxMemoryBytes !== null);
  return (
    <thead>
      <tr>
        <th scope="col">{t('overview.columnShard')}</th>
        {zones.length === 0 ? (
          <>
            <th scope="col">{t('overview.columnPrimary')}</th>
            <th scope="col">{t('overview.columnReplicas')}</th>
          </>
        ) : (
          zones.map((zone) => {
            const primaries = rows.filter(({ primary }) => primary !== null && (primary.zone ?? '–') === zone).length;
            // As many primaries as a majority in one zone: losing it, none can be elected.
            const risky = primaries * 2 >= rows.length && rows.length > 1 && primaries > 1;
            return (
              <th scope="col" key={zone}>
                {zone} {risky ? <span className="sd-warn">{t('overview.zonePrimaries', { n: primaries })}</span> : null}
              </th>
            );
          })
        )}
        <th scope="col" className="n">
          {t('overview.columnSlots')}
        </th>
        <th scope="col" className="n">
          {t('overview.columnKeys')}
        </th>
        <th scope="col" className="n">
          {t(limited ? 'overview.columnMemoryOf' : 'overview.columnMemory')}
        </th>
        <th scope="col" className="n">
          {t('overview.columnCommands')}
        </th>
      </tr>
    </thead>
  );
}

function Row({ row, zones }: { row: ShardRow; zones: readonly string[] }) {
  const { t } = useWords();
  const words = useWords();
  const { now } = useClusterPage();
  const { shard, primary, replicas, slots, stats, past } = row;
  const old =
    past && stats !== null
      ? { className: 'n sd-old', title: t('states.ageOld', { age: printDuration(now - stats.at, words) }) }
      : { className: 'n' };
  const members = primary === null ? replicas : [primary, ...replicas];
  return (
    <tr>
      <th scope="row">
        <ShardSwatch index={shard.index} named />
      </th>
      {zones.length === 0 ? (
        <>
          <td>
            {primary === null ? (
              <span className="sd-danger">{t('overview.noPrimary')}</span>
            ) : (
              <Member node={primary} />
            )}
          </td>
          <td>
            {replicas.length === 0 ? (
              <span className="sd-warn">{t('overview.noReplica')}</span>
            ) : (
              <Members nodes={replicas} />
            )}
          </td>
        </>
      ) : (
        zones.map((zone) => (
          <td key={zone}>{<Members nodes={members.filter((node) => (node.zone ?? '–') === zone)} />}</td>
        ))
      )}
      <td className="n" data-label={t('overview.columnSlots')}>
        {printCount(slots)}
      </td>
      <td {...old} data-label={t('overview.columnKeys')}>
        <Value measure={stats?.keys == null ? null : measureCount(stats.keys)} />
      </td>
      <td {...old} data-label={t('overview.columnMemory')}>
        <Memory stats={stats} />
      </td>
      <td className="n" data-label={t('overview.commands')}>
        <Commands stats={stats} past={past} />
      </td>
    </tr>
  );
}

function Members({ nodes }: { nodes: readonly TopologyNode[] }) {
  if (nodes.length === 0) return <span className="sd-3">–</span>;
  return (
    <span className={styles.members}>
      {nodes.map((node) => (
        <Fragment key={node.id}>
          <Member node={node} />
        </Fragment>
      ))}
    </span>
  );
}

function Member({ node }: { node: TopologyNode }) {
  const { t } = useWords();
  const { id, live } = useClusterPage();
  const lag = live.stats.find((stats) => stats.id === node.id)?.replicaLagBytes ?? null;
  return (
    <Link
      to="/clusters/$clusterId/nodes"
      params={{ clusterId: id }}
      search={{ node: node.id }}
      className={styles.member}
    >
      <NodeBadge node={node}>
        {node.health === 'healthy' ? null : <StateBadge look={NODE_LOOK[node.health]} />}
        {node.role === 'replica' && lag !== null && lag >= 1024 * 1024 ? (
          <span className="sd-warn sd-small">{t('overview.behind', { bytes: printBytes(lag) })}</span>
        ) : null}
      </NodeBadge>
    </Link>
  );
}

export function Value({ measure }: { measure: Measure | null }) {
  const { t } = useWords();
  if (measure === null)
    return (
      <span className="sd-3" title={t('states.notKnown')}>
        –
      </span>
    );
  return (
    <>
      {measure.value}
      {measure.unit === '' ? null : <span className="sd-unit">{measure.unit}</span>}
    </>
  );
}

function Memory({ stats }: { stats: NodeStats | null }) {
  const { t } = useWords();
  if (stats?.usedMemoryBytes == null) return <Value measure={null} />;
  const { usedMemoryBytes: used, maxMemoryBytes: limit } = stats;
  return (
    <span className={styles.memory}>
      {limit === null ? null : (
        <span
          className={styles.bar}
          role="img"
          aria-label={t('overview.memoryOf', { used: printBytes(used), limit: printBytes(limit) })}
        >
          <i style={{ width: `${Math.min(100, (used / limit) * 100)}%` }} />
        </span>
      )}
      <span>
        <Value measure={measureBytes(used)} />
      </span>
    </span>
  );
}

function Commands({ stats, past }: { stats: NodeStats | null; past: boolean }) {
  const { t } = useWords();
  const { load, freshness } = useClusterPage();
  if (stats === null) return <Value measure={null} />;
  const to = load.at(-1)?.at ?? stats.at;
  const points = load.map((sample) => ({ at: sample.at, value: sample.commands.get(stats.id) ?? null }));
  return (
    <span className={styles.commands}>
      <span className={styles.spark}>
        <Sparkline
          points={points}
          height={20}
          from={Math.max(to - HISTORY_MS, Math.min(load[0]?.at ?? to, to - 60_000))}
          to={to}
          gapMs={GAP_MS}
          label={t('overview.columnCommands')}
          dimmed={freshness.state !== 'live'}
        />
      </span>
      <span className={styles.rate}>
        <Value measure={past || stats.commandsPerSecond === null ? null : measureRate(stats.commandsPerSecond)} />
      </span>
    </span>
  );
}
