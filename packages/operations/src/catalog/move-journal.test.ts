import { expect, test } from 'vitest';
import { NodeId } from '@slotdeck/model/ids';
import type { NewOperationEvent, OperationEvent } from '@slotdeck/model/operation-events';
import { ARRIVED, arrivedSlots, acceptedProblem, predecessors, SUBSTITUTED, successor } from './move-journal.ts';

const node = (letter: string): NodeId => NodeId.parse(letter.repeat(40));
const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(node) as [NodeId, NodeId, NodeId, NodeId];

function history(...events: NewOperationEvent[]): OperationEvent[] {
  return events.map((event, index): OperationEvent => ({ ...event, index, at: index }));
}

const arrived = (from: NodeId, to: NodeId, slots: string): NewOperationEvent => {
  return { type: 'note', code: ARRIVED, step: null, facts: { from, to, slots } };
};
const substituted = (from: NodeId, to: NodeId): NewOperationEvent => {
  return { type: 'note', code: SUBSTITUTED, step: null, facts: { from, to } };
};
const problem = { code: 'node-changed-role', message: '', facts: {} };
const paused: NewOperationEvent = {
  type: 'status',
  status: 'paused',
  cause: 'step-needs-a-person',
  by: null,
  problem,
};
const pausedByPerson: NewOperationEvent = { ...paused, cause: 'came-to-rest', problem: null };
const resumed: NewOperationEvent = {
  type: 'status',
  status: 'running',
  cause: 'resume-asked',
  by: 'ada',
  problem: null,
};
const done: NewOperationEvent = { type: 'step-done', step: 'move-1', facts: {} };

test('slots that arrived are added up by pair, however often they were told', () => {
  const events = history(arrived(a, b, '1-3'), arrived(a, c, '9'), arrived(a, b, '3-5'), arrived(a, b, '1-3'));
  expect(arrivedSlots(events)).toEqual([
    { from: a, to: b, slots: [[1, 5]] },
    { from: a, to: c, slots: [[9, 9]] },
  ]);
});

test('slots that came to a node which failed over are told as its successor’s', () => {
  expect(arrivedSlots(history(arrived(a, b, '1'), substituted(b, d), arrived(a, d, '2')))).toEqual([
    { from: a, to: d, slots: [[1, 2]] },
  ]);
});

test('a place may pass on more than once', () => {
  const events = history(substituted(a, b), substituted(c, d), substituted(b, c));
  expect(successor(a, events)).toBe(c);
  expect(predecessors(a, events)).toEqual([a, b]);
  expect(successor(d, events)).toBe(d);
});

test('of steps side by side, what one paused with is accepted for that one, until its own slots arrive', () => {
  const failed: NewOperationEvent = { type: 'step-failed', step: 'move-1', problem };
  const too: NewOperationEvent = { type: 'step-failed', step: 'move-7', problem };
  const events = [failed, too, paused, resumed] as const;
  expect(acceptedProblem(history(...events), 'move-1')).toEqual(problem);
  // Its trouble was not the one that a person was shown.
  expect(acceptedProblem(history(...events), 'move-7')).toBeNull();
  expect(acceptedProblem(history(...events), 'move-2')).toBeNull();
  const other: NewOperationEvent = { type: 'step-done', step: 'move-2', facts: {} };
  expect(acceptedProblem(history(...events, other), 'move-1')).toEqual(problem);
  expect(acceptedProblem(history(...events, done), 'move-1')).toBeNull();
  // A pause that no step made concerns all of them.
  expect(acceptedProblem(history(paused, resumed), 'move-2')).toEqual(problem);
});

test('a failover counts as accepted only when a person went on after a pause that told of trouble', () => {
  expect(acceptedProblem(history(paused, resumed))).toEqual(problem);
  expect(acceptedProblem(history(paused, { ...resumed, status: 'cancelling', cause: 'cancel-asked' }))).toEqual(
    problem,
  );
  expect(acceptedProblem(history(pausedByPerson, resumed))).toBeNull();
  expect(acceptedProblem(history(paused, resumed, done))).toBeNull();
  expect(acceptedProblem(history(paused, resumed, arrived(a, b, '1')))).toBeNull();
  expect(acceptedProblem(history(paused))).toBeNull();
  expect(acceptedProblem(history(resumed))).toBeNull();
});
