import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PlanId } from '@slotdeck/model/ids';
import type { OperationView } from '@slotdeck/model/operation-view';
import { isBlocked, type Plan, type PlanAsked } from '@slotdeck/model/plan';
import { expectNoLeaks } from '@slotdeck/testkit/leaks';
import { startCluster, type RealCluster, type RealNode } from '@slotdeck/testkit/real-cluster';
import { serversUnderTest, type ServerName } from '@slotdeck/testkit/server-binaries';
import { addNodeOperation, detachOperation, removeNodeOperation } from '../src/catalog/membership.ts';
import { replicateOperation } from '../src/catalog/node-changes.ts';
import { makePlan } from '../src/planning/make-plan.ts';
import type { Death } from './life.ts';
import { crashOnce, failStep, repeatEveryStep, type World } from './every-step.ts';
import { clock, openMoveLab, type MoveLab } from './move-lab.ts';

const tried: ServerName[] = ['redis-7.0', 'valkey-9.1'];
const servers = serversUnderTest().filter(({ name }) => tried.includes(name));

afterAll(expectNoLeaks);

let count = 0;

/** Between the look, the command that takes it out, the introduction and what is read afterwards. */
const moments: readonly Death[] = [
  ...[5, 6, 7, 8, 10].flatMap((at): Death[] => [
    { by: 'act', moment: 'before', count: at },
    { by: 'act', moment: 'after', count: at },
  ]),
  { by: 'write', moment: 'after', count: 3 },
  { by: 'write', moment: 'before', count: 4 },
];

describe.each(servers.map(({ name }) => name))('on %s', (server) => {
  let cluster: RealCluster;
  let lab: MoveLab;
  let guest: RealNode;
  /** Each round has a plan of one kind, and the processes of that round know that kind. */
  let kind: 'add-node' | 'remove-node' = 'add-node';
  let removals = 0;
  /** By its place: a hard reset gives it another id. */
  const inside = async () => (await lab.topology()).nodes.find(({ port }) => port === guest.port);

  beforeAll(async () => {
    // The node comes back under its id; for how long the others refuse that can be set on Valkey only.
    const blacklist = server === 'valkey-9.1' ? { 'cluster-blacklist-ttl': '4' } : {};
    const config = { 'repl-diskless-sync-delay': '0', ...blacklist };
    cluster = await startCluster({ server, config, replicasPerPrimary: 0 });
    lab = openMoveLab(cluster);
    guest = await cluster.addNode();
  });
  afterAll(async () => {
    await lab.close();
    await cluster.shutdown();
  });

  async function makeOpen(asked: PlanAsked): Promise<Plan> {
    count += 1;
    const planId = PlanId.parse(`pl-cut${count}`);
    const plan = await makePlan(lab.site, asked, { planId, createdBy: 'test', parent: null, now: clock.now() });
    if (isBlocked(plan)) throw new Error(`the plan is blocked: ${JSON.stringify(plan.problems)}`);
    return plan;
  }

  /** The same node comes and goes: in turn a primary with a reset at the end, and a replica. */
  const world: World = {
    clock,
    async nextPlan() {
      await cluster.waitForAgreement();
      const member = await inside();
      kind = member === undefined ? 'add-node' : 'remove-node';
      if (member === undefined) {
        return makeOpen({ kind: 'add-node', params: { address: `${guest.host}:${guest.port}`, as: 'replica' } });
      }
      removals += 1;
      // Once with its id kept: then the others refuse it for a while when it comes back.
      const then = removals === 1 ? 'reset' : 'reset-hard';
      return makeOpen({ kind: 'remove-node', params: { node: member.id, then, drain: false, to: ['all'] } });
    },
    definition: (life) => lab.define(life, kind === 'add-node' ? addNodeOperation : removeNodeOperation),
    async check(view, plan) {
      if (view.status !== 'succeeded') throw new Error(`${view.status}: ${JSON.stringify(view.problem)}`);
      await cluster.waitForAgreement();
      const member = await inside();
      if (plan.kind === 'add-node' && member?.role !== 'replica') throw new Error('it is no replica');
      if (plan.kind === 'remove-node' && member !== undefined) throw new Error('it is still listed');
    },
  };

  test('a node that comes or goes may be cut off at any command or write', { timeout: 240_000 }, async () => {
    const ended = [
      await repeatEveryStep(world),
      await repeatEveryStep(world),
      await failStep(world, 1, 'after-it-acted'),
      await failStep(world, 1, 'after-it-acted'),
    ];
    const counts = server === 'valkey-9.1' ? [6, 10, 14] : [10];
    for (const count of counts)
      for (const moment of ['before', 'after'] as const)
        // Once on its way in and once on its way out.
        for (let way = 0; way < 2; way += 1) ended.push((await crashOnce(world, { by: 'act', moment, count })).view);
    expect(ended.filter(({ status }) => status !== 'succeeded')).toEqual([]);
  });

  /** The first replica there is leaves its primary, and follows it again. */
  const leaving: World = {
    clock,
    async nextPlan() {
      await cluster.waitForAgreement();
      const { nodes } = await lab.topology();
      const alone = nodes.find((node) => node.role === 'primary' && node.slots.length === 0);
      if (alone === undefined) {
        const replica = nodes.find((node) => node.role === 'replica');
        return makeOpen({ kind: 'detach', params: { node: replica?.id ?? '' } });
      }
      const first = nodes.find((node) => node.role === 'primary' && node.slots.length > 0);
      return makeOpen({ kind: 'replicate', params: { node: alone.id, primary: first?.id ?? '' } });
    },
    definition: (life) => lab.define(life, detachOperation),
    async check(view, plan) {
      if (view.status !== 'succeeded') throw new Error(`${view.status}: ${JSON.stringify(view.problem)}`);
      await cluster.waitForAgreement();
      if (plan.kind !== 'detach') throw new Error('not the plan of this world');
      const node = (await lab.topology()).nodes.find(({ id }) => id === plan.params.node);
      if (node?.role !== 'primary' || node.slots.length > 0) throw new Error('it is no empty primary');
    },
  };
  const returning: World = {
    ...leaving,
    definition: (life) => lab.define(life, replicateOperation),
    check: () => cluster.waitForAgreement(),
  };

  test('a replica that leaves its primary may be cut off at any command or write', { timeout: 240_000 }, async () => {
    if ((await inside()) === undefined) {
      kind = 'add-node';
      await repeatEveryStep(world);
    }
    const rounds: (() => Promise<OperationView>)[] = [
      () => repeatEveryStep(leaving),
      () => failStep(leaving, 1, 'before-it-acts'),
      () => failStep(leaving, 1, 'after-it-acted'),
      // Where it is reset and introduced again a round takes seconds: each kind of moment once.
      ...(server === 'valkey-9.1' ? moments : moments.slice(3, 12).filter((_, at) => at % 3 === 0)).map(
        (at) => async () => (await crashOnce(leaving, at)).view,
      ),
    ];
    const ended: OperationView[] = [];
    for (const round of rounds) {
      ended.push(await round());
      expect((await repeatEveryStep(returning)).status).toBe('succeeded');
    }
    expect(ended.filter(({ status }) => status !== 'succeeded')).toEqual([]);
  });
});
