import { setTimeout as wait } from 'node:timers/promises';
import { openConnections } from '@slotdeck/cluster/connection/node-connections';
import type { NodeCalls } from '@slotdeck/cluster/connection/node-calls';
import { mergeViews } from '@slotdeck/cluster/observe/merge-views';
import { createObserver } from '@slotdeck/cluster/observe/observe-cluster';
import { statsFromViews } from '@slotdeck/cluster/observe/stats-from-views';
import { planReshard, type PlanInput } from '@slotdeck/cluster/plan/reshard';
import type { Clock } from '@slotdeck/model/clock';
import { ClusterId, NodeId, PlanId } from '@slotdeck/model/ids';
import type { OperationView } from '@slotdeck/model/operation-view';
import { isBlocked, type Plan } from '@slotdeck/model/plan';
import type { ReshardParams } from '@slotdeck/model/plan-params';
import { countSlots, minusSlots, printSlotRanges, takeSlots, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { findNode, type Topology } from '@slotdeck/model/topology';
import type { RealCluster } from '@slotdeck/testkit/real-cluster';
import type { FindCluster } from '../src/catalog/cluster-to-change.ts';
import { moveSlotsOperation } from '../src/catalog/move-slots.ts';
import type { OperationDefinition } from '../src/engine/define-operation.ts';
import type { PlanSite } from '../src/planning/plan-site.ts';
import type { World } from './every-step.ts';
import { createLife, type Life } from './life.ts';

export const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    await wait(ms, undefined, signal === undefined ? {} : { signal });
  },
};

const clusterId = ClusterId.parse('cl-real');

/** A real cluster with our connections to it, and what a test wants of both. */
export interface MoveLab {
  topology(): Promise<Topology>;
  plan(params: Partial<ReshardParams> & Pick<ReshardParams, 'to'>): Promise<Plan>;
  /** `meddle` may fail, change or follow up calls of the definition. */
  definition(life?: Life, meddle?: (calls: NodeCalls) => NodeCalls): OperationDefinition;
  /** Of any kind: what a process that runs `make` has of the cluster. */
  define<T>(life: Life, make: (findCluster: FindCluster) => T): T;
  input(): Promise<PlanInput>;
  /** For planners that look by themselves. */
  readonly site: PlanSite;
  close(): Promise<void>;
}

let plans = 0;

export function openMoveLab(cluster: RealCluster): MoveLab {
  const connections = openConnections({});
  const seeds = cluster.nodes.map(({ host, port }) => ({ host, port }));
  const observer = createObserver({ calls: connections, clock, seeds });

  async function topology(depth: 'map' | 'full' = 'map'): Promise<Topology> {
    const { views } = await observer.round({ depth });
    return mergeViews(views, { clusterId, previous: null, now: clock.now() });
  }

  async function input(): Promise<PlanInput> {
    plans += 1;
    return {
      planId: PlanId.parse(`pl-lab${plans}`),
      topology: await topology('full'),
      weights: new Map(),
      stats: [],
      pace: 'fast',
      now: clock.now(),
      createdBy: 'test',
      parent: null,
    };
  }

  function define<T>(
    life: Life,
    make: (findCluster: FindCluster) => T,
    meddle: (calls: NodeCalls) => NodeCalls = (each) => each,
  ): T {
    const calls = meddle({
      call: (...args) => life.act(() => connections.call(...args)),
      pipeline: (...args) => life.act(() => connections.pipeline(...args)),
      transaction: (...args) => life.act(() => connections.transaction(...args)),
    });
    // Looks go through an observer of their own: another process knows nothing of what this one has learnt.
    const own = createObserver({ calls, clock, seeds });
    const look = async () => (await own.round({ depth: 'map' })).views;
    return make(() => ({ calls, migrateAuth: null, look }));
  }

  return {
    topology: () => topology(),
    input,
    site: {
      async look() {
        const { views } = await observer.round({ depth: 'full' });
        const seen = mergeViews(views, { clusterId, previous: null, now: clock.now() });
        return { topology: seen, stats: statsFromViews([], views), calls: connections };
      },
    },
    define,
    async plan(params) {
      const plan = planReshard({ ...(await input()), params: { from: ['all'], ...params } });
      if (isBlocked(plan)) throw new Error(`the plan is blocked: ${JSON.stringify(plan.problems)}`);
      return plan;
    },
    definition: (life = createLife(), meddle = (each) => each) =>
      define(life, (findCluster) => moveSlotsOperation({ findCluster }), meddle),
    close: () => connections.close(),
  };
}

/** The same plan in smaller steps, so that few slots make many steps. */
export function inBatchesOf(size: number, plan: Plan): Plan {
  const [check, verify] = [plan.steps.at(0), plan.steps.at(-1)];
  if (check === undefined || verify === undefined) throw new Error('a plan without steps');
  const steps = [check];
  for (const { from, to, slots, driver } of plan.moves) {
    for (let rest: SlotRanges = slots; rest.length > 0;) {
      const part = takeSlots(rest, size);
      rest = minusSlots(rest, part);
      const id = `move-${steps.length}`;
      const title = `Move ${printSlotRanges(part)}`;
      const move = { from, to, slots: part, ...(driver === undefined ? {} : { driver }) };
      steps.push({ ...verify, id, title, component: 'move', onFailure: 'retry', move });
    }
  }
  return { ...plan, steps: [...steps, verify] };
}

/** The slots go to and fro between the first two primaries, in steps of a few. */
export function moveWorld(
  cluster: RealCluster,
  lab: MoveLab,
  { slots, batch, keys, driver }: { slots: string; batch: number; keys: number; driver?: 'atomic' },
): World {
  return {
    clock,
    async nextPlan() {
      const now = await lab.topology();
      const [a, b] = cluster.primaries().map((node) => NodeId.parse(node.id));
      if (a === undefined || b === undefined) throw new Error('two primaries are needed');
      const first = Number.parseInt(slots, 10);
      const atA = findNode(now, a)?.slots.some(([from, to]) => first >= from && first <= to) === true;
      return inBatchesOf(batch, await lab.plan({ slots, to: [atA ? b : a], driver }));
    },
    definition: (life) => lab.definition(life),
    check: (view, plan) => checkMoved(cluster, lab, { view, plan, keys }),
  };
}

export async function checkMoved(
  cluster: RealCluster,
  lab: MoveLab,
  { view, plan, keys }: { view: OperationView; plan: Plan; keys: number },
): Promise<void> {
  // Agreement means: nothing is open, no two nodes differ, replicas included.
  await cluster.waitForAgreement();
  const now = await lab.topology();
  const wanted = view.status === 'succeeded' ? plan.moves.map((move) => ({ id: move.to, slots: move.slots })) : [];
  for (const { id, slots } of wanted) {
    const missing = minusSlots(slots, findNode(now, id)?.slots ?? []);
    if (countSlots(missing) > 0) throw new Error(`slots ${printSlotRanges(missing)} are not at ${id}`);
  }
  const counts = await Promise.all(cluster.primaries().map((node) => node.call('DBSIZE')));
  const sum = counts.reduce<number>((total, each) => total + Number(each), 0);
  if (sum !== keys) throw new Error(`${sum} keys, ${keys} expected`);
}
