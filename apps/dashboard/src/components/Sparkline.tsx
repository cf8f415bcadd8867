import styles from './Sparkline.module.css';
import { useWidth } from './use-width.ts';

export interface SparkPoint {
  readonly at: number;
  readonly value: number | null;
}

/**
 * A line over the last minutes. It is not drawn through gaps: where nothing was known there is nothing. Decoration for the
 * number beside it, so screen readers are told the range instead (`label`).
 */
export function Sparkline({
  points,
  height,
  from,
  to,
  gapMs,
  filled = false,
  label,
  dimmed = false,
}: {
  points: readonly SparkPoint[];
  height: number;
  /** The window, epoch ms. */
  from: number;
  to: number;
  gapMs: number;
  filled?: boolean;
  label: string;
  dimmed?: boolean;
}) {
  const [ref, width] = useWidth<HTMLDivElement>(84);
  const { lines, floor } = sparkLines(thinned(points, Math.max(30, width / 2)), {
    width,
    height,
    from,
    to,
    gapMs,
    filled,
  });
  return (
    <div ref={ref} className={styles.spark} role="img" aria-label={label}>
      <svg width={width} height={height} className={styles.drawing} opacity={dimmed ? 0.45 : 1} aria-hidden>
        {lines.map((line) => (
          <g key={line.from}>
            {filled ? (
              <path d={`${line.path}L${line.end} ${floor}L${line.start} ${floor}Z`} className={styles.area} />
            ) : null}
            <path d={line.path} className={styles.line} />
          </g>
        ))}
      </svg>
    </div>
  );
}

/** Every n-th point, the last one always: a line of 84 px gains nothing from 900. */
function thinned(points: readonly SparkPoint[], most: number): readonly SparkPoint[] {
  const step = Math.ceil(points.length / most);
  return step <= 1 ? points : points.filter((_, i) => (points.length - 1 - i) % step === 0);
}

export function sparkLines(
  points: readonly SparkPoint[],
  frame: { width: number; height: number; from: number; to: number; gapMs: number; filled: boolean },
): { lines: { from: number; start: number; end: number; path: string }[]; floor: number } {
  const { width, height, from, to, filled } = frame;
  const values = points.flatMap(({ value }) => (value === null ? [] : [value]));
  // An area begins at zero, so that its height is honest; a bare line shows the change.
  const low = filled ? 0 : Math.min(...values);
  const high = Math.max(...values, low + 1e-9);
  const flat = high - low < 1e-6 * Math.max(1, Math.abs(high));
  const x = (at: number): number => ((at - from) / Math.max(1, to - from)) * width;
  const y = (value: number): number => (flat ? height / 2 : 2 + (1 - (value - low) / (high - low)) * (height - 4));
  const usual = points.length > 1 ? ((points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0)) / (points.length - 1) : 0;
  const gap = Math.max(frame.gapMs, usual * 2.5);
  const lines: { from: number; start: number; end: number; path: string }[] = [];
  let last: number | null = null;
  for (const { at, value } of points) {
    if (value === null) {
      last = null;
      continue;
    }
    const line = lines.at(-1);
    const point = `${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
    if (line === undefined || last === null || at - last > gap) {
      lines.push({ from: at, start: x(at), end: x(at), path: `M${point}` });
    } else {
      line.path += `L${point}`;
      line.end = x(at);
    }
    last = at;
  }
  return { lines, floor: height };
}
