import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { planDrain } from '@slotdeck/cluster/plan/drain';
import { planRebalance } from '@slotdeck/cluster/plan/rebalance';
import { NodeId, OperationId } from '@slotdeck/model/ids';
import { isBlocked, type Plan } from '@slotdeck/model/plan';
import { countSlots } from '@slotdeck/model/slot-ranges';
import { findNode } from '@slotdeck/model/topology';
import { expectNoLeaks } from '@slotdeck/testkit/leaks';
import { startCluster, type RealCluster } from '@slotdeck/testkit/real-cluster';
import { moveSlotsOperation } from '../src/catalog/move-slots.ts';
import { createMemoryStore } from '../src/engine/memory-journal.ts';
import { createRunner } from '../src/engine/operations-runner.ts';
import { crashOnce, failStep, repeatEveryStep, type World } from './every-step.ts';
import { checkMoved, clock, inBatchesOf, openMoveLab, type MoveLab } from './move-lab.ts';

const SLOTS = 6;
const KEYS = 60;
let cluster: RealCluster;
let lab: MoveLab;
let world: World;

/** The third primary has six slots; they go away by a drain and come back by a rebalance with fitting weights, in turn. */
beforeAll(async () => {
  cluster = await startCluster({ config: { 'cluster-allow-replica-migration': 'no' } });
  lab = openMoveLab(cluster);
  const [first, , third] = cluster.primaries().map((node) => NodeId.parse(node.id));
  if (first === undefined || third === undefined) throw new Error('a cluster without three primaries');
  await run(await lab.plan({ slots: `10923-${16_383 - SLOTS}`, to: [first] }));
  await cluster.fillKeys({ count: KEYS, valueBytes: 50, slots: [[16_384 - SLOTS, 16_383]] });
  let kind: 'drain' | 'rebalance' = 'drain';
  world = {
    clock,
    async nextPlan() {
      const input = await lab.input();
      const holds = (id: NodeId): number => countSlots(findNode(input.topology, id)?.slots ?? []);
      kind = holds(third) > 0 ? 'drain' : 'rebalance';
      const plan =
        kind === 'drain'
          ? planDrain({ ...input, params: { node: third, to: [first] } })
          : planRebalance({ ...input, params: backTo(third, first, holds) });
      if (isBlocked(plan)) throw new Error(`the plan is blocked: ${JSON.stringify(plan.problems)}`);
      return inBatchesOf(2, plan);
    },
    definition: (life) => lab.define(life, (findCluster) => moveSlotsOperation({ findCluster, kind })),
    check: (view, plan) => checkMoved(cluster, lab, { view, plan, keys: KEYS }),
  };
});

/** Weights in slots, so that the third primary gets exactly its six again. */
function backTo(third: NodeId, first: NodeId, holds: (id: NodeId) => number) {
  const weights = Object.fromEntries(cluster.primaries().map(({ id }) => [id, holds(NodeId.parse(id))]));
  weights[first] = (weights[first] ?? 0) - SLOTS;
  weights[third] = SLOTS;
  return { by: 'slots' as const, weights, useEmpty: false, threshold: 0 };
}

async function run(plan: Plan): Promise<void> {
  const store = createMemoryStore({ clock });
  const runner = createRunner({
    ...store,
    definitions: [lab.definition()],
    clock,
    holder: 'rebalance test',
    onFault: (error) => {
      throw error;
    },
  });
  const id = OperationId.parse('op-prepare');
  runner.start({ id, plan, by: 'test', pace: 'fast' });
  await runner.rested(id);
  expect(runner.state(id)?.view).toMatchObject({ status: 'succeeded' });
}

afterAll(async () => {
  await lab.close();
  await cluster.shutdown();
  await expectNoLeaks();
});

test('every step of a drain and of a rebalance may be done twice', async () => {
  expect((await repeatEveryStep(world)).status).toBe('succeeded');
  expect((await repeatEveryStep(world)).status).toBe('succeeded');
});

test.each(['before-it-acts', 'after-it-acted', 'throws'] as const)(
  'every step of a drain and of a rebalance may fail once (%s)',
  async (failure) => {
    for (let position = 0; position < 5; position += 1)
      expect((await failStep(world, position, failure)).status).toBe('succeeded');
  },
);

test.each(['before', 'after'] as const)(
  'the process may be killed %s every tenth command of a drain or rebalance',
  async (moment) => {
    for (let count = 1; ; count += 10) {
      const { view, life } = await crashOnce(world, { by: 'act', moment, count });
      expect(view.status).toBe('succeeded');
      if (!life.isOver) break;
    }
  },
);

test('neither is planned while a primary that would take part gives no answer', async () => {
  const [first, second, third] = cluster.primaries();
  if (first === undefined || second === undefined || third === undefined) throw new Error('too few primaries');
  second.pause();
  try {
    const input = await lab.input();
    const codes = (plan: Plan): string[] => plan.problems.map((problem) => problem.code);
    const rebalance = planRebalance({ ...input, params: { by: 'slots', weights: {}, useEmpty: true, threshold: 2 } });
    const drain = planDrain({ ...input, params: { node: first.id, to: [second.id] } });
    for (const plan of [rebalance, drain]) {
      expect(isBlocked(plan)).toBe(true);
      expect(codes(plan)).toEqual(expect.arrayContaining([expect.stringMatching(/^node-(not-answering|failed)$/)]));
    }
  } finally {
    second.resume();
    await cluster.waitForAgreement();
  }
});

test('three primaries become six and three again under writes', { timeout: 400_000 }, async () => {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const { code, told } = await new Promise<{ code: number | string | null; told: string }>((resolve) => {
    execFile(
      process.execPath,
      ['scripts/soak.mjs', 'scale', '--runs', '1', '--slots', '120', '--seed', '2'],
      { cwd: root },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : (error.code ?? null), told: stdout + stderr }),
    );
  });
  expect(told).toContain('1 rounds passed, 0 failed');
  expect(code).toBe(0);
});
