import { expect, test } from 'vitest';
import { fixtureStats, fixtureTopology, NOW } from '../testing/cluster-fixture.ts';
import { HISTORY_MS, rememberLoad, sampleLoad, type LoadSample } from './load-history.ts';

const topology = fixtureTopology();
const all = (at: number) => ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => fixtureStats(letter, { at }));

test('commands are summed over primaries only, since replicas repeat them', () => {
  expect(sampleLoad(topology, all(NOW))).toMatchObject({ totalCommands: 3000, primaries: { counted: 3, known: 3 } });
});

test('a primary that gives no number is missing from the sum and counted as missing', () => {
  const stats = all(NOW).map((each, i) => (i === 0 ? { ...each, commandsPerSecond: null } : each));
  expect(sampleLoad(topology, stats)).toMatchObject({ totalCommands: 2000, primaries: { counted: 2, known: 3 } });
});

test('numbers of a node that has stopped answering are no part of now', () => {
  const stats = all(NOW).map((each, i) => (i === 0 ? { ...each, at: NOW - 30_000 } : each));
  expect(sampleLoad(topology, stats)).toMatchObject({ totalCommands: 2000, primaries: { counted: 2, known: 3 } });
});

test('there is one sample a second, and none older than fifteen minutes', () => {
  let held: readonly LoadSample[] = [];
  for (let at = NOW; at <= NOW + HISTORY_MS + 60_000; at += 500) held = rememberLoad(held, topology, all(at));
  expect(held.length).toBe(HISTORY_MS / 1000 + 1);
  expect((held.at(-1)?.at ?? 0) - (held[0]?.at ?? 0)).toBeLessThanOrEqual(HISTORY_MS);
});
