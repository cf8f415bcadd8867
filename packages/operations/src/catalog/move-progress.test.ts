import { expect, test } from 'vitest';
import { NodeId } from '@slotdeck/model/ids';
import type { OperationEvent } from '@slotdeck/model/operation-events';
import { createHandClock } from '@slotdeck/testkit/hand-clock';
import type { MoveStep } from './move-journal.ts';
import { createMoveProgress, type StepProgress } from './move-progress.ts';

const [from, to] = [NodeId.parse('a'.repeat(40)), NodeId.parse('b'.repeat(40))];

function moveStep(id: string, first: number, last: number): MoveStep {
  const move = { from, to, slots: [[first, last] as const] };
  return { id, title: id, component: 'move', onFailure: 'retry', facts: {}, move };
}

const steps = [moveStep('move-1', 0, 9), moveStep('move-2', 10, 19)] as const;
const plan = { moves: [{ from, to, slots: [[0, 19]] as const, keys: 200, bytes: null }], steps: [...steps] };

function telling(slotsDone: number, keysMoved: number): StepProgress {
  return { slotsDone, keysMoved, bytesMoved: null, inFlight: [[slotsDone, 9]], phase: 'move' };
}

test('slots and keys are added up over the steps, with what is in flight', () => {
  const progress = createMoveProgress({ plan, events: [] }, createHandClock());
  progress.begin(steps[0]);
  progress.report(telling(10, 100));
  progress.begin(steps[1]);
  expect(progress.report(telling(5, 50))).toMatchObject({
    slotsDone: 15,
    slotsTotal: 20,
    keysDone: 150,
    keysTotal: 200,
    bytesDone: null,
    bytesTotal: null,
    pairs: [{ from, to, slotsDone: 15, inFlight: '5-9', phase: 'move' }],
  });
  expect(progress.rest().pairs[0]).toMatchObject({ slotsDone: 15, inFlight: '', phase: '' });
});

test('what arrived in the end counts, also when the last word on the way came before', () => {
  const progress = createMoveProgress({ plan, events: [] }, createHandClock());
  progress.begin(steps[0]);
  progress.report(telling(0, 100));
  expect(progress.rest(10)).toMatchObject({ slotsDone: 10, keysDone: 100 });
});

test('a step that is tried again goes on counting from what its earlier attempts moved', () => {
  const progress = createMoveProgress({ plan, events: [] }, createHandClock());
  progress.begin(steps[0]);
  progress.report(telling(4, 40));
  progress.rest();
  progress.begin(steps[0]);
  expect(progress.report(telling(6, 15))).toMatchObject({ slotsDone: 6, keysDone: 55 });
  expect(progress.countOf(steps[0])).toEqual({ keys: 55, bytes: null });
});

test('after a restart what was finished before is counted on', () => {
  const done: OperationEvent = {
    index: 0,
    at: 0,
    type: 'step-done',
    step: 'move-1',
    facts: { keys: 90, bytes: 4_000 },
  };
  const progress = createMoveProgress({ plan, events: [done] }, createHandClock());
  expect(progress.rest()).toMatchObject({ slotsDone: 10, keysDone: 90, bytesDone: 4_000 });
});

test('the time left follows from the last ten seconds, by whichever of slots and keys takes longer', async () => {
  const clock = createHandClock();
  const progress = createMoveProgress({ plan, events: [] }, clock);
  progress.begin(steps[0]);
  expect(progress.report(telling(0, 0)).secondsLeft).toBeNull();
  await clock.advance(2_000);
  const half = progress.report(telling(10, 40));
  expect(half).toMatchObject({ slotsPerSecond: 5, keysPerSecond: 20, secondsLeft: 8 });
});
