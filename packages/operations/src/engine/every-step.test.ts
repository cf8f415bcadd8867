import { describe, expect, test, vi } from 'vitest';
import { crashOnce, failStep, fullDiskOnce, repeatEveryStep, type World } from '../../test/every-step.ts';
import { fakeDefinition, fakePlan, fakeStep, fakeWorld, operationId } from '../../test/fake-operation.ts';
import { hastyClock } from '../../test/hasty-clock.ts';
import type { Death } from '../../test/life.ts';
import type { OperationDefinition } from './define-operation.ts';
import { createMemoryStore } from './memory-journal.ts';
import { createRunner } from './operations-runner.ts';

const steps = ['a', 'b', 'c', 'd'];

/** All that wait may begin at once. */
const abreast: OperationDefinition['beside'] = (waiting) => waiting[0] ?? null;

function newWorld(beside?: OperationDefinition['beside']): World {
  let fake = fakeWorld();
  return {
    clock: hastyClock(),
    async nextPlan() {
      fake = fakeWorld();
      return fakePlan(steps.map((id) => fakeStep(id)));
    },
    definition: (life) => {
      const { hook } = fake;
      const definition = fakeDefinition({ ...fake, hook: (...args) => life.act(() => hook(...args)) });
      return {
        ...definition,
        ...(beside === undefined ? {} : { beside }),
        settle: (context) => life.act(() => definition.settle(context)),
      };
    },
    async check(view) {
      expect([...fake.open]).toEqual([]);
      const wanted = view.status === 'succeeded' ? steps : steps.slice(0, fake.written.length);
      // Abreast they come in any order; each is written once all the same.
      const inOrder = beside === undefined ? fake.written : fake.written.toSorted();
      expect(inOrder).toEqual(view.status === 'succeeded' || beside === undefined ? wanted : inOrder);
      expect(new Set(fake.written).size).toBe(fake.written.length);
    },
  };
}

test('every step may be done twice', async () => {
  expect((await repeatEveryStep(newWorld())).status).toBe('succeeded');
});

test.each(['before-it-acts', 'after-it-acted', 'throws'] as const)('every step may fail once (%s)', async (failure) => {
  const world = newWorld();
  for (const position of steps.keys()) expect((await failStep(world, position, failure)).status).toBe('succeeded');
});

const deaths: Omit<Death, 'count'>[] = [
  { by: 'write', moment: 'before' },
  { by: 'write', moment: 'after' },
  { by: 'act', moment: 'before' },
  { by: 'act', moment: 'after' },
];

test.each(deaths)('the process may be killed $moment every $by, and the next one finishes', async (death) => {
  const world = newWorld();
  let count = 1;
  for (; ; count += 1) {
    const { view, life } = await crashOnce(world, { ...death, count });
    expect(view.status).toBe('succeeded');
    if (!life.isOver) break;
  }
  expect(count).toBeGreaterThan(steps.length);
});

test.each(deaths)('what was killed $moment a $by can be cancelled, and nothing is left open', async (death) => {
  const world = newWorld();
  for (let count = 2; ; count += 1) {
    const { view, life } = await crashOnce(world, { ...death, count }, (runner, id) => runner.cancel(id, 'test'));
    if (!life.isOver) break;
    expect(['cancelled', 'succeeded']).toContain(view.status);
  }
});

test('the disk may be full at any write, and a resume goes on when there is room again', async () => {
  const world = newWorld();
  let tried = 0;
  for (let view = await fullDiskOnce(world, 1); view !== null; view = await fullDiskOnce(world, tried + 1)) {
    expect(view.status).toBe('succeeded');
    tried += 1;
  }
  expect(tried).toBeGreaterThan(2 * steps.length);
});

describe('with steps side by side', () => {
  test('every step may be done twice', async () => {
    expect((await repeatEveryStep(newWorld(abreast))).status).toBe('succeeded');
  });

  test.each(['before-it-acts', 'after-it-acted', 'throws'] as const)(
    'every step may fail once (%s)',
    async (failure) => {
      const world = newWorld(abreast);
      for (const position of steps.keys()) expect((await failStep(world, position, failure)).status).toBe('succeeded');
    },
  );

  test.each(deaths)('the process may be killed $moment every $by, and the next one finishes', async (death) => {
    const world = newWorld(abreast);
    let count = 1;
    for (; ; count += 1) {
      const { view, life } = await crashOnce(world, { ...death, count });
      expect(view.status).toBe('succeeded');
      if (!life.isOver) break;
    }
    expect(count).toBeGreaterThan(steps.length);
  });

  test.each(deaths)('what was killed $moment a $by can be cancelled, and nothing is left open', async (death) => {
    const world = newWorld(abreast);
    for (let count = 2; ; count += 1) {
      const { view, life } = await crashOnce(world, { ...death, count }, (runner, id) => runner.cancel(id, 'test'));
      if (!life.isOver) break;
      expect(['cancelled', 'succeeded']).toContain(view.status);
    }
  });

  test.each(deaths)(
    'what was killed $moment a $by and paused comes to rest with nothing begun left open',
    async (death) => {
      const world = newWorld(abreast);
      for (let count = 2; ; count += 1) {
        const { view, life } = await crashOnce(world, { ...death, count }, (runner, id) => runner.pause(id, 'test'));
        if (!life.isOver) break;
        expect(['paused', 'succeeded']).toContain(view.status);
      }
    },
  );

  test('the disk may be full at any write, and a resume goes on when there is room again', async () => {
    const world = newWorld(abreast);
    let tried = 0;
    for (let view = await fullDiskOnce(world, 1); view !== null; view = await fullDiskOnce(world, tried + 1)) {
      expect(view.status).toBe('succeeded');
      tried += 1;
    }
    expect(tried).toBeGreaterThan(2 * steps.length);
  });

  test('one that needs a person lets the others come to rest, begins no more, and then pauses', async () => {
    const fake = fakeWorld();
    const atWork: string[] = [];
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const told: string[] = [];
    fake.hook = async (step, moment, context) => {
      if (moment === 'begin') atWork.push(step);
      if (moment === 'begin' && step === 'a') {
        await held;
        told.push(`a is asked to ${context.asked()}`);
      }
      if (moment === 'begin' && step === 'b')
        return { kind: 'needs-a-person', problem: { code: 'b-is-stuck', message: 'b is stuck', facts: {} } };
      return null;
    };
    const store = createMemoryStore({ clock: hastyClock() });
    const pairs: OperationDefinition['beside'] = (waiting, busy) => (busy.length < 2 ? (waiting[0] ?? null) : null);
    const runner = createRunner({
      ...store,
      definitions: [{ ...fakeDefinition(fake), beside: pairs }],
      clock: hastyClock(),
      holder: 'test',
      onFault: (error) => {
        throw error;
      },
    });
    runner.start({ id: operationId, plan: fakePlan(steps.map((id) => fakeStep(id))), by: 'test' });
    await vi.waitFor(() => expect(atWork).toEqual(['a', 'b']));
    expect(runner.state(operationId)?.view.status).toBe('running');
    release();
    await runner.rested(operationId);
    expect(told).toEqual(['a is asked to pause']);
    const view = runner.state(operationId)?.view;
    expect(view).toMatchObject({ status: 'paused', problem: { code: 'b-is-stuck' } });
    expect(view?.steps.map(({ state }) => state)).toEqual(['done', 'failed', 'waiting', 'waiting']);
    fake.hook = async () => null;
    runner.resume(operationId, 'test');
    await runner.rested(operationId);
    expect(runner.state(operationId)?.view.status).toBe('succeeded');
    expect(fake.written.toSorted()).toEqual(steps);
  });
});
