import { expect, test } from 'vitest';
import { applyPatch } from '@slotdeck/model/topology-patch';
import { primary, topology } from '../../test/small-topology.ts';
import { nothingSeen, type ObservedState } from '../clusters/observed-state.ts';
import { clusterSource } from './cluster-source.ts';

const first = topology(1, [primary('a', [[0, 99]]), primary('b', [[100, 199]])]);
const second = topology(2, [primary('a', [[0, 49]]), primary('b', [[50, 199]])]);

function sourceOf(state: Partial<ObservedState>) {
  const now = { state: { ...nothingSeen, ...state }, operations: [] };
  const source = clusterSource(
    () => now.state,
    () => now.operations,
  );
  return { now, source };
}

test('when nothing changed nothing is told', () => {
  const { source } = sourceOf({ topology: first, observedAt: 1_000 });
  expect(source.collect()).toBeNull();
});

test('a change of the topology is told as a patch that leads to it', () => {
  const { now, source } = sourceOf({ topology: first, observedAt: 1_000 });
  now.state = { ...now.state, topology: second, observedAt: 1_200 };
  const delta = source.collect();
  if (delta?.type !== 'cluster-delta' || delta.topology === undefined) throw new Error('a delta must be told');
  expect(applyPatch(first, delta.topology)).toEqual(second);
  expect(delta).not.toHaveProperty('findings');
  expect(source.collect()).toBeNull();
});

test('a cluster that is seen for the first time is told whole', () => {
  const { now, source } = sourceOf({});
  now.state = { ...now.state, topology: first, observedAt: 1_000 };
  expect(source.collect()).toMatchObject({ type: 'cluster-snapshot', live: { topology: first } });
});

test('that it was looked at is told once a second, so that a page can tell quiet from lost', () => {
  const { now, source } = sourceOf({ topology: first, observedAt: 1_000 });
  now.state = { ...now.state, observedAt: 1_600 };
  expect(source.collect()).toBeNull();
  now.state = { ...now.state, observedAt: 2_100 };
  expect(source.collect()).toEqual({ type: 'cluster-delta', observedAt: 2_100 });
});
