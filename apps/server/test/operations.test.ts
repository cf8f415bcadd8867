import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OperationDetail } from '@slotdeck/contract/operations';
import { ApiError } from '@slotdeck/contract/errors';
import type { ClusterId, OperationId, PlanId } from '@slotdeck/model/ids';
import type { OperationStatus } from '@slotdeck/model/operation';
import type { OperationEvent } from '@slotdeck/model/operation-events';
import type { Plan } from '@slotdeck/model/plan';
import type { ReshardParams } from '@slotdeck/model/plan-params';
import { countSlots, minusSlots } from '@slotdeck/model/slot-ranges';
import { ownerOfSlot } from '@slotdeck/model/topology';
import { expectNoLeaks } from '@slotdeck/testkit/leaks';
import { startCluster, type RealCluster } from '@slotdeck/testkit/real-cluster';
import { startTraffic } from '@slotdeck/testkit/traffic-checker';
import { waitUntil } from '@slotdeck/testkit/wait-until';
import { callsBetween, commandCounts } from './command-counts.ts';
import { openLab, type ConsoleLab } from './console-lab.ts';
import { foldCluster, foldOperation } from './fold-stream.ts';
import { pageCount } from './page-count.ts';
import { makeTempFolder } from './temp-folder.ts';
import { watchInMemory } from './watch-in-memory.ts';

const password = 'cluster-password-0451';
const folder = makeTempFolder();
const data = join(folder.path, 'data');
let cluster: RealCluster;
let lab: ConsoleLab;
let clusterId: ClusterId;
let first = '';
let second = '';
let third = '';
let replica = '';

beforeAll(async () => {
  // A long node timeout: no test here is about failovers, and a busy machine must not cause one.
  [cluster, lab] = await Promise.all([startCluster({ password, nodeTimeoutMs: 15_000 }), openLab({ folder: data })]);
  const body = { name: 'orders', seeds: cluster.seeds.slice(0, 1), password };
  clusterId = (await lab.as('admin')('addCluster', { body })).id;
  [first = '', second = '', third = ''] = cluster.primaries().map((node) => node.id);
  [replica = ''] = cluster.replicas().map((node) => node.id);
  await cluster.fillKeys({ count: 600, valueBytes: 50, slots: [[0, 299]], prefix: 'still' });
});
afterAll(async () => {
  await Promise.all([lab.close(), cluster.shutdown()]);
  folder.remove();
  await expectNoLeaks();
});

const plan = (params: Partial<ReshardParams> & { to: string[] }): Promise<Plan> =>
  lab.as('operator')('makePlan', { params: { clusterId }, body: { kind: 'reshard', params } });
/** A plan that can be started. */
async function goodPlan(params: Partial<ReshardParams> & { to: string[] }): Promise<Plan> {
  const made = await plan(params);
  expect(made.problems.filter((problem) => problem.severity === 'blocker')).toEqual([]);
  return made;
}

const start = (planId: PlanId, pace: 'gentle' | 'balanced' | 'fast' = 'fast') =>
  lab.as('operator')('startOperation', { params: { clusterId }, body: { planId, pace } });
const operation = (operationId: OperationId): Promise<OperationDetail> =>
  lab.as('viewer')('getOperation', { params: { operationId } });
const ask = (verb: 'pause' | 'resume' | 'cancel', operationId: OperationId) =>
  lab.as('operator')(`${verb}Operation`, { params: { operationId } });

const inStatus = (id: OperationId, status: OperationStatus): Promise<OperationDetail> =>
  waitUntil(
    `operation ${id} to be ${status}`,
    async () => {
      const now = await operation(id);
      if (now.status === status) return now;
      // Says in the failure why it stands still.
      if (now.error !== null) throw new Error(`${now.status}: ${now.error.code}: ${now.error.message}`);
      return null;
    },
    { timeoutMs: 60_000 },
  );

/** Resolves when the step is done. */
function stepDone(id: OperationId, step: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = lab.console.runner.subscribe((news) => {
      if (news.type !== 'event' || news.event.type !== 'step-done' || news.event.step !== step) return;
      stop();
      resolve();
    }, id);
  });
}

async function events(operationId: OperationId): Promise<OperationEvent[]> {
  const read = await lab.as('viewer')('getOperationEvents', { params: { operationId } });
  expect(read.events.map((event) => event.index)).toEqual(read.events.map((_, at) => at));
  expect(read.last).toBe(read.events.length - 1);
  return read.events;
}

const reverseOf = (id: OperationId): Promise<PlanId> =>
  waitUntil('the way back to be offered', async () => (await operation(id)).reversePlanId);

/** Brings back what an operation moved, so that each test finds the cluster as it was. */
async function bringBack(id: OperationId): Promise<void> {
  const back = await start(await reverseOf(id));
  await inStatus(back.id, 'succeeded');
}

async function failure(work: Promise<unknown>): Promise<ApiError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('this must be refused');
}

const blockers = (of: Pick<Plan, 'problems'>): string[] =>
  of.problems.filter((problem) => problem.severity === 'blocker').map((problem) => problem.code);

describe('what cannot be done is refused before anything is sent', () => {
  interface Refused {
    params: () => Partial<ReshardParams> & { to: string[] };
    code: string;
  }
  const cases: Record<string, Refused> = {
    'a slot that does not exist': {
      params: () => ({ slots: '16380-16384', to: [first] }),
      code: 'slots-not-readable',
    },
    'slots that are no numbers': { params: () => ({ slots: '1-b', to: [second] }), code: 'slots-not-readable' },
    'a range that runs backwards': { params: () => ({ slots: '9-3', to: [second] }), code: 'slots-not-readable' },
    'an unknown target': { params: () => ({ count: 5, to: ['f'.repeat(40)] }), code: 'unknown-node' },
    'an unknown source': { params: () => ({ count: 5, from: ['f'.repeat(40)], to: [second] }), code: 'unknown-node' },
    'a replica as target': { params: () => ({ count: 5, to: [replica] }), code: 'target-not-a-primary' },
    'a replica as source': {
      params: () => ({ count: 5, from: [replica], to: [second] }),
      code: 'source-not-a-primary',
    },
    'a source that is the target': {
      params: () => ({ count: 5, from: [first], to: [first] }),
      code: 'source-is-target',
    },
    'more slots than there are': { params: () => ({ count: 16_384, to: [first] }), code: 'count-too-large' },
    'neither slots nor a number': { params: () => ({ to: [first] }), code: 'neither-slots-nor-count' },
    'slots and a number': { params: () => ({ slots: '1', count: 1, to: [second] }), code: 'slots-and-count' },
    'slots that are there already': { params: () => ({ slots: '0-9', to: [first] }), code: 'nothing-to-move' },
    'slots of a node that is no source': {
      params: () => ({ slots: '0-9', from: [third], to: [second] }),
      code: 'slot-not-at-source',
    },
  };

  test.each(Object.entries(cases))('%s', async (_, { params, code }) => {
    const before = await commandCounts(cluster);
    const made = await plan(params());
    expect(blockers(made)).toContain(code);
    expect(made).toMatchObject({ moves: [], commands: [], slots: 0 });
    for (const problem of made.problems) expect(problem.message).toMatch(/^\S.*[.)]$/);
    const error = await failure(start(made.id));
    expect(error.code).toBe('plan-blocked');
    expect(JSON.stringify(error.facts['problems'])).toContain(`"${code}"`);
    const called = [...callsBetween(before, await commandCounts(cluster)).keys()];
    expect(called.filter((name) => /setslot|migrate|bumpepoch|multi|asking|restore/.test(name))).toEqual([]);
  });

  test('a request that is no plan at all', async () => {
    const call = lab.as('operator');
    const body = { kind: 'reshard' as const, params: { count: 0, to: [] } };
    const error = await failure(call('makePlan', { params: { clusterId }, body }));
    expect(error.code).toBe('invalid-request');
    expect(JSON.stringify(error.facts['issues'])).toMatch(/params\.count.*params\.to/);
  });

  test('a plan that does not exist, and a plan of another cluster', async () => {
    const error = await failure(start('pl-none' as PlanId));
    expect(error.code).toBe('not-found');
  });
});

test('a reshard under traffic moves what the plan says and loses no write', async () => {
  const traffic = await startTraffic({
    seeds: cluster.seeds,
    access: cluster.access,
    clients: 8,
    keyspace: 1_000,
    slots: [[0, 199]],
    pauseMsBetween: 1,
  });
  await traffic.waitForWrites(1_000);
  const made = await goodPlan({ slots: '0-199', to: [second] });
  expect(blockers(made)).toEqual([]);
  expect(made).toMatchObject({ slots: 200, moves: [{ from: first, to: second, slots: [[0, 199]] }] });
  expect(made.keys).toBeGreaterThanOrEqual(400);
  const page = watchInMemory(lab, { name: 'cluster', id: clusterId });
  const started = await start(made.id, 'balanced');
  const watch = watchInMemory(lab, { name: 'operation', id: started.id });
  const ended = await inStatus(started.id, 'succeeded');
  expect(ended.progress).toMatchObject({ slotsDone: 200, slotsTotal: 200 });
  expect(ended.error).toBeNull();
  const report = await traffic.verify();
  expect(report.lost).toEqual([]);
  expect(report.errors).toEqual({});
  expect(report.foreign).toEqual({});

  await cluster.waitForAgreement();
  const seen = await waitUntil('the topology to show it', async () => {
    const { topology } = await lab.as('viewer')('getTopology', { params: { clusterId } });
    return topology !== null && ownerOfSlot(topology, 199)?.id === second && topology;
  });
  expect(seen).toMatchObject({ open: [], disputes: [] });
  const holds = new Map(seen.nodes.map((node) => [node.id, node.slots]));
  for (const share of made.after) expect(holds.get(share.node)).toEqual(share.slotRanges);

  await watch.until('the end on the operation page', (message) =>
    message.type === 'operation-delta' ? message.summary?.status === 'succeeded' : false,
  );
  await page.until('the end on the cluster page', (message) =>
    message.type === 'cluster-delta'
      ? message.operations?.some((each) => each.id === started.id && each.status === 'succeeded')
      : false,
  );
  // Open slots of our own operation are its business, not an alarm.
  const alarms = page
    .received()
    .flatMap((message) => (message.type === 'cluster-delta' ? (message.findings ?? []) : []))
    .filter((finding) => finding.code.startsWith('slot-'));
  expect(alarms).toEqual([]);
  await waitUntil('both pages to show what the API says', async () => {
    for (const each of [page, watch]) each.flush();
    const { topology } = await lab.as('viewer')('getTopology', { params: { clusterId } });
    expect(foldCluster(page.received())?.topology).toEqual(topology);
    const shown = foldOperation(watch.received());
    expect(shown?.view).toEqual((await operation(started.id)).view);
    // A page gets the newest lines, in order and none twice; it asks for older ones when somebody scrolls there.
    const indexes = shown?.transcript.map((line) => line.index) ?? [];
    expect(indexes).toEqual([...new Set(indexes)].toSorted((a, b) => a - b));
    const { total } = await lab.as('viewer')('getTranscript', { params: { operationId: started.id } });
    expect(indexes.at(-1)).toBe(total - 1);
    return true;
  });
  for (const each of [page, watch]) each.close();

  const journal = await events(started.id);
  expect(journal[0]).toMatchObject({ type: 'created', by: 'operator' });
  expect(journal.at(-1)).toMatchObject({ type: 'status', status: 'succeeded', cause: 'steps-done' });
  const transcript = await lab.as('viewer')('getTranscript', {
    params: { operationId: started.id },
    query: { limit: 1_000 },
  });
  const sent = transcript.lines.map((line) => line.command.join(' '));
  expect(sent.some((line) => line.startsWith('CLUSTER SETSLOT 199 NODE'))).toBe(true);
  expect(sent.some((line) => line.startsWith('MIGRATE'))).toBe(true);
  expect(JSON.stringify(transcript)).not.toContain(password);
  const handovers = await lab.as('viewer')('getTranscript', {
    params: { operationId: started.id },
    query: { filter: 'handovers', limit: 1_000 },
  });
  expect(handovers.lines.length).toBeGreaterThanOrEqual(200);

  const again = await failure(start(made.id));
  expect(again.code).toBe('plan-used');
  expect(again.facts).toMatchObject({ operationId: started.id });

  const reverse = await reverseOf(started.id);
  const offered = await lab.as('viewer')('getPlan', { params: { clusterId, planId: reverse } });
  expect(offered).toMatchObject({ stale: [], startedAs: null });
  expect(offered.plan).toMatchObject({
    parent: { operation: started.id, relation: 'reverses' },
    moves: [{ from: second, to: first, slots: [[0, 199]] }],
  });
  const back = await start(reverse);
  expect(await inStatus(back.id, 'succeeded')).toMatchObject({ progress: { slotsDone: 200 } });
  await cluster.waitForAgreement();
  const size = await cluster.call(first, 'CLUSTER', 'COUNTKEYSINSLOT', 0);
  expect(Number(size)).toBeGreaterThanOrEqual(2);
});

test('a plan is refused when the cluster changed, with what changed', async () => {
  const stale = await goodPlan({ slots: '0-9', to: [second] });
  const other = await goodPlan({ slots: '5-6', to: [third] });
  const moved = await start(other.id);
  await inStatus(moved.id, 'succeeded');
  const error = await failure(start(stale.id));
  expect(error.code).toBe('plan-stale');
  const name = (id: string): string => `127.0.0.1:${cluster.nodeById(id).port}`;
  expect(error.message).toContain(`${name(first)} lost slots 5-6`);
  expect(error.facts['changes']).toEqual(
    expect.arrayContaining([
      { code: 'slots-changed', facts: { node: first, name: name(first), added: '', removed: '5-6' } },
    ]),
  );
  const shown = await lab.as('viewer')('getPlan', { params: { clusterId, planId: stale.id } });
  expect(shown.stale.map((fact) => fact.code)).toContain('slots-changed');
  expect(shown.startedAs).toBeNull();
  await bringBack(moved.id);
});

test('a change elsewhere in the cluster does not make a plan stale', async () => {
  const made = await goodPlan({ slots: '10-11', to: [second] });
  await cluster.call(third, 'CLUSTER', 'BUMPEPOCH');
  // While the nodes tell each other the new epoch, they disagree on it, and a plan that needs the node would wait.
  await cluster.waitForAgreement();
  const epochs = await cluster.table(third);
  const epoch = epochs.find((row) => row.id === third)?.configEpoch;
  await waitUntil('the new epoch to be seen', async () => {
    const { topology } = await lab.as('viewer')('getTopology', { params: { clusterId } });
    return topology?.nodes.find((node) => node.id === third)?.configEpoch === epoch;
  });
  const started = await start(made.id);
  await inStatus(started.id, 'succeeded');
  await bringBack(started.id);
});

test('one operation at a time; it is paused, resumed, slowed down and cancelled, and leaves a clean cluster', async () => {
  const made = await goodPlan({ slots: '0-299', to: [second] });
  const next = await goodPlan({ slots: '6000-6001', to: [third] });
  const started = await start(made.id, 'gentle');
  const { id } = started;
  const running = stepDone(id, 'move-1');
  const busy = await failure(start(next.id));
  expect(busy.code).toBe('cluster-busy');
  expect(busy.facts).toEqual({ operationId: id });
  const removal = await failure(lab.as('admin')('removeCluster', { params: { clusterId } }));
  expect(removal).toMatchObject({ code: 'cluster-busy', facts: { operationId: id } });
  const summary = await lab.as('viewer')('getCluster', { params: { clusterId } });
  expect(summary.runningOperation).toMatchObject({ id, kind: 'reshard' });

  await running;
  expect(['pausing', 'paused']).toContain((await ask('pause', id)).status);
  const paused = await inStatus(id, 'paused');
  // A second click finds what it wanted.
  expect((await ask('pause', id)).status).toBe('paused');
  await cluster.waitForAgreement();
  expect(paused.progress?.slotsDone).toBeGreaterThan(0);
  expect(paused.progress?.slotsDone).toBeLessThan(300);
  expect((await failure(start(next.id))).code).toBe('cluster-busy');

  const resumed = stepDone(id, 'move-3');
  expect((await ask('resume', id)).status).toBe('running');
  const pace = await lab.as('operator')('setPace', { params: { operationId: id }, body: { pace: 'balanced' } });
  expect(pace.id).toBe(id);
  await resumed;
  expect(['cancelling', 'cancelled']).toContain((await ask('cancel', id)).status);
  const cancelled = await inStatus(id, 'cancelled');
  await cluster.waitForAgreement();

  const done = cancelled.progress?.slotsDone ?? 0;
  expect(done).toBeGreaterThan(paused.progress?.slotsDone ?? 0);
  expect(done).toBeLessThan(300);
  const late = await failure(ask('resume', id));
  expect(late).toMatchObject({ code: 'not-in-this-status', facts: { status: 'cancelled' } });
  const journal = await events(id);
  const causes = journal.flatMap((event) => (event.type === 'status' ? [`${event.status}: ${event.cause}`] : []));
  expect(causes).toEqual([
    'running: start',
    'pausing: pause-asked',
    'paused: came-to-rest',
    'running: resume-asked',
    'cancelling: cancel-asked',
    'cancelled: came-to-rest',
  ]);
  expect(journal.some((event) => event.type === 'pace' && event.pace === 'balanced')).toBe(true);

  const { plan: back } = await lab.as('viewer')('getPlan', { params: { clusterId, planId: await reverseOf(id) } });
  expect(back.slots).toBe(done);
  expect(countSlots(minusSlots(back.moves[0]?.slots ?? [], [[0, 299]]))).toBe(0);
  await bringBack(id);
  expect(await cluster.call(first, 'CLUSTER', 'COUNTKEYSINSLOT', 0)).toBeGreaterThanOrEqual(2);
});

test('two who start at the same time: one starts, the other is told who', async () => {
  const plans = await Promise.all([
    goodPlan({ slots: '20-21', to: [second] }),
    goodPlan({ slots: '30-31', to: [third] }),
  ]);
  const results = await Promise.allSettled(plans.map((each) => start(each.id)));
  const won = results.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const lost = results.flatMap((each): unknown[] => (each.status === 'rejected' ? [each.reason] : []));
  expect(won).toHaveLength(1);
  expect(lost).toMatchObject([{ code: 'cluster-busy', facts: { operationId: won[0]?.id } }]);
  for (const { id } of won) {
    await inStatus(id, 'succeeded');
    await bringBack(id);
  }
});

test('one plan that is started twice at the same time runs once', async () => {
  const made = await goodPlan({ slots: '40-41', to: [second] });
  const results = await Promise.allSettled([start(made.id), start(made.id)]);
  const won = results.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  expect(won).toHaveLength(1);
  for (const { id } of won) {
    await inStatus(id, 'succeeded');
    await bringBack(id);
  }
});

test('operations and plans are listed, newest first, and are there after a restart', async () => {
  const list = async () => (await lab.as('viewer')('listOperations', { params: { clusterId } })).operations;
  const plans = async () => (await lab.as('viewer')('listPlans', { params: { clusterId } })).plans;
  const [newest] = await list();
  if (newest === undefined) throw new Error('there are operations');
  await reverseOf(newest.id);
  const [operationsBefore, plansBefore] = [await list(), await plans()];
  expect(operationsBefore.length).toBeGreaterThan(6);
  const times = operationsBefore.map((each) => each.createdAt);
  expect(times).toEqual(times.toSorted((a, b) => b - a));
  await lab.close();
  lab = await openLab({ folder: data });
  expect(await list()).toEqual(operationsBefore);
  expect(await plans()).toEqual(plansBefore);
  expect((await operation(newest.id)).view.steps.length).toBeGreaterThan(2);
});

test('on a full disk nothing is started, the reason is told, and the cluster is still shown', async () => {
  await lab.close();
  lab = await openLab({ folder: data, maxPages: await pageCount(data) });
  await waitUntil('the cluster to be seen', async () => {
    const seen = await lab.as('viewer')('getCluster', { params: { clusterId } });
    return seen.answered === 6;
  });
  const before = await commandCounts(cluster);
  const results = await waitUntil('the disk to be full', async () => {
    try {
      await start((await goodPlan({ slots: '50-51', to: [second] })).id);
      throw new Error('nothing may be started here');
    } catch (error) {
      if (error instanceof ApiError && error.code === 'storage-full') return error;
      throw error;
    }
  });
  expect(results.status).toBe(507);
  expect(results.message).toMatch(/disk of the data folder is full: nothing was changed/);
  const called = [...callsBetween(before, await commandCounts(cluster)).keys()];
  expect(called.filter((name) => /setslot|migrate/.test(name))).toEqual([]);
  const shown = await lab.as('viewer')('getCluster', { params: { clusterId } });
  expect(shown).toMatchObject({ answered: 6, runningOperation: null });
  await lab.close();
  lab = await openLab({ folder: data });
  const started = await start((await goodPlan({ slots: '50-51', to: [second] })).id);
  await inStatus(started.id, 'succeeded');
  await bringBack(started.id);
});

test('a disk that fills up in the middle stops the operation and says why; with room again it is finished', async () => {
  const made = await goodPlan({ slots: '0-299', to: [second] });
  await lab.close();
  lab = await openLab({ folder: data, maxPages: (await pageCount(data)) + 60 });
  await waitUntil('the cluster to be seen', async () => {
    const seen = await lab.as('viewer')('getCluster', { params: { clusterId } });
    return seen.answered === 6;
  });
  const { id } = await start(made.id);
  const halted = await inStatus(id, 'paused');
  expect(halted.error).toMatchObject({ code: 'storage-full' });
  expect(halted.progress?.slotsDone).toBeLessThan(300);
  const summary = await lab.as('viewer')('getCluster', { params: { clusterId } });
  expect(summary).toMatchObject({ answered: 6, runningOperation: { id, status: 'paused' } });

  await lab.close();
  lab = await openLab({ folder: data });
  expect(lab.console.takeOver()).toEqual({ taken: [id], impossible: [] });
  await inStatus(id, 'succeeded');
  await cluster.waitForAgreement();
  expect((await events(id)).map((event) => event.type)).toContain('taken-over');
  const counts = await lab.as('viewer')('countSlots', { params: { clusterId }, query: { slots: '0-299' } });
  expect(counts.keys.every((keys) => keys !== null && keys >= 2)).toBe(true);
});

test('with a lost key an unfinished operation pauses and says why; with the right key it is resumed', async () => {
  const made = await goodPlan({ slots: '5500-5800', to: [third] });
  const { id } = await start(made.id, 'gentle');
  await stepDone(id, 'move-1');
  await lab.close();
  lab = await openLab({ folder: data, secret: 'quite another secret' });
  lab.console.takeOver();
  const lost = await inStatus(id, 'paused');
  expect(lost.error?.message).toMatch(/\S/);
  const called = await commandCounts(cluster);
  await lab.close();
  lab = await openLab({ folder: data });
  expect(called.get('cluster|setslot')).toBe((await commandCounts(cluster)).get('cluster|setslot'));
  lab.console.takeOver();
  expect((await operation(id)).status).toBe('paused');
  await ask('resume', id);
  await inStatus(id, 'succeeded');
  await cluster.waitForAgreement();
});

test('with no node that answers no plan is made', async () => {
  for (const node of cluster.nodes) node.pause();
  try {
    const error = await failure(plan({ slots: '0-9', to: [second] }));
    expect(error.code).toBe('cluster-not-seen');
    expect(error.message).toMatch(/No node of this cluster answers now \(timeout/);
  } finally {
    for (const node of cluster.nodes) node.resume();
  }
});
