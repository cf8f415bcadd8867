import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { LazyTimeChart } from '../../components/LazyTimeChart.tsx';
import { Panel } from '../../components/Panel.tsx';
import { GAP_MS, HISTORY_MS } from '../../stream/load-history.ts';
import { useWords } from '../../words/use-words.tsx';
import { useClusterPage } from '../cluster/cluster-page.tsx';
import type { LoadMetric } from './load-metrics.ts';
import { nodeLines } from './node-lines.ts';

/** A chart of less than this would be all edge. */
const SHORTEST_MS = 60_000;

/** One number of the live load over the minutes kept here, for the whole cluster or node by node. */
export function LoadChart({ id, metric }: { id: string; metric: LoadMetric }) {
  const { t, say } = useWords();
  const { load, live, now } = useClusterPage();
  const [isByNode, setByNode] = useState(false);
  const label = t('charts.lastMinutes', { title: say(metric.title, {}) });
  const to = load.at(-1)?.at ?? now;
  // As wide as what is known, so that the first minute is not squeezed into a corner.
  const from = Math.max(to - HISTORY_MS, Math.min(load[0]?.at ?? to, to - SHORTEST_MS));
  const byNode = isByNode && live.topology !== null ? nodeLines(metric, load, live.topology) : null;
  const drawn =
    byNode ??
    ({
      lines: [{ id: 'total', name: say(metric.line, {}), colour: 'var(--sd-text)' }],
      samples: load.map((sample) => ({ at: sample.at, values: [metric.total(sample)] })),
    } as const);
  return (
    <div id={id}>
      <Panel
        title={label}
        note={
          byNode !== null && byNode.of > byNode.lines.length
            ? t('charts.ofNodes', { shown: byNode.lines.length, n: byNode.of })
            : undefined
        }
        aside={
          <SegmentedControl
            size="xs"
            aria-label={t('charts.series')}
            value={isByNode ? 'node' : 'total'}
            onChange={(next) => setByNode(next === 'node')}
            data={[
              { value: 'total', label: t('charts.total') },
              { value: 'node', label: t('charts.perNode') },
            ]}
          />
        }
        padded
      >
        <LazyTimeChart
          label={label}
          unit={say(metric.unit, {})}
          lines={drawn.lines}
          samples={drawn.samples}
          from={from}
          to={to}
          gapMs={GAP_MS}
          print={metric.print}
          scale={metric.scale}
        />
      </Panel>
    </div>
  );
}
