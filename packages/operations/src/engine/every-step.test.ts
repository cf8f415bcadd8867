import { expect, test } from 'vitest';
import { crashOnce, failStep, fullDiskOnce, repeatEveryStep, type World } from '../../test/every-step.ts';
import { fakeDefinition, fakePlan, fakeStep, fakeWorld } from '../../test/fake-operation.ts';
import { hastyClock } from '../../test/hasty-clock.ts';
import type { Death } from '../../test/life.ts';

const steps = ['a', 'b', 'c', 'd'];

function newWorld(): World {
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
      return { ...definition, settle: (context) => life.act(() => definition.settle(context)) };
    },
    async check(view) {
      expect([...fake.open]).toEqual([]);
      const wanted = view.status === 'succeeded' ? steps : steps.slice(0, fake.written.length);
      expect(fake.written).toEqual(wanted);
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
