import { afterAll, expect, test } from 'vitest';
import type { NodeCalls } from '@slotdeck/cluster/connection/node-calls';
import { ClusterId, OperationId } from '@slotdeck/model/ids';
import { expectNoLeaks } from '@slotdeck/testkit/leaks';
import { withCluster, type RealNode } from '@slotdeck/testkit/real-cluster';
import { waitUntil } from '@slotdeck/testkit/wait-until';
import type { OperationJournal } from '../src/engine/journal.ts';
import { createMemoryStore } from '../src/engine/memory-journal.ts';
import { createRunner, type OperationsRunner, type RunnerPorts } from '../src/engine/operations-runner.ts';
import { clock, openMoveLab, type MoveLab } from './move-lab.ts';

afterAll(expectNoLeaks);

const id = OperationId.parse('op-forgood');

function runnerOf(
  lab: MoveLab,
  ports: Partial<RunnerPorts>,
  meddle?: (calls: NodeCalls) => NodeCalls,
): OperationsRunner {
  return createRunner({
    ...createMemoryStore({ clock }),
    clock,
    holder: 'test',
    definitions: [lab.definition(undefined, meddle)],
    onFault: (error) => {
      throw error;
    },
    ...ports,
  });
}

test('a process that dies before it wrote down that the source gave its last slot is followed by one that ends the move', async () => {
  await withCluster({ server: 'redis-7.0' }, async (cluster) => {
    const [source, target] = cluster.primaries();
    if (source === undefined || target === undefined) throw new Error('a cluster without primaries');
    const [range] = (await cluster.table(source)).find((row) => row.id === source.id)?.slots ?? [];
    if (range === undefined) throw new Error('the source has no slots');
    const [from, to] = range;
    await Promise.all(cluster.nodes.map((node) => node.call('CLUSTER', 'DELSLOTSRANGE', from + 6, to)));
    await target.call('CLUSTER', 'ADDSLOTSRANGE', from + 6, to);
    await cluster.waitForAgreement();
    const lab = openMoveLab(cluster);
    try {
      const { journal, leases } = createMemoryStore({ clock });
      const dying: OperationJournal = {
        ...journal,
        append(operation, events, fence) {
          if (events.some((event) => event.type === 'note' && event.code === 'slots-arrived'))
            throw new Error('it dies');
          return journal.append(operation, events, fence);
        },
      };
      const first = runnerOf(lab, { journal: dying, leases });
      const plan = await lab.plan({ slots: `${from}-${from + 5}`, to: [target.id] });
      first.start({ id, plan, by: 'ada', pace: 'fast' });
      await first.rested(id);
      await first.shutdown({ withinMs: 0 });
      await waitUntil('the source to follow the target', async () => {
        const role = await source.call('ROLE');
        return Array.isArray(role) && role[0] === 'slave' && role[2] === target.port;
      });

      const second = runnerOf(lab, { journal, leases });
      second.takeOver();
      second.resume(id, 'ada');
      await second.rested(id);
      expect(second.state(id)?.view).toMatchObject({ status: 'succeeded', problem: null });
    } finally {
      await lab.close();
    }
  });
});

test('a target that is gone for good does not hold the cluster for ever: a second cancel leaves the slots as they are', async () => {
  const shape = {
    server: 'redis-7.0',
    nodeTimeoutMs: 1_000,
    replicasPerPrimary: 0,
    requireFullCoverage: false,
  } as const;
  await withCluster(shape, async (cluster) => {
    const [source, target] = cluster.primaries();
    if (source === undefined || target === undefined) throw new Error('a cluster without primaries');
    await cluster.fillKeys({ count: 300, valueBytes: 20, slots: [[0, 9]] });
    const lab = openMoveLab(cluster);
    try {
      let migrates = 0;
      const meddle = (calls: NodeCalls): NodeCalls => ({
        ...calls,
        async pipeline(to, commands, options) {
          const replies = await calls.pipeline(to, commands, options);
          if (commands[0]?.[0] === 'MIGRATE') migrates += 1;
          if (commands[0]?.[0] === 'MIGRATE' && migrates === 8) {
            await target.kill();
            runner.cancel(id, 'ada');
          }
          return replies;
        },
      });
      const runner = runnerOf(lab, {}, meddle);
      const plan = await lab.plan({ slots: '0-9', to: [target.id] });
      runner.start({ id, plan, by: 'ada', pace: 'gentle' });
      await runner.rested(id);
      expect(runner.state(id)?.view).toMatchObject({
        status: 'paused',
        problem: { code: 'end-gone', facts: { problem: 'node-failed', slots: '0-9' } },
      });
      expect(runner.state(id)?.view.problem?.message).toContain('cancel once more');
      const openBefore = await openMarks(source);
      expect(openBefore).toContain(target.id);

      runner.cancel(id, 'ada');
      await runner.rested(id);
      const state = runner.state(id);
      expect(state?.view.status).toBe('cancelled');
      expect(state?.view.notes).toContainEqual(
        expect.objectContaining({ code: 'slots-left-as-they-are', facts: expect.objectContaining({ slots: '0-9' }) }),
      );
      expect(runner.heldBy(ClusterId.parse('cl-real'))).toBeNull();
      expect(await openMarks(source)).toBe(openBefore);
    } finally {
      await lab.close();
    }
  });
});

/** The slots that a node has open itself, as it prints them. */
async function openMarks(node: RealNode): Promise<string> {
  const reply = await node.call('CLUSTER', 'NODES');
  if (typeof reply !== 'string') throw new Error('no table');
  const own = reply.split('\n').find((line) => line.includes('myself')) ?? '';
  return own.slice(own.indexOf('['));
}
