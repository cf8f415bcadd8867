import { Link } from '@tanstack/react-router';
import type { ClusterSummary } from '@slotdeck/contract/clusters';
import { SLOT_COUNT } from '@slotdeck/model/slot-ranges';
import { OperationStatus } from '@slotdeck/model/operation';
import { explainEvent } from '../../api/explain-event.ts';
import { explainFinding } from '../../api/explain-finding.ts';
import { explainViewProblem } from '../../api/explain-view-problem.ts';
import { CLUSTER_LOOK } from '../../components/state-look.ts';
import { StateIcon } from '../../components/StateBadge.tsx';
import { segmentsOfSummary } from '../../components/strip-segments.ts';
import { SlotStrip } from '../../components/SlotStrip.tsx';
import { IconChevronRight, IconLoader2 } from '../../icons.ts';
import { useNow } from '../../stream/use-live.tsx';
import { measureBytes, measureCount, measureRate, printCount, type Measure } from '../../words/format-number.ts';
import { printDuration, printMoment } from '../../words/format-time.ts';
import { useWords } from '../../words/use-words.tsx';
import styles from './ClustersPage.module.css';

/** One cluster: state and since, who owns what, live numbers, what runs or happened last; trouble adds its finding. */
export function ClusterRow({ cluster }: { cluster: ClusterSummary }) {
  const words = useWords();
  const { t, say } = words;
  const now = useNow();
  const look = CLUSTER_LOOK[cluster.health];
  const state = say(look.word, {});
  return (
    <li className={styles.row} data-tone={cluster.health === 'critical' ? 'danger' : undefined}>
      <StateIcon look={look} />
      <div className={styles.name}>
        <Link to="/clusters/$clusterId" params={{ clusterId: cluster.id }} className={`${styles.link} sd-cut`} data-row>
          {cluster.name}
        </Link>
        <span className="sd-small sd-2">
          <span className={look.tone === null ? '' : `sd-${look.tone}`}>{state}</span>
          {cluster.healthSince === null
            ? null
            : ` ${t('clusters.forAge', { age: printDuration(now - cluster.healthSince, words) })}`}
        </span>
      </div>
      <div className={styles.strip}>
        <SlotStrip segments={segmentsOfSummary(cluster)} height={10} />
        <StripNotes cluster={cluster} now={now} />
      </div>
      <Amount
        label={t('clusters.columnCommands')}
        measure={cluster.commandsPerSecond === null ? null : measureRate(cluster.commandsPerSecond)}
      />
      <Amount label={t('clusters.columnKeys')} measure={cluster.keys === null ? null : measureCount(cluster.keys)} />
      <Amount
        label={t('clusters.columnMemory')}
        measure={cluster.usedMemoryBytes === null ? null : measureBytes(cluster.usedMemoryBytes)}
      />
      <div className={styles.now}>
        <Happening cluster={cluster} now={now} />
      </div>
      <IconChevronRight aria-hidden className="tabler-icon sd-3" />
      <Trouble cluster={cluster} />
    </li>
  );
}

function StripNotes({ cluster, now }: { cluster: ClusterSummary; now: number }) {
  const { t } = useWords();
  const { shards, nodes, answered, slotsServed } = cluster;
  if (cluster.health === 'unknown') {
    return (
      <p className={styles.notes}>
        <span>{t('clusters.noneAnswer', { known: nodes })}</span>
        <span>
          {cluster.lastSeenAt === null
            ? t('clusters.neverSeen')
            : t('clusters.lastSeen', { moment: printMoment(cluster.lastSeenAt, now) })}
        </span>
      </p>
    );
  }
  return (
    <p className={styles.notes}>
      <span>
        {answered === nodes
          ? t('clusters.shardsAllNodes', { shards, known: nodes })
          : t('clusters.shardsNodes', { shards, answered, known: nodes })}
      </span>
      <span className={slotsServed === SLOT_COUNT ? '' : 'sd-danger'}>
        {slotsServed === SLOT_COUNT
          ? t('clusters.served', { served: printCount(slotsServed) })
          : t('clusters.servedOf', { served: printCount(slotsServed) })}
      </span>
    </p>
  );
}

function Amount({ label, measure }: { label: string; measure: Measure | null }) {
  const { t } = useWords();
  return (
    <p className={styles.amount}>
      <span className={styles.value}>
        {measure === null ? '–' : measure.value}
        {measure === null ? null : <span className="sd-unit">{measure.unit}</span>}
      </span>
      <span className="sd-tiny sd-3">{measure === null ? `${label}: ${t('states.noData')}` : label}</span>
    </p>
  );
}

function Happening({ cluster, now }: { cluster: ClusterSummary; now: number }) {
  const words = useWords();
  const { t, say } = words;
  if (cluster.health === 'unknown' && cluster.problem !== null) {
    return <p>{explainViewProblem(cluster.problem, cluster.seeds.join(', '), words).seen}</p>;
  }
  const running = cluster.runningOperation;
  if (running !== null) {
    const status = OperationStatus.safeParse(running.status);
    return (
      <Link to="/operations/$operationId" params={{ operationId: running.id }} className="sd-row sd-link">
        <span className="sd-info">
          <IconLoader2 aria-hidden className="tabler-icon sd-spin" />
        </span>
        {t('clusters.running', {
          operation: running.id,
          status: status.success ? say(`states.operation.${status.data}`, {}).toLowerCase() : running.status,
        })}
      </Link>
    );
  }
  if (cluster.lastEvent === null) return <p className="sd-3">{t('clusters.nothingSeen')}</p>;
  const { at } = cluster.lastEvent;
  return (
    <>
      <p className="sd-cut">{explainEvent(cluster.lastEvent, words)}</p>
      <p className="sd-small sd-3 sd-num">
        {printMoment(at, now)}, {t('states.ageAgo', { age: printDuration(now - at, words) })}
      </p>
    </>
  );
}

/** Critical and warning rows carry their first finding. */
function Trouble({ cluster }: { cluster: ClusterSummary }) {
  const words = useWords();
  if (cluster.topFinding === null || (cluster.health !== 'critical' && cluster.health !== 'warning')) return null;
  const { title, detail } = explainFinding(cluster.topFinding, null, words);
  const others = cluster.findings.critical + cluster.findings.warning + cluster.findings.notice - 1;
  return (
    <p className={styles.trouble}>
      <span>
        <strong>{title}</strong> <span className="sd-2">{detail}</span>{' '}
        {others > 0 ? <span className="sd-2">{words.t('clusters.moreFindings', { n: others })}</span> : null}
      </span>
      <Link to="/clusters/$clusterId" params={{ clusterId: cluster.id }} className="sd-link sd-nowrap">
        {words.t('clusters.openOverview')}
      </Link>
    </p>
  );
}
