import { afterAll, describe, expect, test } from 'vitest';
import type { NodeCalls } from '@slotdeck/cluster/connection/node-calls';
import { OperationId } from '@slotdeck/model/ids';
import type { OperationView } from '@slotdeck/model/operation-view';
import { tagOfSlot } from '@slotdeck/testkit/fill-keys';
import { expectNoLeaks } from '@slotdeck/testkit/leaks';
import { withCluster, type RealCluster, type RealNode } from '@slotdeck/testkit/real-cluster';
import { waitUntil } from '@slotdeck/testkit/wait-until';
import { createMemoryStore } from '../src/engine/memory-journal.ts';
import { createRunner, type OperationsRunner } from '../src/engine/operations-runner.ts';
import { clock, openMoveLab } from './move-lab.ts';

afterAll(expectNoLeaks);

const id = OperationId.parse('op-dies');
const SLOTS = 10;

interface Halfway {
  readonly cluster: RealCluster;
  readonly runner: OperationsRunner;
  readonly keys: readonly string[];
  readonly heir: RealNode;
  readonly target: RealNode;
  /** The other end, or the heir where that one died. */
  readonly sourceNow: RealNode;
  view(): OperationView;
  /** The key as a client finds it that asks the slot's owner first and follows where it is sent. */
  read(key: string): Promise<unknown>;
}

/** Some slots are open and half of their keys moved when one end is killed; its replica has taken its place, and we have paused. */
async function whenKilled(killed: 'source' | 'target', work: (halfway: Halfway) => Promise<void>): Promise<void> {
  await withCluster({ server: 'redis-7.0', nodeTimeoutMs: 1_500, requireFullCoverage: false }, async (cluster) => {
    const [source, target] = cluster.primaries();
    if (source === undefined || target === undefined) throw new Error('a cluster without primaries');
    const victim = killed === 'source' ? source : target;
    const followers = await Promise.all(
      cluster.replicas().map(async (node) => ({ node, role: await node.call('ROLE') })),
    );
    const heir = followers.find(({ role }) => Array.isArray(role) && role[2] === victim.port)?.node;
    if (heir === undefined) throw new Error('the victim has no replica');
    const keys = await cluster.fillKeys({ count: 500, valueBytes: 50, slots: [[0, SLOTS - 1]] });
    const lab = openMoveLab(cluster);
    let migrates = 0;
    const meddle = (calls: NodeCalls): NodeCalls => ({
      ...calls,
      async pipeline(to, commands, options) {
        const replies = await calls.pipeline(to, commands, options);
        if (commands[0]?.[0] === 'MIGRATE') {
          migrates += 1;
          if (migrates === 12) await victim.kill();
        }
        return replies;
      },
    });
    try {
      const runner = createRunner({
        ...createMemoryStore({ clock }),
        clock,
        holder: 'test',
        definitions: [lab.definition(undefined, meddle)],
        onFault: (error) => {
          throw error;
        },
      });
      const view = (): OperationView => {
        const state = runner.state(id);
        if (state === null) throw new Error('the operation is gone');
        return state.view;
      };
      const sourceNow = killed === 'source' ? heir : source;
      const targetNow = killed === 'target' ? heir : target;
      const plan = await lab.plan({ slots: `0-${SLOTS - 1}`, to: [target.id] });
      runner.start({ id, plan, by: 'test', pace: 'gentle' });
      await runner.rested(id);
      expect(view()).toMatchObject({
        status: 'paused',
        problem: { code: 'node-changed-role', facts: { node: victim.id, newPrimary: heir.id } },
      });
      await work({ cluster, runner, keys, heir, target: targetNow, sourceNow, view, read });

      async function read(key: string): Promise<unknown> {
        const first = await sourceNow.call('GET', key).catch((error: unknown) => error);
        if (!(first instanceof Error && first.message.includes('ASK'))) return first;
        const [, reply] = await targetNow.pipeline([['ASKING'], ['GET', key]]);
        return reply;
      }
    } finally {
      await lab.close();
    }
  });
}

async function expectAllMoved({ cluster, target, keys }: Halfway, value = 'x'.repeat(50)): Promise<void> {
  await cluster.waitForAgreement();
  const found = await target.pipeline(keys.map((key) => ['GET', key]));
  expect(found.filter((each) => each !== value)).toEqual([]);
}

describe.each(['source', 'target'] as const)('when the %s dies half way', (killed) => {
  test('clients find every key while the operation waits for a person, who resumes', async () => {
    await whenKilled(killed, async (halfway) => {
      expect(halfway.view().notes.map((note) => note.code)).toContain('slots-reopened');
      const found = await Promise.all(halfway.keys.map((key) => halfway.read(key)));
      expect(found.filter((value) => value !== 'x'.repeat(50))).toEqual([]);
      halfway.runner.resume(id, 'ada');
      await halfway.runner.rested(id);
      expect(halfway.view().status).toBe('succeeded');
      expect(halfway.view().notes.map((note) => note.code)).toContain('substituted');
      await expectAllMoved(halfway);
    });
  });

  test('a cancel leaves a clean cluster, with every key where its slot is', async () => {
    await whenKilled(killed, async (halfway) => {
      halfway.runner.cancel(id, 'ada');
      await halfway.runner.rested(id);
      expect(halfway.view().status).toBe('cancelled');
      await halfway.cluster.waitForAgreement();
      const counts = await Promise.all(
        halfway.cluster
          .primaries()
          .filter((node) => node.isRunning)
          .map((node) => node.call('DBSIZE')),
      );
      expect(counts.reduce<number>((sum, each) => sum + Number(each), 0)).toBe(halfway.keys.length);
    });
  });
});

test('keys that clients wrote anew before the slots were open again are not touched until a person has said so', async () => {
  await whenKilled('source', async (halfway) => {
    const { runner, view, sourceNow, target, keys } = halfway;
    // The moment between promotion and reopening, made long: the heir serves its slots alone.
    for (let slot = 0; slot < SLOTS; slot += 1) await sourceNow.call('CLUSTER', 'SETSLOT', slot, 'STABLE');
    for (const key of keys) await sourceNow.call('SET', key, 'newer');

    runner.resume(id, 'ada');
    await runner.rested(id);
    expect(view()).toMatchObject({ status: 'paused', problem: { code: 'key-on-both-sides' } });
    expect(view().problem?.message).toContain('Resume or cancel keeps that one');
    const [, kept] = await target.pipeline([['ASKING'], ['GET', `key:{${tagOfSlot(0)}}:0`]]);
    expect(kept).toBe('x'.repeat(50));

    runner.resume(id, 'ada');
    await runner.rested(id);
    expect(view().status).toBe('succeeded');
    expect(view().notes.map((note) => note.code)).toContain('key-replaced');
    await expectAllMoved(halfway, 'newer');
  });
});

test('an end that is only slow to answer is waited for, and no person is asked', async () => {
  await withCluster({ server: 'redis-7.0', nodeTimeoutMs: 15_000 }, async (cluster) => {
    const lab = openMoveLab(cluster);
    try {
      const [source, target] = cluster.primaries();
      if (source === undefined || target === undefined) throw new Error('a cluster without primaries');
      await cluster.fillKeys({ count: 200, valueBytes: 50, slots: [[0, 5]] });
      const runner = createRunner({
        ...createMemoryStore({ clock }),
        clock,
        holder: 'test',
        definitions: [lab.definition()],
        onFault: (error) => {
          throw error;
        },
      });
      const plan = await lab.plan({ slots: '0-5', to: [target.id] });
      runner.subscribe((news) => {
        if (news.type === 'event' && news.event.type === 'step-started' && news.event.step === 'move-1')
          if (news.event.attempt === 1) source.pause();
      });
      runner.start({ id, plan, by: 'test' });
      await waitUntil('the wait to be told', () =>
        runner.state(id)?.view.notes.some((note) => note.code === 'waiting-for-failover'),
      );
      source.resume();
      await runner.rested(id);
      expect(runner.state(id)?.view.status).toBe('succeeded');
      await cluster.waitForAgreement();
    } finally {
      await lab.close();
    }
  });
});
