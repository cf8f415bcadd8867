import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextStatus, OperationStatus } from '@slotdeck/model/operation';
import type { TranscriptLine } from '@slotdeck/model/operation-events';
import type { StepView } from '@slotdeck/model/operation-view';
import { ADMIN, VIEWER } from '../../testing/open-app.tsx';
import { operationActions } from './operation-actions.ts';
import { shownSteps } from './StepList.tsx';
import { heldBack, transcriptView } from './transcript-view.ts';

const line = (index: number, rest: Partial<TranscriptLine> = {}): TranscriptLine => ({
  index,
  at: index,
  node: 'n',
  command: ['PING'],
  more: 0,
  reply: 'PONG',
  outcome: 'ok',
  ms: 1,
  step: null,
  ...rest,
});

test('no button is offered that the server would refuse in this status', () => {
  for (const status of OperationStatus.options) {
    const actions = operationActions(status, ADMIN);
    if (actions.pause === 'on') expect(nextStatus(status, 'pause-asked')).not.toBeNull();
    if (actions.resume === 'on') expect(nextStatus(status, 'resume-asked')).not.toBeNull();
    if (actions.cancel === 'on') expect(nextStatus(status, 'cancel-asked')).not.toBeNull();
    const asViewer = operationActions(status, VIEWER);
    expect(Object.values(asViewer)).not.toContain('on');
  }
});

test('the transcript shows each line once, newest first, wherever it came from', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(60)), fc.array(fc.nat(60)), (live, older) => {
      const shown = transcriptView(
        live.map((index) => line(index)),
        older.map((index) => line(index)),
        'all',
        null,
      ).map(({ index }) => index);
      expect(shown).toEqual([...new Set([...live, ...older])].sort((a, b) => b - a));
    }),
  );
});

test('while somebody reads, newer lines wait and are counted', () => {
  const live = [line(1), line(2), line(3)];
  expect(transcriptView(live, [], 'all', 2).map(({ index }) => index)).toEqual([2, 1]);
  expect(heldBack(live, 2)).toBe(1);
  expect(heldBack(live, null)).toBe(0);
});

test('handovers and errors can be read alone', () => {
  const lines = [
    line(1, { command: ['CLUSTER', 'SETSLOT', '5', 'NODE', 'b'] }),
    line(2, { command: ['CLUSTER', 'SETSLOT', '5', 'IMPORTING', 'b'] }),
    line(3, { outcome: 'error', reply: 'ERR' }),
  ];
  expect(transcriptView(lines, [], 'handovers', null).map(({ index }) => index)).toEqual([1]);
  expect(transcriptView(lines, [], 'errors', null).map(({ index }) => index)).toEqual([3]);
});

test('of hundreds of steps the ones at work stand in full and every other is counted', () => {
  const steps = Array.from({ length: 200 }, (_, i): StepView => ({
    step: { id: `s${i}`, title: '', component: 'move', onFailure: 'retry', facts: {}, move: null },
    state: i < 100 ? 'done' : i === 100 ? 'running' : i === 150 ? 'failed' : 'waiting',
    attempt: 1,
    startedAt: null,
    endedAt: null,
    problem: null,
  }));
  const rows = shownSteps(steps);
  const shown = rows.flatMap((row) => (row.kind === 'step' ? [row.step.step.id] : []));
  expect(shown).toEqual(['s0', 's97', 's98', 's99', 's100', 's101', 's102', 's103', 's150', 's199']);
  const counted = rows.reduce((sum, row) => sum + (row.kind === 'step' ? 1 : row.count), 0);
  expect(counted).toBe(200);
});
