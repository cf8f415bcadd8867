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
  const first = progress.begin(steps[0]);
  first.report(telling(10, 100));
  first.rest();
  const second = progress.begin(steps[1]);
  expect(second.report(telling(5, 50))).toMatchObject({
    slotsDone: 15,
    slotsTotal: 20,
    keysDone: 150,
    keysTotal: 200,
    bytesDone: null,
    bytesTotal: null,
    pairs: [{ from, to, slotsDone: 15, inFlight: '5-9', phase: 'move' }],
  });
  expect(second.rest().pairs[0]).toMatchObject({ slotsDone: 15, inFlight: '', phase: '' });
});

test('what arrived in the end counts, also when the last word on the way came before', () => {
  const progress = createMoveProgress({ plan, events: [] }, createHandClock());
  const step = progress.begin(steps[0]);
  step.report(telling(0, 100));
  expect(step.rest(10)).toMatchObject({ slotsDone: 10, keysDone: 100 });
});

test('a step that is tried again goes on counting from what its earlier attempts moved', () => {
  const progress = createMoveProgress({ plan, events: [] }, createHandClock());
  const step = progress.begin(steps[0]);
  step.report(telling(4, 40));
  step.rest();
  const again = progress.begin(steps[0]);
  expect(again.report(telling(6, 15))).toMatchObject({ slotsDone: 6, keysDone: 55 });
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
  expect(progress.now()).toMatchObject({ slotsDone: 10, keysDone: 90, bytesDone: 4_000 });
});

test('the time left follows from the last ten seconds, by whichever of slots and keys takes longer', async () => {
  const clock = createHandClock();
  const progress = createMoveProgress({ plan, events: [] }, clock);
  const step = progress.begin(steps[0]);
  expect(step.report(telling(0, 0)).secondsLeft).toBeNull();
  await clock.advance(2_000);
  const half = step.report(telling(10, 40));
  expect(half).toMatchObject({ slotsPerSecond: 5, keysPerSecond: 20, secondsLeft: 8 });
});

test('pairs that move side by side are told apart, and the one that is held back most says how it is paced', () => {
  const [c, d] = [NodeId.parse('c'.repeat(40)), NodeId.parse('d'.repeat(40))];
  const other = { ...moveStep('move-3', 100, 109), move: { from: c, to: d, slots: [[100, 109] as const] } };
  const both = {
    moves: [...plan.moves, { from: c, to: d, slots: [[100, 109]] as const, keys: 10, bytes: null }],
    steps: [...steps, other],
  };
  const progress = createMoveProgress({ plan: both, events: [] }, createHandClock());
  const one = progress.begin(steps[0]);
  const two = progress.begin(other);
  const pacing = { budgetMs: 5, waitMs: 1, stallMs: 1, share: 1, slowedBy: null };
  one.report({ ...telling(2, 20), pacing });
  expect(
    two.report({ ...telling(5, 5), inFlight: [[105, 109]], pacing: { ...pacing, share: 0.5, slowedBy: 'clients' } }),
  ).toMatchObject({
    slotsDone: 7,
    keysDone: 25,
    pacing: { share: 0.5, slowedBy: 'clients' },
    pairs: [
      { slotsDone: 2, inFlight: '2-9' },
      { slotsDone: 5, inFlight: '105-109' },
    ],
  });
  expect(two.rest(10)).toMatchObject({ slotsDone: 12, pairs: [{ inFlight: '2-9' }, { inFlight: '', phase: '' }] });
});
