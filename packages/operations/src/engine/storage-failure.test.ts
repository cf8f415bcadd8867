import { expect, test } from 'vitest';
import { createHandClock } from '@slotdeck/testkit/hand-clock';
import { clusterId, fakeDefinition, fakePlan, fakeStep, fakeWorld, operationId } from '../../test/fake-operation.ts';
import { gate } from '../../test/gate.ts';
import { JournalError, type OperationJournal } from './journal.ts';
import { createMemoryStore } from './memory-journal.ts';
import { createRunner } from './operations-runner.ts';

const plan = fakePlan(['a', 'b', 'c'].map((id) => fakeStep(id)));

function setUp() {
  const clock = createHandClock();
  const store = createMemoryStore({ clock });
  const world = fakeWorld();
  const disk = { isFull: false };
  const onlyWithRoom = <T>(work: () => T): T => {
    if (disk.isFull) throw new JournalError('storage-full', { path: '/data' });
    return work();
  };
  const journal: OperationJournal = {
    ...store.journal,
    create: (...args) => onlyWithRoom(() => store.journal.create(...args)),
    append: (...args) => onlyWithRoom(() => store.journal.append(...args)),
    appendTranscript: (...args) => onlyWithRoom(() => store.journal.appendTranscript(...args)),
  };
  const newRunner = () =>
    createRunner({
      journal,
      leases: store.leases,
      clock,
      definitions: [fakeDefinition(world)],
      holder: 'test',
      onFault: (error) => {
        throw error;
      },
    });
  return { clock, store, world, disk, newRunner, runner: newRunner() };
}

test('an operation that cannot be written down is not started, and its cluster stays free', async () => {
  const { runner, disk, world } = setUp();
  disk.isFull = true;
  expect(() => runner.start({ id: operationId, plan, by: 'ada' })).toThrow(JournalError);
  expect(runner.heldBy(clusterId)).toBeNull();
  expect(runner.state(operationId)).toBeNull();
  disk.isFull = false;
  expect(runner.start({ id: operationId, plan, by: 'ada' }).ok).toBe(true);
  await runner.rested(operationId);
  expect(world.written).toEqual(['a', 'b', 'c']);
});

test('a full disk stops the operation at once, the view says why, and a resume goes on when there is room again', async () => {
  const { runner, disk, world, store } = setUp();
  world.hook = async (step, moment) => {
    if (step === 'b' && moment === 'begin') disk.isFull = true;
    return null;
  };
  runner.start({ id: operationId, plan, by: 'ada' });
  await runner.rested(operationId);
  expect(runner.state(operationId)?.view).toMatchObject({ status: 'paused', problem: { code: 'storage-full' } });
  expect(world.written).toEqual(['a', 'b']);

  expect(() => runner.resume(operationId, 'ada')).toThrow(JournalError);
  expect(runner.state(operationId)?.view.status).toBe('paused');

  disk.isFull = false;
  world.hook = async () => null;
  expect(runner.resume(operationId, 'ada')).toEqual({ ok: true, status: 'running' });
  await runner.rested(operationId);
  expect(runner.state(operationId)?.view.status).toBe('succeeded');
  expect(store.journal.events(operationId).map((event) => event.type)).toContain('note');
});

test('what a full disk stopped can be cancelled when there is room again', async () => {
  const { runner, disk, world } = setUp();
  world.hook = async (step, moment) => {
    if (step === 'b' && moment === 'begin') disk.isFull = true;
    return null;
  };
  runner.start({ id: operationId, plan, by: 'ada' });
  await runner.rested(operationId);
  disk.isFull = false;
  runner.cancel(operationId, 'bob');
  await runner.rested(operationId);
  expect(runner.state(operationId)?.view.status).toBe('cancelled');
  expect([...world.open]).toEqual([]);
});

test('a disk that is full when the process starts leaves the operation to be resumed by a person', async () => {
  const { runner, disk, world, newRunner } = setUp();
  const [atB, never] = [gate(), gate()];
  world.hook = async (step, moment) => {
    if (step !== 'b' || moment !== 'begin') return null;
    atB.open();
    await never.opened;
    return null;
  };
  runner.start({ id: operationId, plan, by: 'ada' });
  await atB.opened;
  disk.isFull = true;
  world.hook = async () => null;
  const next = newRunner();
  next.takeOver();
  await next.rested(operationId);
  expect(next.state(operationId)?.view).toMatchObject({ status: 'paused', problem: { code: 'storage-full' } });
  disk.isFull = false;
  next.resume(operationId, 'ada');
  await next.rested(operationId);
  expect(next.state(operationId)?.view.status).toBe('succeeded');
});

test('a process whose operation was taken over by another one writes nothing more and says so', async () => {
  const { runner, world, newRunner, store } = setUp();
  const [atB, goOn] = [gate(), gate()];
  world.hook = async (step, moment) => {
    if (step !== 'b' || moment !== 'begin') return null;
    atB.open();
    await goOn.opened;
    return null;
  };
  runner.start({ id: operationId, plan, by: 'ada' });
  await atB.opened;
  world.hook = async () => null;
  const other = newRunner();
  other.takeOver();
  await other.rested(operationId);
  const events = store.journal.events(operationId).length;
  goOn.open();
  await runner.rested(operationId);
  expect(runner.state(operationId)?.view).toMatchObject({ status: 'paused', problem: { code: 'fenced' } });
  expect(runner.resume(operationId, 'ada')).toMatchObject({ ok: false, code: 'not-in-this-status' });
  expect(store.journal.events(operationId)).toHaveLength(events);
  expect(other.state(operationId)?.view.status).toBe('succeeded');
});
