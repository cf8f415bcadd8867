import { expect, test } from 'vitest';
import { answered, healthyTable, nodeId, viewsOf, type LineSketch } from '../../test/view-builder.ts';
import { sortByMembership, type AnsweredView } from './membership.ts';
import type { NodeView } from './node-view.ts';

const theirs: readonly LineSketch[] = [
  { id: 'd', slots: '0-8191' },
  { id: 'e', slots: '8192-16383' },
];
const onlyAnswered = (views: readonly NodeView[]): AnsweredView[] => views.filter((view) => view.state === 'answered');
const ids = (views: readonly AnsweredView[]): string => views.map((view) => view.nodeId[0]).join('');

test('the first seed decides which cluster it is when none is known yet', () => {
  const sorted = sortByMembership(onlyAnswered([...viewsOf(healthyTable), ...viewsOf(theirs)]), new Set());
  expect([ids(sorted.members), ids(sorted.others)]).toEqual(['abc123', 'de']);
});

test('the inventory decides when there is one, whoever answers first', () => {
  const views = onlyAnswered([...viewsOf(theirs), ...viewsOf(healthyTable)]);
  const sorted = sortByMembership(views, new Set([nodeId('3')]));
  expect([ids(sorted.members), ids(sorted.others)]).toEqual(['abc123', 'de']);
});

test('a half of the cluster that has forgotten the other is still ours', () => {
  const left = healthyTable.filter(({ id }) => 'a1'.includes(id));
  const right = healthyTable.filter(({ id }) => 'bc23'.includes(id));
  const sorted = sortByMembership(
    onlyAnswered([...viewsOf(left), ...viewsOf(right)]),
    new Set([nodeId('a'), nodeId('c')]),
  );
  expect(ids(sorted.members)).toBe('a1bc23');
});

test('a node that was reset and that nobody knows any more has left, though it kept its id', () => {
  const rest = healthyTable.filter(({ id }) => id !== '3');
  const views = onlyAnswered([...viewsOf(rest), answered('3', [{ id: '3' }])]);
  const sorted = sortByMembership(views, new Set(healthyTable.map(({ id }) => nodeId(id))));
  expect([ids(sorted.members), ids(sorted.others)]).toEqual(['abc12', '3']);
});

test('a lone node is a cluster of one', () => {
  const views = onlyAnswered([answered('a', [{ id: 'a' }])]);
  expect(ids(sortByMembership(views, new Set([nodeId('a')])).members)).toBe('a');
});

test('a handshake ties nobody to us', () => {
  const shaking = [...theirs, { id: 'a', flags: ['handshake'] }];
  const views = onlyAnswered([...viewsOf(healthyTable), answered('d', shaking)]);
  expect(ids(sortByMembership(views, new Set([nodeId('a')])).others)).toBe('d');
});
