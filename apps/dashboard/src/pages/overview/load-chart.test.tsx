import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';
import {
  CLUSTER,
  fixtureLive,
  fixtureStats,
  fixtureSummary,
  fixtureTopology,
  NOW,
} from '../../testing/cluster-fixture.ts';
import { openApp } from '../../testing/open-app.tsx';
import { rememberLoad, type LoadSample } from '../../stream/load-history.ts';
import { COMMANDS, NETWORK } from './load-metrics.ts';
import { MOST_LINES, nodeLines } from './node-lines.ts';

// Whole pages are drawn here, on machines that do much else: only a hang should end a test.
vi.setConfig({ testTimeout: 60_000 });

const LETTERS = ['a', 'b', 'c', 'd', 'e', 'f'];
const statsAt = (at: number, commandsPerSecond: number) =>
  LETTERS.map((letter) => fixtureStats(letter, { at, commandsPerSecond }));

async function openWithLoad(rates: readonly (readonly [second: number, commandsPerSecond: number])[]) {
  const app = await openApp(`/clusters/${CLUSTER}`);
  act(() => app.showClusters([fixtureSummary()]));
  for (const [second, rate] of rates) {
    const at = NOW + second * 1000;
    act(() => app.showCluster(fixtureLive({ stats: statsAt(at, rate), observedAt: at })));
  }
  return app;
}

const linesDrawn = (chart: HTMLElement): string[] =>
  [...chart.querySelectorAll('path.recharts-line-curve')].map((path) => path.getAttribute('d') ?? '');

test('a number of the live load opens as a chart with its range in words, and closes again', async () => {
  await openWithLoad([
    [0, 1000],
    [1, 3000],
    [2, 2000],
  ]);
  await userEvent.click(await screen.findByRole('button', { name: 'Show 15 minutes: Commands' }));
  const chart = await screen.findByRole('figure', { name: 'Commands, up to 15 minutes' });
  expect(within(chart).getByText('now 6.0 k/s, lowest 3.0 k/s, highest 9.0 k/s')).toBeTruthy();
  expect(within(chart).getByText(/per second, time in the zone of this browser/)).toBeTruthy();
  expect(linesDrawn(chart).length).toBe(1);
  expect(screen.getAllByRole('figure').length).toBe(1);
  await userEvent.click(screen.getByRole('button', { name: 'Hide the chart: Commands' }));
  await waitFor(() => expect(screen.queryByRole('figure')).toBeNull());
});

test('a minute without answers is a hole in the line and not a slope', async () => {
  await openWithLoad([
    [0, 1000],
    [1, 1000],
    [61, 3000],
    [62, 3000],
  ]);
  await userEvent.click(await screen.findByRole('button', { name: 'Show 15 minutes: Commands' }));
  const chart = await screen.findByRole('figure', { name: 'Commands, up to 15 minutes' });
  const [line = ''] = linesDrawn(chart);
  expect(line.match(/M/g)?.length).toBe(2);
});

test('node by node each line is named, replicas too', async () => {
  await openWithLoad([
    [0, 1000],
    [1, 1000],
  ]);
  await userEvent.click(await screen.findByRole('button', { name: 'Show 15 minutes: Network' }));
  const group = await screen.findByRole('radiogroup', { name: 'Lines' });
  await userEvent.click(within(group).getByRole('radio', { name: 'By node' }));
  const chart = screen.getByRole('figure', { name: 'Network, up to 15 minutes' });
  expect(linesDrawn(chart).length).toBe(6);
  for (const name of ['orders-a1', 'orders-d1']) expect(within(chart).getByText(name)).toBeTruthy();
  expect(within(chart).getAllByText('now 2.0 KiB/s, lowest 2.0 KiB/s, highest 2.0 KiB/s').length).toBe(6);
});

test('of many nodes the highest are drawn, each with its number or a hole where it gave none', () => {
  const topology = fixtureTopology();
  const stats = LETTERS.map((letter, i) => fixtureStats(letter, { commandsPerSecond: i === 0 ? null : i * 100 }));
  const load = rememberLoad([], topology, stats);
  const drawn = nodeLines(COMMANDS, load, topology);
  expect(drawn.of).toBe(5);
  expect(drawn.lines.length).toBeLessThanOrEqual(MOST_LINES);
  const many: LoadSample[] = load.map((sample) => ({
    ...sample,
    commands: new Map(topology.nodes.map((node, i) => [node.id, i])),
  }));
  expect(nodeLines(COMMANDS, many, topology).samples[0]?.values.length).toBe(6);
  expect(nodeLines(NETWORK, load, topology).lines.filter(({ isDashed }) => isDashed).length).toBe(3);
});
