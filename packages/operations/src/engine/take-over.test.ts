import { expect, test } from 'vitest';
import { OperationId } from '@slotdeck/model/ids';
import type { OperationEvent } from '@slotdeck/model/operation-events';
import { createHandClock } from '@slotdeck/testkit/hand-clock';
import { clusterId, fakeDefinition, fakePlan, fakeStep, fakeWorld, operationId } from '../../test/fake-operation.ts';
import { gate } from '../../test/gate.ts';
import type { OperationDefinition } from './define-operation.ts';
import { createMemoryStore } from './memory-journal.ts';
import { createRunner } from './operations-runner.ts';

const plan = fakePlan(['a', 'b', 'c'].map((id) => fakeStep(id)));

function setUp() {
  const clock = createHandClock();
  const store = createMemoryStore({ clock });
  const world = fakeWorld();
  const newRunner = (change: Partial<OperationDefinition> = {}) =>
    createRunner({
      ...store,
      clock,
      definitions: [{ ...fakeDefinition(world), ...change }],
      holder: 'test',
      onFault: (error) => {
        throw error;
      },
    });
  return { clock, store, world, newRunner, runner: newRunner() };
}

/** Runs until step b is half done and stays there. */
async function halfway(given: ReturnType<typeof setUp>): Promise<void> {
  const [atB, never] = [gate(), gate()];
  given.world.hook = async (step, moment) => {
    if (step !== 'b' || moment !== 'begin') return null;
    atB.open();
    await never.opened;
    return null;
  };
  given.runner.start({ id: operationId, plan, by: 'ada' });
  await atB.opened;
  given.world.hook = async () => null;
}

test('what ran when the process ended is compared with the cluster and carried on by the next process', async () => {
  const given = setUp();
  await halfway(given);
  const next = given.newRunner();
  expect(next.takeOver()).toEqual({ taken: [operationId], impossible: [] });
  await next.rested(operationId);
  const view = next.state(operationId)?.view;
  expect(view?.status).toBe('succeeded');
  expect(view?.takenOverAt).not.toBeNull();
  expect(view?.notes.map((note) => note.code)).toEqual(['reconciled']);
});

test('what does not fit the cluster any more waits for a person after a restart', async () => {
  const given = setUp();
  await halfway(given);
  const problem = { code: 'owner-unknown', message: 'nobody owns it', facts: {} };
  const next = given.newRunner({ reconcile: async () => ({ kind: 'pause', problem }) });
  next.takeOver();
  await next.rested(operationId);
  expect(next.state(operationId)?.view).toMatchObject({ status: 'paused', problem });
  expect(given.world.written).toEqual(['a']);
});

test('a pause that was asked before the process ended lets the next one bring to rest what was in flight, and no more', async () => {
  const given = setUp();
  await halfway(given);
  given.runner.pause(operationId, 'bob');
  const next = given.newRunner();
  next.takeOver();
  await next.rested(operationId);
  expect(next.state(operationId)?.view.status).toBe('paused');
  expect([...given.world.open]).toEqual([]);
  expect(given.world.written).toEqual(['a', 'b']);
});

test('what was paused stays paused after a restart and keeps its cluster', async () => {
  const given = setUp();
  await halfway(given);
  const first = given.newRunner();
  first.takeOver();
  first.pause(operationId, 'bob');
  await first.rested(operationId);
  expect(first.state(operationId)?.view.status).toBe('paused');
  const next = given.newRunner();
  next.takeOver();
  await next.rested(operationId);
  expect(next.state(operationId)?.view.status).toBe('paused');
  expect(next.start({ id: OperationId.parse('op-other'), plan, by: 'eve' })).toMatchObject({ heldBy: operationId });
  next.resume(operationId, 'ada');
  await next.rested(operationId);
  expect(next.state(operationId)?.view.status).toBe('succeeded');
});

test('a cancel that was asked before the process ended is carried out by the next one', async () => {
  const given = setUp();
  await halfway(given);
  given.runner.cancel(operationId, 'bob');
  const next = given.newRunner();
  next.takeOver();
  await next.rested(operationId);
  expect(next.state(operationId)?.view.status).toBe('cancelled');
  expect([...given.world.open]).toEqual([]);
  expect(given.store.leases.current(clusterId)).toBeNull();
});

test('a process that ends gracefully stops at a safe point, and the next one goes on as if nothing was', async () => {
  const given = setUp();
  const [atB, goOn] = [gate(), gate()];
  given.world.hook = async (step, moment) => {
    if (step !== 'b' || moment !== 'begin') return null;
    atB.open();
    await goOn.opened;
    return null;
  };
  given.runner.start({ id: operationId, plan, by: 'ada' });
  await atB.opened;
  goOn.open();
  expect(await given.runner.shutdown({ withinMs: 1_000 })).toEqual({ stillAtWork: [] });
  expect(given.store.journal.events(operationId).filter((event) => event.type === 'status')).toHaveLength(1);
  expect(given.world.written).toEqual(['a', 'b']);
  const next = given.newRunner();
  next.takeOver();
  await next.rested(operationId);
  expect(next.state(operationId)?.view.status).toBe('succeeded');
});

test('a process that is told to end does not wait for ever for a step that hangs', async () => {
  const given = setUp();
  await halfway(given);
  const ending = given.runner.shutdown({ withinMs: 1_000 });
  await given.clock.advance(1_000);
  expect(await ending).toEqual({ stillAtWork: [operationId] });
  expect(given.runner.pause(operationId, 'ada')).toEqual({ ok: false, code: 'shutting-down' });
});

test('a journal that tells the impossible is shown as failed, is left as it is, and its cluster is freed', async () => {
  const given = setUp();
  await halfway(given);
  const events = given.store.journal.events(operationId);
  const damaged: OperationEvent[] = events.filter((event) => event.index !== 2);
  const journal = { ...given.store.journal, events: (id: OperationId) => (id === operationId ? damaged : []) };
  const next = createRunner({
    journal,
    leases: given.store.leases,
    clock: given.clock,
    definitions: [fakeDefinition(given.world)],
    holder: 'test',
    onFault: (error) => {
      throw error;
    },
  });
  expect(next.takeOver()).toEqual({ taken: [], impossible: [operationId] });
  expect(next.state(operationId)?.view).toMatchObject({ status: 'failed', problem: { code: 'impossible-history' } });
  expect(next.heldBy(clusterId)).toBeNull();
  expect(given.store.journal.events(operationId)).toEqual(events);
});

test('a cluster held by an operation that has ended is freed at the next start', async () => {
  const given = setUp();
  given.runner.start({ id: operationId, plan, by: 'ada' });
  await given.runner.rested(operationId);
  given.store.leases.take({ clusterId, operationId, holder: 'died before it let go' });
  const next = given.newRunner();
  next.takeOver();
  expect(next.heldBy(clusterId)).toBeNull();
});
