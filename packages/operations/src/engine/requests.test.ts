import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isEnded, nextStatus, type OperationStatus } from '@slotdeck/model/operation';
import { foldAll } from '@slotdeck/model/operation-view';
import { createHandClock } from '@slotdeck/testkit/hand-clock';
import { clusterId, fakeDefinition, fakePlan, fakeStep, fakeWorld, operationId } from '../../test/fake-operation.ts';
import { createMemoryStore } from './memory-journal.ts';
import { createRunner, type ControlResult, type OperationsRunner } from './operations-runner.ts';

const plan = fakePlan(['a', 'b', 'c', 'd'].map((id) => fakeStep(id)));

type Deed =
  | { readonly kind: 'ask'; readonly what: 'pause' | 'resume' | 'cancel' }
  /** Lets the step that waits go on to its next moment. */
  | { readonly kind: 'let-go' }
  | { readonly kind: 'step-fails' }
  | { readonly kind: 'person-needed' }
  | { readonly kind: 'time-passes' }
  | { readonly kind: 'crash' };

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Deed>({ kind: 'let-go' }) },
  { weight: 4, arbitrary: fc.constantFrom('pause', 'resume', 'cancel').map((what): Deed => ({ kind: 'ask', what })) },
  fc.constantFrom<Deed>({ kind: 'step-fails' }, { kind: 'person-needed' }, { kind: 'time-passes' }, { kind: 'crash' }),
);

/** An operation in which every moment of every step waits for the test. */
function setUp() {
  const clock = createHandClock();
  const store = createMemoryStore({ clock });
  const world = fakeWorld();
  const problem = { code: 'made-to-fail', message: 'made to fail', facts: {} };
  let waiting: ((outcome: 'go-on' | 'step-fails' | 'person-needed') => void)[] = [];
  let stopsWaiting = false;

  function newRunner(): OperationsRunner {
    // A world of its own: what the old process still waits for never comes.
    waiting = [];
    world.hook = async () => {
      if (stopsWaiting) return null;
      const outcome = await new Promise<'go-on' | 'step-fails' | 'person-needed'>((resolve) => waiting.push(resolve));
      if (outcome === 'go-on') return null;
      return outcome === 'step-fails' ? { kind: 'retry', problem } : { kind: 'needs-a-person', problem };
    };
    return createRunner({
      ...store,
      clock,
      definitions: [fakeDefinition(world)],
      holder: 'test',
      onFault: (error) => {
        throw error;
      },
    });
  }

  return {
    clock,
    store,
    world,
    newRunner,
    release: (outcome: 'go-on' | 'step-fails' | 'person-needed') => waiting.shift()?.(outcome),
    letAllGo() {
      stopsWaiting = true;
      for (const each of waiting.splice(0)) each('go-on');
    },
  };
}

function statusOf(runner: OperationsRunner): OperationStatus {
  const view = runner.state(operationId)?.view;
  if (view === undefined) throw new Error('the operation is gone');
  return view.status;
}

/** What the table of the model lets a request lead to, read independently of the runner. */
function expected(status: OperationStatus, what: 'pause' | 'resume' | 'cancel'): OperationStatus | null {
  const already: Record<typeof what, OperationStatus[]> = {
    pause: ['pausing', 'paused'],
    resume: ['queued', 'running'],
    cancel: ['cancelling', 'cancelled'],
  };
  return already[what].includes(status) ? status : nextStatus(status, `${what}-asked`);
}

test('whatever is asked, fails or crashes in whatever order: the table is kept, replay agrees, and nothing stays open', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { maxLength: 40 }), async (deeds) => {
      const given = setUp();
      let runner = given.newRunner();
      runner.start({ id: operationId, plan, by: 'ada' });
      const surprises: unknown[] = [];
      for (const each of deeds) {
        await given.clock.advance(0);
        const before = statusOf(runner);
        if (each.kind === 'ask') {
          const result: ControlResult = runner[each.what](operationId, 'bob');
          const follows = expected(before, each.what);
          const wanted: ControlResult =
            follows === null
              ? { ok: false, code: 'not-in-this-status', status: before }
              : { ok: true, status: follows };
          if (!isDeepStrictEqual(result, wanted)) surprises.push({ before, asked: each.what, result });
        } else if (each.kind === 'let-go') given.release('go-on');
        else if (each.kind === 'time-passes') await given.clock.advance(10_000);
        else if (each.kind === 'crash') {
          runner = given.newRunner();
          runner.takeOver();
        } else given.release(each.kind);
        expect(foldAll(given.store.journal.events(operationId)).status).toBe(statusOf(runner));
      }
      expect(surprises).toEqual([]);
      given.letAllGo();
      await given.clock.advance(60_000);
      if (statusOf(runner) === 'paused') runner.resume(operationId, 'ada');
      await given.clock.advance(60_000);
      expect(isEnded(statusOf(runner))).toBe(true);
      expect([...given.world.open]).toEqual([]);
      expect(runner.heldBy(clusterId)).toBeNull();
      expect(foldAll(given.store.journal.events(operationId))).toEqual(runner.state(operationId)?.view);
    }),
    { numRuns: 300 },
  );
});

test('a second click on pause, resume or cancel finds what the first one asked for and writes nothing', async () => {
  const { newRunner, store, clock } = setUp();
  const runner = newRunner();
  runner.start({ id: operationId, plan, by: 'ada' });
  await clock.advance(0);
  for (const what of ['pause', 'resume', 'cancel'] as const) {
    const first = runner[what](operationId, 'ada');
    const written = store.journal.events(operationId).length;
    expect(runner[what](operationId, 'bob')).toEqual(first);
    expect(store.journal.events(operationId)).toHaveLength(written);
  }
  expect(runner.pause(operationId, 'ada')).toEqual({ ok: false, code: 'not-in-this-status', status: 'cancelling' });
});

test('what was paused before it began starts with its resume, and can be cancelled without having begun', async () => {
  const { newRunner, clock, letAllGo, world } = setUp();
  const runner = newRunner();
  runner.start({ id: operationId, plan, by: 'ada' });
  expect(runner.pause(operationId, 'ada')).toEqual({ ok: true, status: 'paused' });
  await clock.advance(0);
  expect(world.written).toEqual([]);
  expect(runner.cancel(operationId, 'ada')).toEqual({ ok: true, status: 'cancelling' });
  letAllGo();
  await runner.rested(operationId);
  expect(statusOf(runner)).toBe('cancelled');
  expect(world.written).toEqual([]);
});

test('the pace can be changed while it runs, and the next look of a step sees it', async () => {
  const { newRunner, clock, letAllGo, world } = setUp();
  const paces: string[] = [];
  const runner = newRunner();
  runner.start({ id: operationId, plan, by: 'ada', pace: 'gentle' });
  await clock.advance(0);
  const waiting = world.hook;
  world.hook = (step, moment, context) => {
    paces.push(context.pace());
    return waiting(step, moment, context);
  };
  expect(runner.setPace(operationId, 'fast', 'bob')).toEqual({ ok: true, status: 'running' });
  letAllGo();
  await runner.rested(operationId);
  expect(new Set(paces)).toEqual(new Set(['fast']));
  expect(runner.setPace(operationId, 'gentle', 'bob')).toMatchObject({ ok: false, code: 'not-in-this-status' });
});
