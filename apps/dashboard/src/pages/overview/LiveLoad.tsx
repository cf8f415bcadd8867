import type { ReactNode } from 'react';
import { nodeName } from '../../api/explain-finding.ts';
import { StaleMark } from '../../components/Age.tsx';
import { Panel } from '../../components/Panel.tsx';
import { Sparkline } from '../../components/Sparkline.tsx';
import { GAP_MS, HISTORY_MS, type LoadSample } from '../../stream/load-history.ts';
import { measureBytes, measureCount, measureRate, printMeasure, type Measure } from '../../words/format-number.ts';
import { useWords } from '../../words/use-words.tsx';
import { useClusterPage } from '../cluster/cluster-page.tsx';
import styles from './OverviewPage.module.css';

/** Four numbers of now, each with its last 15 minutes. Sums with a node missing say "at least" and which are missing. */
export function LiveLoad() {
  const { t } = useWords();
  const { load, live } = useClusterPage();
  const last = load.at(-1) ?? null;
  const missing = last === null ? 0 : last.primaries.known - last.primaries.counted;
  const cpuNode = last?.cpu == null ? null : nodeName(last.cpu.node, live.topology);
  return (
    <Panel label={t('overview.load')} className={styles.load}>
      <Cell
        title={t('overview.commands')}
        read={(sample) => sample.totalCommands}
        print={measureRate}
        partial={missing > 0}
        note={missing > 0 ? t('overview.without', { n: missing }) : null}
      />
      <Cell
        title={t('overview.network')}
        sub={t('overview.networkBoth')}
        read={(sample) => sample.networkBytes}
        print={(bytes) => perSecond(measureBytes(bytes))}
        partial={missing > 0}
      />
      <Cell
        title={t('overview.busiest')}
        sub={cpuNode ?? ''}
        read={(sample) => sample.cpu?.share ?? null}
        print={(share) => ({ value: String(Math.round(share * 100)), unit: '%' })}
      />
      <Cell
        title={t('overview.clients')}
        sub={t('overview.clientsAll')}
        read={(sample) => sample.clients}
        print={measureCount}
        partial={missing > 0}
      />
    </Panel>
  );
}

function perSecond({ value, unit }: Measure): Measure {
  return { value, unit: `${unit}/s` };
}

function Cell({
  title,
  sub = '',
  read,
  print,
  partial = false,
  note = null,
}: {
  title: string;
  sub?: string;
  read: (sample: LoadSample) => number | null;
  print: (value: number) => Measure;
  partial?: boolean;
  note?: ReactNode;
}) {
  const { t } = useWords();
  const { load, freshness, now } = useClusterPage();
  const last = load.at(-1);
  const value = last === undefined ? null : read(last);
  const points = load.map((sample) => ({ at: sample.at, value: read(sample) }));
  const known = points.flatMap((point) => (point.value === null ? [] : [point.value]));
  const to = last?.at ?? now;
  const from = Math.max(to - HISTORY_MS, Math.min(load[0]?.at ?? to, to - 60_000));
  const whole = to - (load[0]?.at ?? to) > HISTORY_MS - 30_000;
  const range =
    known.length < 2
      ? t('overview.noRange')
      : t(whole ? 'overview.range' : 'overview.rangeShort', {
          low: printMeasure(print(Math.min(...known))),
          high: printMeasure(print(Math.max(...known))),
        });
  const stale = freshness.state !== 'live';
  const measure = value === null ? null : print(value);
  return (
    <div className={styles.cell} data-stale={stale || undefined}>
      <p className={styles.cellHead}>
        <span className="sd-2 sd-small">
          {title} <span className="sd-3">{sub}</span>
        </span>
        <span className={styles.big}>
          {measure === null ? (
            <span title={t('states.notKnown')}>–</span>
          ) : (
            <>
              {partial ? t('overview.atLeast', { value: measure.value }) : measure.value}
              <span className="sd-unit">{measure.unit}</span>
            </>
          )}
        </span>
      </p>
      <Sparkline
        points={points}
        height={46}
        from={from}
        to={to}
        gapMs={GAP_MS}
        filled
        label={`${title}: ${range}`}
        dimmed={stale}
      />
      <p className={`${styles.cellFoot} sd-tiny sd-3`}>
        <span>{note ?? range}</span>
        {stale ? <StaleMark freshness={freshness} now={now} /> : null}
      </p>
    </div>
  );
}
