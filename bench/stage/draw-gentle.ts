import type { WaitWindow } from '@slotdeck/testkit/wait-probe';

export interface RatePoint {
  readonly atMs: number;
  /** Moved so far. */
  readonly keys: number;
  readonly share: number;
}

export interface GentleRun {
  readonly pace: string;
  readonly phases: readonly { readonly phase: string; readonly fromMs: number; readonly toMs: number }[];
  readonly windows: readonly WaitWindow[];
  readonly speeds: readonly { readonly atMs: number; readonly perSecond: number }[];
}

const WIDTH = 1_000;
const HEIGHT = 200;
const LEFT = 60;

/** Two charts over one time: keys moved per second, and the p99 and the longest wait of clients in each tenth of a second. */
export function drawGentle({ pace, phases, windows, speeds }: GentleRun): string {
  const from = phases[0]?.fromMs ?? 0;
  const to = phases.at(-1)?.toMs ?? 1;
  const x = (ms: number): number => LEFT + ((ms - from) / (to - from)) * (WIDTH - LEFT - 10);
  const chart = (top: number, title: string, lines: { colour: string; points: [number, number][] }[]): string => {
    const most = Math.max(1, ...lines.flatMap(({ points }) => points.map(([, value]) => value)));
    const y = (value: number): number => top + HEIGHT - (value / most) * HEIGHT;
    const drawn = lines.map(({ colour, points }) => {
      const path = points
        .filter(([at]) => at >= from && at <= to)
        .map(([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`)
        .join(' ');
      return `<polyline fill="none" stroke="${colour}" points="${path}"/>`;
    });
    return `<text x="${LEFT}" y="${top - 8}">${title}</text><text x="4" y="${top + 10}">${most.toFixed(0)}</text><text x="4" y="${top + HEIGHT}">0</text><line x1="${LEFT}" x2="${WIDTH - 10}" y1="${top + HEIGHT}" y2="${top + HEIGHT}" stroke="#888"/>${drawn.join('')}`;
  };
  const marks = phases.map(
    ({ phase, fromMs }) =>
      `<line x1="${x(fromMs)}" x2="${x(fromMs)}" y1="20" y2="${HEIGHT * 2 + 90}" stroke="#bbb" stroke-dasharray="3"/><text x="${x(fromMs) + 3}" y="14">${phase}</text>`,
  );
  const speed = chart(50, 'keys moved per second', [
    { colour: '#1a6', points: speeds.map(({ atMs, perSecond }) => [atMs, perSecond]) },
  ]);
  const waits = chart(
    HEIGHT + 90,
    `clients wait, ms: p99 (blue) and longest (red) of each tenth of a second; pace ${pace}`,
    [
      { colour: '#d33', points: windows.map(({ atMs, max }) => [atMs, max]) },
      { colour: '#26c', points: windows.map(({ atMs, p99 }) => [atMs, p99]) },
    ],
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT * 2 + 110}" font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>${marks.join('')}${speed}${waits}</svg>\n`;
}
