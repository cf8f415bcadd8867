import { expect, test } from 'vitest';
import { answered, facts, healthyTable, nodeId } from '../../test/view-builder.ts';
import type { NodeFacts, NodeView } from './node-view.ts';
import { statsFromViews } from './stats-from-views.ts';

function view(id: string, at: number, monotonicAt: number, given: Partial<NodeFacts> = {}): NodeView {
  return Object.assign(answered(id, healthyTable, given), { at, monotonicAt });
}
const counters = (commands: number): Partial<NodeFacts> => ({ counters: { ...facts().counters, commands } });
const rate = (before: NodeView[], after: NodeView[]): number | null | undefined =>
  statsFromViews(before, after)[0]?.commandsPerSecond;

test('a rate is what was counted between two looks, per second', () => {
  expect(rate([view('a', 0, 0, counters(100))], [view('a', 2_000, 2_000, counters(300))])).toBe(100);
});

test('a wall clock that jumps does not bend a rate', () => {
  expect(rate([view('a', 9_000_000, 0, counters(100))], [view('a', 0, 2_000, counters(300))])).toBe(100);
});

test('the first look, a restart and a counter that was reset give no rate, not zero', () => {
  const after = [view('a', 2_000, 2_000, counters(300))];
  expect(rate([], after)).toBeNull();
  expect(rate([view('a', 0, 0, { ...counters(100), runId: 'other' })], after)).toBeNull();
  expect(rate([view('a', 0, 0, counters(900))], after)).toBeNull();
  expect(rate([view('a', 1_999, 1_999, counters(100))], after)).toBeNull();
});

test('a replica is as many bytes behind as its primary has written more', () => {
  const stats = statsFromViews(
    [],
    [view('a', 0, 0, { replicationOffset: 500 }), view('1', 0, 0, { replicationOffset: 480 })],
  );
  expect(stats.map(({ id, replicaLagBytes }) => [id, replicaLagBytes])).toEqual([
    [nodeId('a'), null],
    [nodeId('1'), 20],
  ]);
});

test('a replica whose primary is silent has no known lag; one asked later than its primary has none', () => {
  expect(statsFromViews([], [view('1', 0, 0, { replicationOffset: 480 })])[0]?.replicaLagBytes).toBeNull();
  const ahead = statsFromViews(
    [],
    [view('a', 0, 0, { replicationOffset: 5 }), view('1', 0, 0, { replicationOffset: 9 })],
  );
  expect(ahead[1]?.replicaLagBytes).toBe(0);
});
