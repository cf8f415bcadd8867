import { CartesianGrid, Line, LineChart, Tooltip, XAxis, YAxis } from 'recharts';
import { printMeasure, type Measure } from '../words/format-number.ts';
import { printClock } from '../words/format-time.ts';
import { useWords } from '../words/use-words.tsx';
import { chartRows, summariseSeries, timeTicks, valueTicks, type ChartRow, type ValueScale } from './chart-rows.ts';
import styles from './TimeChart.module.css';
import { useWidth } from './use-width.ts';

/** One line. Its name and its numbers stand below the chart, so that colour is never the only carrier. */
export interface ChartLine {
  readonly id: string;
  readonly name: string;
  /** A CSS colour. */
  readonly colour: string;
  readonly isDashed?: boolean;
}

export interface TimeChartProps {
  /** What is drawn, over which time. */
  readonly label: string;
  /** What the numbers of the axis are. */
  readonly unit: string;
  readonly lines: readonly ChartLine[];
  /** Oldest first; `values` in the order of `lines`. */
  readonly samples: readonly ChartRow[];
  /** The window, epoch ms. */
  readonly from: number;
  readonly to: number;
  /** Between two samples further apart nothing is drawn. */
  readonly gapMs: number;
  readonly print: (value: number) => Measure;
  readonly scale: ValueScale;
}

const HEIGHT = 220;
const AXIS = 72;
/** px that one mark of the time axis needs. */
const TICK = 96;

/**
 * Lines over time, from zero, so that their height is honest. What they say is said below in words too: screen readers get those and
 * not the drawing. Loaded only when a chart is opened (recharts is larger than most pages).
 */
export function TimeChart({ label, unit, lines, samples, from, to, gapMs, print, scale }: TimeChartProps) {
  const { t } = useWords();
  const [ref, width] = useWidth<HTMLDivElement>(640);
  const rows = chartRows(samples, gapMs);
  const say = (value: unknown): string =>
    typeof value === 'number' ? printMeasure(print(value)) : t('states.notKnown');
  const high = Math.max(0, ...lines.map((_, i) => summariseSeries(rows, i)?.high ?? 0));
  const marks = valueTicks(high, scale);
  const axis = {
    stroke: 'var(--sd-text-3)',
    tick: { fill: 'var(--sd-text-3)', fontSize: 11 },
    tickLine: false,
  } as const;
  return (
    <figure className={styles.figure} aria-label={label}>
      <div ref={ref} className={styles.drawing} role="img" aria-label={label}>
        <LineChart
          width={width}
          height={HEIGHT}
          data={rows}
          margin={{ top: 8, right: 12, bottom: 0, left: 0 }}
          accessibilityLayer={false}
        >
          <CartesianGrid stroke="var(--sd-grid)" vertical={false} />
          <XAxis
            {...axis}
            dataKey="at"
            type="number"
            domain={[from, to]}
            allowDataOverflow
            ticks={timeTicks(from, to, Math.max(2, Math.floor((width - AXIS) / TICK)))}
            tickFormatter={printClock}
            axisLine={{ stroke: 'var(--sd-line-2)' }}
          />
          <YAxis
            {...axis}
            domain={[0, marks.at(-1) ?? 1]}
            ticks={marks}
            width={AXIS}
            tickFormatter={say}
            axisLine={false}
          />
          <Tooltip
            isAnimationActive={false}
            labelFormatter={(at) => (typeof at === 'number' ? printClock(at) : '')}
            formatter={say}
            itemSorter={(item) => lines.findIndex((line) => line.name === item.name)}
            contentStyle={{
              background: 'var(--sd-raised)',
              border: '1px solid var(--sd-line-2)',
              borderRadius: 5,
              fontSize: 12,
            }}
            itemStyle={{ color: 'var(--sd-text)', padding: 0 }}
            cursor={{ stroke: 'var(--sd-line-3)' }}
          />
          {lines.map((line, i) => (
            <Line
              key={line.id}
              name={line.name}
              dataKey={(row: ChartRow) => row.values[i] ?? null}
              stroke={line.colour}
              strokeWidth={1.5}
              strokeLinecap="round"
              {...(line.isDashed === true ? { strokeDasharray: '4 3' } : {})}
              dot={false}
              activeDot={{ r: 3 }}
              connectNulls={false}
              isAnimationActive={false}
            />
          ))}
        </LineChart>
      </div>
      <figcaption className="sd-small">
        <ul className={styles.summary}>
          {lines.map((line, i) => (
            <li key={line.id}>
              <svg width={18} height={8} aria-hidden className={styles.key}>
                <line
                  x1={1}
                  x2={17}
                  y1={4}
                  y2={4}
                  stroke={line.colour}
                  strokeWidth={2}
                  {...(line.isDashed === true ? { strokeDasharray: '4 3' } : {})}
                />
              </svg>
              <span className="sd-strong">{line.name}</span> <span className="sd-2 sd-num">{saySummary(i)}</span>
            </li>
          ))}
        </ul>
        <p className="sd-3">
          {t('charts.axes', { unit })} {t(samples.length < 2 ? 'charts.tooFew' : 'charts.gaps')}
        </p>
      </figcaption>
    </figure>
  );

  function saySummary(line: number): string {
    const summary = summariseSeries(samples, line);
    if (summary === null) return t('charts.nothing');
    const { low, high, now } = summary;
    return now === null
      ? t('charts.range', { low: say(low), high: say(high) })
      : t('charts.nowAndRange', { now: say(now), low: say(low), high: say(high) });
  }
}
