import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { LazyTimeChart } from '../../components/LazyTimeChart.tsx';
import { Panel } from '../../components/Panel.tsx';
import { rateGapMs, type RateHistory, type RateSample } from '../../stream/rate-history.ts';
import { useConnection } from '../../stream/use-live.tsx';
import { measureBytes, measureRate, type Measure } from '../../words/format-number.ts';
import { useWords } from '../../words/use-words.tsx';
import type { WordKey } from '../../words/words.ts';

type Rate = 'slots' | 'keys' | 'bytes';

/** Bytes are printed with their unit; slots and keys are named by the button that is pressed. */
const PRINT: Record<Rate, (value: number) => Measure> = {
  slots: measureRate,
  keys: measureRate,
  bytes: (bytes) => {
    const { value, unit } = measureBytes(bytes);
    return { value, unit: `${unit}/s` };
  },
};
const TITLE: Record<Rate, WordKey> = {
  slots: 'charts.slotsPerSecond',
  keys: 'charts.keysPerSecond',
  bytes: 'charts.bytesPerSecond',
};

/** A chart of less than this would be all edge. */
const SHORTEST_MS = 60_000;

/** How fast it went, from what came while this page was open. A pause is a hole in the line. Nothing before there is a line to draw. */
export function OperationSpeed({ rates }: { rates: RateHistory }) {
  const { t, say } = useWords();
  const { clockAhead } = useConnection();
  const known = ratesIn(rates.samples);
  const [asked, ask] = useState<Rate>('keys');
  const shown = known.includes(asked) ? asked : known[0];
  if (shown === undefined || rates.samples.length < 2) return null;
  const title = say(TITLE[shown], {});
  // Kept by this browser's clock, shown by the server's, as every other time on the page.
  const samples = rates.samples.map((sample) => ({ at: sample.at + clockAhead, values: [sample[shown]] }));
  const to = samples.at(-1)?.at ?? 0;
  return (
    <Panel
      title={t('charts.speed')}
      aside={
        <SegmentedControl
          size="xs"
          aria-label={t('charts.speedWhat')}
          value={shown}
          onChange={(next) => ask(next === 'slots' || next === 'bytes' ? next : 'keys')}
          data={known.map((each) => ({ value: each, label: say(TITLE[each], {}) }))}
        />
      }
      padded
    >
      <LazyTimeChart
        label={t('charts.speedOf', { title })}
        unit={title}
        lines={[{ id: shown, name: t('charts.thisOperation'), colour: 'var(--sd-info-fill)' }]}
        samples={samples}
        from={Math.min(samples[0]?.at ?? to, to - SHORTEST_MS)}
        to={to}
        gapMs={rateGapMs(rates)}
        print={PRINT[shown]}
        scale={{ base: shown === 'bytes' ? 1024 : 1000, least: 1 }}
      />
    </Panel>
  );
}

/** Which rates were measured at all: bytes are not on every server. */
function ratesIn(samples: readonly RateSample[]): Rate[] {
  const all: readonly Rate[] = ['keys', 'bytes', 'slots'];
  return all.filter((rate) => samples.some((sample) => sample[rate] !== null));
}
