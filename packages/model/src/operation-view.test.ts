import { expect, test } from 'vitest';
import type { NewOperationEvent, OperationEvent } from './operation-events.ts';
import { emptyView, fold, foldAll, ImpossibleHistory } from './operation-view.ts';
import type { PlannedStep } from './plan.ts';

function step(id: string): PlannedStep {
  return { id, title: id, component: 'move', onFailure: 'retry', facts: {}, move: null };
}

const created: NewOperationEvent = {
  type: 'created',
  kind: 'reshard',
  planId: 'pl-1234',
  by: 'ada',
  steps: [step('check'), step('move-1')],
};
const started: NewOperationEvent = { type: 'status', status: 'running', cause: 'start', by: null, problem: null };
const problem = { code: 'no-answer', message: 'no answer', facts: {} };

function history(...events: NewOperationEvent[]): OperationEvent[] {
  return events.map((event, index): OperationEvent => ({ ...event, index, at: 1_000 + index }));
}

test('a finished operation is told from its events alone', () => {
  const view = foldAll(
    history(
      created,
      { type: 'pace', pace: 'gentle', by: 'ada' },
      started,
      { type: 'step-started', step: 'check', attempt: 1 },
      { type: 'step-done', step: 'check', facts: {} },
      { type: 'step-started', step: 'move-1', attempt: 1 },
      { type: 'step-retrying', step: 'move-1', attempt: 1, problem, inMs: 500 },
      { type: 'step-started', step: 'move-1', attempt: 2 },
      { type: 'step-done', step: 'move-1', facts: {} },
      { type: 'status', status: 'succeeded', cause: 'steps-done', by: null, problem: null },
    ),
  );
  expect(view).toMatchObject({
    status: 'succeeded',
    createdAt: 1_000,
    startedAt: 1_002,
    endedAt: 1_009,
    pace: 'gentle',
  });
  expect(view.steps.map(({ state, attempt, startedAt, endedAt }) => ({ state, attempt, startedAt, endedAt }))).toEqual([
    { state: 'done', attempt: 1, startedAt: 1_003, endedAt: 1_004 },
    { state: 'done', attempt: 2, startedAt: 1_005, endedAt: 1_008 },
  ]);
});

test('a pause keeps its reason until it goes on', () => {
  const paused = foldAll(
    history(
      created,
      started,
      { type: 'step-started', step: 'check', attempt: 1 },
      { type: 'step-failed', step: 'check', problem },
      { type: 'status', status: 'paused', cause: 'step-needs-a-person', by: null, problem },
    ),
  );
  expect(paused).toMatchObject({ status: 'paused', problem });
  const resumed: OperationEvent = {
    index: 5,
    at: 2_000,
    type: 'status',
    status: 'running',
    cause: 'resume-asked',
    by: 'bob',
    problem: null,
  };
  expect(fold(paused, resumed)).toMatchObject({ status: 'running', problem: null, askedBy: 'bob', startedAt: 1_001 });
});

test('what was paused before it began has started when it is resumed', () => {
  const view = foldAll(
    history(
      created,
      { type: 'status', status: 'paused', cause: 'pause-asked', by: 'ada', problem: null },
      { type: 'status', status: 'running', cause: 'resume-asked', by: 'ada', problem: null },
    ),
  );
  expect(view.startedAt).toBe(1_002);
});

test('only the newest notes are kept in the view', () => {
  const notes = Array.from({ length: 250 }, (_, at): NewOperationEvent => {
    return { type: 'note', code: `n${at}`, step: null, facts: {} };
  });
  const view = foldAll(history(created, ...notes));
  expect(view.notes).toHaveLength(200);
  expect(view.notes.at(-1)?.code).toBe('n249');
});

const cases: [string, OperationEvent[]][] = [
  ['does not begin with its creation', history(started)],
  ['was created twice', history(created, created)],
  ['has a gap', history(created, started).map((event) => ({ ...event, index: event.index * 2 }))],
  ['runs without having been started', history(created, { ...started, cause: 'steps-done' })],
  ['names a step that does not exist', history(created, started, { type: 'step-done', step: 'move-9', facts: {} })],
  [
    'goes on after its end',
    history(
      created,
      { type: 'status', status: 'cancelled', cause: 'cancel-asked', by: 'ada', problem: null },
      { type: 'note', code: 'late', step: null, facts: {} },
    ),
  ],
];

test.each(cases)('a history that %s is refused', (_, events) => {
  expect(() => foldAll(events)).toThrow(ImpossibleHistory);
  expect(emptyView.lastIndex).toBe(-1);
});
