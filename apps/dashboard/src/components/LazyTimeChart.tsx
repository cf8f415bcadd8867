import { Suspense } from 'react';
import { useWords } from '../words/use-words.tsx';
import type { TimeChartProps } from './TimeChart.tsx';
import { lazyPart } from '../shell/load-part.ts';
import styles from './TimeChart.module.css';

const TimeChart = lazyPart(() => import('./TimeChart.tsx').then((module) => module.TimeChart));

/** The chart, with its library brought when the first one is opened. Its place is kept meanwhile, so that nothing jumps. */
export function LazyTimeChart(props: TimeChartProps) {
  const { t } = useWords();
  return (
    <Suspense
      fallback={
        <p className={`${styles.loading} sd-2`} role="status">
          {t('charts.loading')}
        </p>
      }
    >
      <TimeChart {...props} />
    </Suspense>
  );
}
