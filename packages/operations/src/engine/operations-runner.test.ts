import { expect, test } from 'vitest';
import { OperationId } from '@slotdeck/model/ids';
import { foldAll } from '@slotdeck/model/operation-view';
import { createHandClock } from '@slotdeck/testkit/hand-clock';
import { clusterId, fakeDefinition, fakePlan, fakeStep, fakeWorld, operationId } from '../../test/fake-operation.ts';
import { gate } from '../../test/gate.ts';
import type { StepOutcome } from './define-operation.ts';
import type { OperationNewsFor } from './live-operation.ts';
import { createMemoryStore } from './memory-journal.ts';
import { createRunner } from './operations-runner.ts';

const plan = fakePlan(['a', 'b', 'c'].map((id) => fakeStep(id)));

function setUp() {
  const clock = createHandClock();
  const store = createMemoryStore({ clock });
  const world = fakeWorld();
  const faults: unknown[] = [];
  const newRunner = () =>
    createRunner({
      ...store,
      clock,
      definitions: [fakeDefinition(world)],
      holder: 'test',
      onFault: (error) => faults.push(error),
    });
  return { clock, store, world, faults, newRunner, runner: newRunner() };
}

test('an operation runs its steps in order, succeeds and frees its cluster', async () => {
  const { runner, world, store } = setUp();
  expect(runner.start({ id: operationId, plan, by: 'ada' })).toMatchObject({ ok: true, status: 'queued' });
  expect(runner.heldBy(clusterId)).toBe(operationId);
  await runner.rested(operationId);
  expect(runner.state(operationId)?.view.status).toBe('succeeded');
  expect(world.written).toEqual(['a', 'b', 'c']);
  expect(store.leases.current(clusterId)).toBeNull();
});

test('a second operation on a cluster that is being changed is refused with the one that runs', async () => {
  const { runner } = setUp();
  runner.start({ id: operationId, plan, by: 'ada' });
  const second = runner.start({ id: OperationId.parse('op-second'), plan, by: 'bob' });
  expect(second).toEqual({ ok: false, code: 'cluster-busy', heldBy: operationId });
  await runner.rested(operationId);
  const third = OperationId.parse('op-third');
  expect(runner.start({ id: third, plan, by: 'bob' })).toMatchObject({ ok: true });
  await runner.rested(third);
});

test('a pause lets the step at work end, starts no other, and a resume goes on from there', async () => {
  const { runner, world } = setUp();
  const [atB, goOn] = [gate(), gate()];
  world.hook = async (step, moment) => {
    if (step === 'b' && moment === 'begin') {
      atB.open();
      await goOn.opened;
    }
    return null;
  };
  runner.start({ id: operationId, plan, by: 'ada' });
  await atB.opened;
  expect(runner.pause(operationId, 'bob')).toEqual({ ok: true, status: 'pausing' });
  expect(runner.pause(operationId, 'bob')).toEqual({ ok: true, status: 'pausing' });
  goOn.open();
  await runner.rested(operationId);
  expect(runner.state(operationId)?.view).toMatchObject({ status: 'paused', askedBy: 'bob' });
  expect(world.written).toEqual(['a', 'b']);
  expect(runner.heldBy(clusterId)).toBe(operationId);
  expect(runner.resume(operationId, 'ada')).toEqual({ ok: true, status: 'running' });
  await runner.rested(operationId);
  expect(world.written).toEqual(['a', 'b', 'c']);
});

test('whoever listens hears each event after it was written, and folds the same view', async () => {
  const { runner, store } = setUp();
  const heard: OperationNewsFor[] = [];
  const unwritten: OperationNewsFor[] = [];
  runner.subscribe((news) => {
    heard.push(news);
    if (news.type === 'event' && store.journal.events(operationId).at(news.event.index) === undefined)
      unwritten.push(news);
  });
  runner.start({ id: operationId, plan, by: 'ada' });
  await runner.rested(operationId);
  const events = heard.flatMap((news) => (news.type === 'event' ? [news.event] : []));
  expect(unwritten).toEqual([]);
  expect(foldAll(events)).toEqual(runner.state(operationId)?.view);
});

test('a listener that asks for a pause while it is told of a step is heard, and all hear everything in order', async () => {
  const { runner, store } = setUp();
  const heard: number[] = [];
  runner.subscribe((news) => {
    if (news.type === 'event' && news.event.type === 'step-started' && news.event.step === 'b')
      runner.pause(operationId, 'eager');
  });
  runner.subscribe((news) => {
    if (news.type === 'event') heard.push(news.event.index);
  });
  runner.start({ id: operationId, plan, by: 'ada' });
  await runner.rested(operationId);
  expect(runner.state(operationId)?.view.status).toBe('paused');
  expect(heard).toEqual(store.journal.events(operationId).map((event) => event.index));
});

test('a listener that throws does not stop the operation and is reported', async () => {
  const { runner, faults } = setUp();
  runner.subscribe(() => {
    throw new Error('listener broke');
  });
  runner.start({ id: operationId, plan, by: 'ada' });
  await runner.rested(operationId);
  expect(runner.state(operationId)?.view.status).toBe('succeeded');
  expect(faults.length).toBeGreaterThan(0);
});

test('a step that fails is tried again after a growing wait, and a person is asked when that does not help', async () => {
  const { runner, world, clock } = setUp();
  const failure: StepOutcome = { kind: 'retry', problem: { code: 'no-answer', message: 'no answer', facts: {} } };
  let fails = true;
  world.hook = async (step, moment) => (step === 'b' && moment === 'look' && fails ? failure : null);
  runner.start({ id: operationId, plan, by: 'ada' });
  await clock.advance(100);
  expect(runner.state(operationId)?.view.steps[1]).toMatchObject({ state: 'retrying', problem: { code: 'no-answer' } });
  clock.jump(-86_400_000);
  await clock.advance(60_000);
  await runner.rested(operationId);
  expect(runner.state(operationId)?.view).toMatchObject({ status: 'paused', problem: { code: 'no-answer' } });
  const waits = runner.state(operationId)?.view.steps[1]?.attempt;
  expect(waits).toBe(6);
  fails = false;
  runner.resume(operationId, 'ada');
  await runner.rested(operationId);
  expect(runner.state(operationId)?.view.status).toBe('succeeded');
});
