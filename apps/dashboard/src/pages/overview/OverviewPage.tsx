import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { printSlotRanges, SLOT_COUNT } from '@slotdeck/model/slot-ranges';
import type { Topology } from '@slotdeck/model/topology';
import { CriticalFinding, FindingRow, NextStep } from '../../components/FindingList.tsx';
import { nodeName } from '../../api/explain-finding.ts';
import { EmptyState } from '../../components/EmptyState.tsx';
import { PageSentence } from '../../components/PageSentence.tsx';
import { Panel } from '../../components/Panel.tsx';
import { SlotStrip } from '../../components/SlotStrip.tsx';
import { CLUSTER_LOOK } from '../../components/state-look.ts';
import { StateIcon } from '../../components/StateBadge.tsx';
import { segmentsOf } from '../../components/strip-segments.ts';
import { IconClock } from '../../icons.ts';
import { printCount } from '../../words/format-number.ts';
import { printClock, printDuration, printMoment } from '../../words/format-time.ts';
import { useWords } from '../../words/use-words.tsx';
import { useClusterPage } from '../cluster/cluster-page.tsx';
import { LiveLoad } from './LiveLoad.tsx';
import styles from './OverviewPage.module.css';
import { sayAgreement, sayStanding, standingOf, unservedSlots } from './overview-state.ts';
import { RemoveCluster } from './RemoveCluster.tsx';
import { RunningOperation } from './RunningOperation.tsx';
import { ShardsTable } from './ShardsTable.tsx';
import { zonesOf } from './shard-rows.ts';

/** More would push the strip off the first screen; the rest is one click away. */
const FINDINGS_SHOWN = 4;

/** What is wrong, since when, what to do; then what is there. */
export function OverviewPage() {
  const { t } = useWords();
  const { live } = useClusterPage();
  if (live.topology === null) {
    return (
      <>
        <EmptyState title={t('overview.notSeen')} isPage>
          {t('overview.notSeenWhat')}
        </EmptyState>
        <Findings />
        <RemoveCluster />
      </>
    );
  }
  return (
    <div className={styles.page}>
      <Head topology={live.topology} />
      <Findings />
      <RunningOperation />
      <Strip topology={live.topology} />
      <ShardsTable />
      <LiveLoad />
      <RemoveCluster />
    </div>
  );
}

function Head({ topology }: { topology: Topology }) {
  const words = useWords();
  const { t } = words;
  const { id, live, freshness, now } = useClusterPage();
  const standing = standingOf(live);
  const health = standing.kind === 'warnings' ? 'warning' : standing.kind === 'not-seen' ? 'unknown' : standing.kind;
  const sentence = (below: ReactNode, aside?: ReactNode) => (
    <PageSentence icon={<StateIcon look={CLUSTER_LOOK[health]} />} below={below} aside={aside}>
      {sayStanding(standing, topology, words)}
    </PageSentence>
  );
  const old =
    freshness.state === 'last-known' ? (
      <p className="sd-warn sd-row">
        <IconClock aria-hidden />
        {t('overview.lastKnown', { clock: printClock(freshness.at) })}
      </p>
    ) : freshness.state === 'stale' ? (
      <p className="sd-warn sd-row">
        <IconClock aria-hidden />
        {t('overview.staleWhat', { age: printDuration(now - freshness.at, words) })}
      </p>
    ) : null;
  if (standing.kind === 'critical') {
    return (
      <Panel label={t('overview.findings')} tone="danger" tinted padded>
        <div role="alert" className={styles.criticalHead}>
          <div className="sd-grow">
            {sentence(old ?? undefined)}
            <CriticalFinding finding={standing.top} topology={topology} now={now} />
          </div>
          <NextStep finding={standing.top} topology={topology} clusterId={id} />
        </div>
      </Panel>
    );
  }
  const agreement = sayAgreement(topology, words);
  const since = t('overview.agreeSince', {
    moment: printMoment(topology.since, now),
    age: printDuration(now - topology.since, words),
  });
  return sentence(
    <>
      {old}
      <p>
        {agreement} <span className="sd-3 sd-num">{since}</span>
      </p>
    </>,
    <Facts topology={topology} />,
  );
}

/** Server versions, size and epoch, small and at the edge. */
function Facts({ topology }: { topology: Topology }) {
  const { t } = useWords();
  const zones = zonesOf(topology).length;
  const shards = topology.shards.length;
  const nodes = topology.nodes.length;
  const versions = [
    ...new Set(
      topology.nodes.flatMap(({ server }) =>
        server === null
          ? []
          : [
              t('overview.server', {
                flavour: server.flavour === 'valkey' ? 'Valkey' : 'Redis',
                version: server.version,
              }),
            ],
      ),
    ),
  ];
  const parts = [
    ...versions,
    zones > 0 ? t('overview.countZones', { shards, nodes, zones }) : t('overview.count', { shards, nodes }),
    ...(topology.currentEpoch === null ? [] : [t('overview.epoch', { epoch: String(topology.currentEpoch) })]),
  ];
  return <span className="sd-num">{parts.join(' · ')}</span>;
}

function Findings() {
  const { t } = useWords();
  const { id, live, now } = useClusterPage();
  const standing = standingOf(live);
  const listed = standing.kind === 'critical' ? live.findings.filter((each) => each !== standing.top) : live.findings;
  if (listed.length === 0) return null;
  const hidden = listed.length - FINDINGS_SHOWN;
  return (
    <Panel label={t('overview.findings')}>
      <ul aria-live="polite">
        {listed.slice(0, FINDINGS_SHOWN).map((finding) => (
          <FindingRow key={finding.key} finding={finding} topology={live.topology} clusterId={id} now={now} />
        ))}
      </ul>
      {hidden > 0 ? (
        <p className={styles.more}>
          <Link to="/clusters/$clusterId/doctor" params={{ clusterId: id }} className="sd-link sd-small">
            {t('overview.moreFindings', { n: hidden })}
          </Link>
        </p>
      ) : null}
    </Panel>
  );
}

function Strip({ topology }: { topology: Topology }) {
  const { t } = useWords();
  const { id } = useClusterPage();
  const navigate = useNavigate();
  const unserved = unservedSlots(topology);
  const open = [...new Set(topology.open.map(({ slot }) => slot))];
  const shards = new Map(topology.shards.map((shard) => [shard.index, shard.primaryId]));
  const nameOf = (index: number): string | null => {
    const primary = shards.get(index);
    return primary == null ? null : nodeName(primary, topology);
  };
  return (
    <Panel label={t('overview.slots')} padded>
      <div className={styles.stripHead}>
        <h2>{t('overview.slots')}</h2>
        <span className={`sd-small sd-num ${unserved > 0 ? 'sd-danger' : 'sd-3'}`}>
          {t('overview.slotsServed', { served: printCount(SLOT_COUNT - unserved) })}
        </span>
        <span className="sd-grow" />
        {open.length > 0 ? <span className="sd-small sd-2">{t('overview.slotsOpen', { n: open.length })}</span> : null}
        {unserved > 0 ? <span className="sd-small sd-danger">{t('overview.noOwner')}</span> : null}
      </div>
      <SlotStrip
        segments={segmentsOf(topology)}
        height={26}
        nameOf={nameOf}
        open={open}
        axis
        onOpen={(range) =>
          void navigate({
            to: '/clusters/$clusterId/slots',
            params: { clusterId: id },
            search: { slots: printSlotRanges([range]) },
          })
        }
      />
    </Panel>
  );
}
