import { Suspense, useId, useState, type ReactNode } from 'react';
import { nodeName } from '../../api/explain-finding.ts';
import { StaleMark } from '../../components/Age.tsx';
import { Panel } from '../../components/Panel.tsx';
import { Sparkline } from '../../components/Sparkline.tsx';
import { GAP_MS, HISTORY_MS } from '../../stream/load-history.ts';
import { printMeasure } from '../../words/format-number.ts';
import { useWords } from '../../words/use-words.tsx';
import { useClusterPage } from '../cluster/cluster-page.tsx';
import { BUSIEST, CLIENTS, COMMANDS, NETWORK, type LoadMetric } from './load-metrics.ts';
import { lazyPart } from '../../shell/load-part.ts';
import styles from './OverviewPage.module.css';

const LoadChart = lazyPart(() => import('./LoadChart.tsx').then((module) => module.LoadChart));

/**
 * Four numbers of now, each with its last 15 minutes, of which one at a time can be opened as a chart. Sums with a node missing say
 * "at least" and which are missing.
 */
export function LiveLoad() {
  const { t } = useWords();
  const { load, live } = useClusterPage();
  const chartId = useId();
  const [opened, open] = useState<LoadMetric | null>(null);
  const last = load.at(-1) ?? null;
  const missing = last === null ? 0 : last.primaries.known - last.primaries.counted;
  const cpuNode = last?.cpu == null ? null : nodeName(last.cpu.node, live.topology);
  const chart = (metric: LoadMetric) => ({
    metric,
    chartId,
    isOpen: opened === metric,
    onToggle: () => open(opened === metric ? null : metric),
  });
  return (
    <>
      <Panel label={t('overview.load')} className={styles.load}>
        <Cell
          {...chart(COMMANDS)}
          partial={missing > 0}
          note={missing > 0 ? t('overview.without', { n: missing }) : null}
        />
        <Cell {...chart(NETWORK)} sub={t('overview.networkBoth')} partial={missing > 0} />
        <Cell {...chart(BUSIEST)} sub={cpuNode ?? ''} />
        <Cell {...chart(CLIENTS)} sub={t('overview.clientsAll')} partial={missing > 0} />
      </Panel>
      <Suspense fallback={null}>
        {opened === null ? null : <LoadChart key={opened.id} id={chartId} metric={opened} />}
      </Suspense>
    </>
  );
}

function Cell({
  metric,
  chartId,
  isOpen,
  onToggle,
  sub = '',
  partial = false,
  note = null,
}: {
  metric: LoadMetric;
  chartId: string;
  isOpen: boolean;
  onToggle: () => void;
  sub?: string;
  partial?: boolean;
  note?: ReactNode;
}) {
  const { t, say } = useWords();
  const { load, freshness, now } = useClusterPage();
  const { print } = metric;
  const title = say(metric.title, {});
  const last = load.at(-1);
  const value = last === undefined ? null : metric.total(last);
  const points = load.map((sample) => ({ at: sample.at, value: metric.total(sample) }));
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
        <button
          type="button"
          className={styles.quiet}
          aria-expanded={isOpen}
          aria-controls={isOpen ? chartId : undefined}
          aria-label={t(isOpen ? 'charts.hideOf' : 'charts.showOf', { title })}
          onClick={onToggle}
        >
          {t(isOpen ? 'charts.hide' : 'charts.show')}
        </button>
      </p>
    </div>
  );
}
