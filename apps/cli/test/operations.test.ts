import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectNoLeaks } from '@slotdeck/testkit/leaks';
import { startCluster, type RealCluster } from '@slotdeck/testkit/real-cluster';
import { serversUnderTest, type ServerName } from '@slotdeck/testkit/server-binaries';
import { slotdeck } from './slotdeck-process.ts';

// What the servers do differently is in side-by-side.test.ts; here it is about this process.
const tried: ServerName[] = ['redis-7.0'];
const servers = serversUnderTest().filter(({ name }) => tried.includes(name));

afterAll(expectNoLeaks);

describe.each(servers.map(({ name }) => name))('on %s', (server) => {
  let cluster: RealCluster;
  /** What does not differ between servers is tried on one. */
  const deep = server === 'redis-7.0' ? [server] : [];
  let address = '';
  const state = mkdtempSync(join(tmpdir(), 'slotdeck-cli-'));
  const env = { SLOTDECK_STATE: state };
  const run = (args: readonly string[], options: Parameters<typeof slotdeck>[1] = {}) =>
    slotdeck(args, { ...options, env });

  beforeAll(async () => {
    cluster = await startCluster({ server, replicasPerPrimary: 0, config: { 'repl-diskless-sync-delay': '0' } });
    await cluster.fillKeys({ count: 3000, valueBytes: 50 });
    address = cluster.seeds[0] ?? '';
  });
  afterAll(async () => {
    rmSync(state, { recursive: true, force: true });
    await cluster.shutdown();
  });

  const slotsOf = async (id: string): Promise<number> => {
    const rows = await cluster.table(cluster.nodeById(id));
    const ranges = rows.find((row) => row.id === id)?.slots ?? [];
    return ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
  };
  const keys = async (): Promise<number> => {
    const sizes = await Promise.all(cluster.nodes.map((node) => node.call('DBSIZE')));
    return sizes.reduce<number>((sum, size) => sum + Number(size), 0);
  };

  test('a reshard in the words of redis-cli, with its questions answered on standard input', async () => {
    const [from, to] = cluster.nodes;
    if (from === undefined || to === undefined) throw new Error('too few nodes');
    const before = [await slotsOf(from.id), await slotsOf(to.id)];
    const input = `50\n${to.id}\n${from.id}\ndone\nyes\n`;
    const asked = await run(['--cluster', 'reshard', address], { input });
    expect(asked).toMatchObject({ exitCode: 0 });
    expect(asked.stdout).toContain('How many slots do you want to move (from 1 to 16384)?');
    expect(asked.stdout).toContain('Do you want to proceed with the proposed reshard plan (yes/no)?');
    await cluster.waitForAgreement();
    expect([await slotsOf(from.id), await slotsOf(to.id)]).toEqual([(before[0] ?? 0) - 50, (before[1] ?? 0) + 50]);
    const words = ['--cluster-from', to.id, '--cluster-to', from.id, '--cluster-slots', '50', '--cluster-yes'];
    expect(await run(['--cluster', 'reshard', address, ...words])).toMatchObject({ exitCode: 0 });
    await cluster.waitForAgreement();
    expect([await slotsOf(from.id), await slotsOf(to.id)]).toEqual(before);
    expect(await keys()).toBe(3000);
  });

  test('a plan that is not agreed to, cannot be made, or is only looked at sends nothing', async () => {
    const [from, to] = cluster.nodes;
    if (from === undefined || to === undefined) throw new Error('too few nodes');
    const before = await slotsOf(to.id);
    const args = ['reshard', address, '--from', from.id, '--to', to.id, '--slots', '10'];
    expect(await run(args, { input: 'no\n' })).toMatchObject({ exitCode: 1 });
    expect(await run([...args, '--simulate'])).toMatchObject({ exitCode: 0 });
    const blocked = await run(['reshard', address, '--from', to.id, '--to', to.id, '--slots', '10', '--yes', '--json']);
    expect(blocked.exitCode).toBe(1);
    expect(JSON.parse(blocked.stdout)).toMatchObject({ ok: false, plan: { kind: 'reshard', steps: [] } });
    const nobody = await run(['reshard', address, '--to', 'ffffffff', '--slots', '10', '--yes']);
    expect(nobody).toMatchObject({ exitCode: 2 });
    const senseless = [
      [...args.slice(0, -1), '1.5'],
      [...args, '--pace', 'furious'],
      ['rebalance', address, '--by', 'colour'],
      ['failover', address, '--node', to.id, '--mode', 'hard'],
      ['set-timeout', address, '10'],
    ];
    for (const words of senseless) {
      const refused = await run([...words, '--yes']);
      expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
      expect(refused.stderr).not.toContain(' at ');
    }
    const noFolder = await run([...args, '--yes', '--state', join(state, 'clusters.json')]);
    expect(noFolder).toMatchObject({ exitCode: 1 });
    expect(noFolder.stderr).toContain('[ERR] ');
    expect(await slotsOf(to.id)).toBe(before);
  });

  test('a run that is killed is gone on with, and one that is interrupted pauses', async () => {
    const [from, to] = cluster.nodes;
    if (from === undefined || to === undefined) throw new Error('too few nodes');
    const before = await slotsOf(to.id);
    for (const signal of ['SIGKILL', 'SIGINT'] as const) {
      const there = signal === 'SIGKILL' ? [from.id, to.id] : [to.id, from.id];
      const [source, target] = there;
      let output = '';
      const args = ['reshard', address, '--from', source ?? '', '--to', target ?? '', '--slots', '600', '--yes'];
      const cut = await run([...args, '--pace', 'gentle'], {
        onOutput: (text, kill) => {
          output += text;
          if (output.includes('[OK] Move slots')) kill(signal);
        },
      });
      expect(cut.exitCode).not.toBe(0);
      const id = />>> Operation (op-\w+)/.exec(output)?.[1] ?? '';
      const list = await run(['ops', '--json']);
      expect(JSON.parse(list.stdout)).toMatchObject({
        operations: [
          { operation: id, status: signal === 'SIGKILL' ? 'running' : 'paused' },
          ...Array.from({ length: signal === 'SIGKILL' ? 2 : 3 }, () => ({ status: 'succeeded' })),
        ],
      });
      const busy = await run([...args]);
      expect(busy.exitCode).toBe(1);
      expect(await run(['resume', id])).toMatchObject({ exitCode: 0 });
      await cluster.waitForAgreement();
    }
    expect(await slotsOf(to.id)).toBe(before);
    expect(await keys()).toBe(3000);
    const check = await run(['check', address]);
    expect(check.stdout).toContain('[OK] All 16384 slots covered.');
  });

  test('a node is added, gets its share, is drained and removed again', async () => {
    const fresh = await cluster.addNode();
    const added = await run(['--cluster', 'add-node', `${fresh.host}:${fresh.port}`, address]);
    expect(added).toMatchObject({ exitCode: 0 });
    await cluster.waitForAgreement();
    expect(await run(['--cluster', 'rebalance', address, '--cluster-use-empty-masters'])).toMatchObject({
      exitCode: 0,
    });
    await cluster.waitForAgreement();
    expect(await slotsOf(fresh.id)).toBe(4096);
    const refused = await run(['--cluster', 'del-node', address, fresh.id]);
    expect(refused.exitCode).toBe(1);
    expect(refused.stdout).toContain('owns 4096 slots');
    const removed = await run(['remove-node', address, fresh.id.slice(0, 12), '--drain', '--yes']);
    expect(removed).toMatchObject({ exitCode: 0 });
    await cluster.waitForAgreement();
    expect(await cluster.table(cluster.nodes[0]?.id ?? '')).toHaveLength(3);
    expect(await keys()).toBe(3000);
    const timeout = await run(['--cluster', 'set-timeout', address, '2500']);
    expect(timeout).toMatchObject({ exitCode: 0 });
    expect(await cluster.nodes[1]?.call('CONFIG', 'GET', 'cluster-node-timeout')).toContain('2500');
  });

  test.each(deep)(
    'a node that is being added, a rebalance and a removal are killed as soon as they have begun, and gone on with',
    async () => {
      const fresh = await cluster.addNode();
      const works = [
        ['add-node', `${fresh.host}:${fresh.port}`, address],
        ['rebalance', address, '--use-empty'],
        ['remove-node', address, fresh.id, '--drain'],
      ];
      for (const work of works) {
        await cluster.waitForAgreement();
        let output = '';
        const cut = await run([...work, '--yes'], {
          onOutput: (text, kill) => {
            output += text;
            if (output.includes('>>> Operation op-')) kill('SIGKILL');
          },
        });
        expect(cut.exitCode).toBe(-1);
        const id = />>> Operation (op-\w+)/.exec(output)?.[1] ?? '';
        const resumed = await run(['resume', id]);
        expect(resumed.stdout).toContain(`[OK] Operation ${id} succeeded`);
        expect(resumed.exitCode).toBe(0);
      }
      await cluster.waitForAgreement();
      expect(await cluster.table(fresh)).toHaveLength(1);
      expect(await cluster.table(cluster.nodes[0]?.id ?? '')).toHaveLength(3);
      expect(await keys()).toBe(3000);
    },
  );

  test('a plan is made now and run later; not twice, and not when the cluster has changed since', async () => {
    const [from, to] = cluster.nodes;
    if (from === undefined || to === undefined) throw new Error('too few nodes');
    const before = [await slotsOf(from.id), await slotsOf(to.id)];
    const make = async (source: string, target: string): Promise<string> => {
      const planned = await run(['plan', 'reshard', address, '--from', source, '--to', target, '--slots', '20']);
      expect(planned.exitCode).toBe(0);
      return /Run it with: slotdeck run (pl-\w+)/.exec(planned.stdout)?.[1] ?? '';
    };
    const there = await make(from.id, to.id);
    const stale = await make(from.id, to.id);
    expect(await slotsOf(from.id)).toBe(before[0]);
    expect((await run(['run', there], { input: 'no\n' })).stdout).toContain('Nothing was sent');
    expect(await run(['run', there, '--yes'])).toMatchObject({ exitCode: 0 });
    await cluster.waitForAgreement();
    expect(await slotsOf(from.id)).toBe((before[0] ?? 0) - 20);
    const twice = await run(['run', there, '--yes']);
    expect(twice.exitCode).toBe(1);
    expect(twice.stdout).toContain('was run already, as operation op-');
    const late = await run(['run', stale, '--yes']);
    expect(late.exitCode).toBe(1);
    expect(late.stdout).toContain('The cluster changed since the plan was made');
    expect(await run(['run', await make(to.id, from.id), '--yes'])).toMatchObject({ exitCode: 0 });
    await cluster.waitForAgreement();
    expect([await slotsOf(from.id), await slotsOf(to.id)]).toEqual(before);
    expect(await run(['run', 'pl-nosuchplan'])).toMatchObject({ exitCode: 2 });
    expect(await run(['plan', 'check', address])).toMatchObject({ exitCode: 2 });
  });

  test('the pace is changed from another terminal while it runs; what is no pace, and what has ended, is refused', async () => {
    const [from, to] = cluster.nodes;
    if (from === undefined || to === undefined) throw new Error('too few nodes');
    for (const [source, target] of [
      [from, to],
      [to, from],
    ] as const) {
      let output = '';
      const asked: ReturnType<typeof run>[] = [];
      const args = ['reshard', address, '--from', source.id, '--to', target.id, '--slots', '4000', '--yes'];
      const moved = await run([...args, '--pace', '2ms'], {
        onOutput: (text) => {
          output += text;
          const id = /Operation (op-\w+)/.exec(output)?.[1];
          if (id !== undefined && asked.length === 0 && output.includes('[OK] Check'))
            asked.push(run(['pace', id, '700ms']));
        },
      });
      expect(moved.exitCode).toBe(0);
      const id = /Operation (op-\w+)/.exec(output)?.[1] ?? '';
      expect(await asked[0]).toMatchObject({ exitCode: 0, stdout: `[OK] The pace of operation ${id} is 700ms.\n` });
      expect(await run(['pace', id, 'fast'])).toMatchObject({ exitCode: 1 });
      await cluster.waitForAgreement();
    }
    expect(await run(['pace', 'op-nosuchone', 'fast'])).toMatchObject({ exitCode: 2 });
    const wrong = await run(['reshard', address, '--from', from.id, '--to', to.id, '--slots', '1', '--pace', '0ms']);
    expect(wrong).toMatchObject({ exitCode: 2 });
    expect(wrong.stderr).toContain('"0ms" is no pace');
  });

  test('an operation is paused from another terminal, and goes on when it is resumed', async () => {
    const [from, to] = cluster.nodes;
    if (from === undefined || to === undefined) throw new Error('too few nodes');
    const before = await slotsOf(to.id);
    for (const [source, target] of [
      [from, to],
      [to, from],
    ] as const) {
      let output = '';
      const pauses: ReturnType<typeof run>[] = [];
      const args = ['reshard', address, '--from', source.id, '--to', target.id, '--slots', '600', '--yes'];
      const cut = await run([...args, '--pace', 'gentle'], {
        onOutput: (text) => {
          output += text;
          const id = /Operation (op-\w+)/.exec(output)?.[1];
          if (id !== undefined && pauses.length === 0 && output.includes('[OK] Move slots'))
            pauses.push(run(['pause', id]));
        },
      });
      const id = /Operation (op-\w+)/.exec(output)?.[1] ?? '';
      expect(await pauses[0]).toMatchObject({ exitCode: 0, stdout: `[OK] Operation ${id} is paused.\n` });
      expect(cut.exitCode).toBe(1);
      expect((await run(['pause', id])).stdout).toContain('is paused already');
      expect(await run(['resume', id])).toMatchObject({ exitCode: 0 });
      await cluster.waitForAgreement();
    }
    expect(await slotsOf(to.id)).toBe(before);
    expect(await keys()).toBe(3000);
  });
});

test('bash completes commands, kinds of plan and options from the script that it is given', async () => {
  const { stdout, exitCode } = await slotdeck(['completion', 'bash']);
  expect(exitCode).toBe(0);
  const complete = (...words: string[]): string[] => {
    const script = `${stdout}
COMP_WORDS=(slotdeck "$@"); COMP_CWORD=$#; _slotdeck; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' })
      .trim()
      .split('\n');
  };
  expect(complete('res')).toEqual(['reshard', 'resume']);
  expect(complete('--cluster', 'del')).toEqual(['del-node']);
  expect(complete('plan', 'f')).toEqual(['fix', 'failover']);
  expect(complete('reshard', 'h:1', '--cluster-sl')).toEqual(
    expect.arrayContaining(['--cluster-slots', '--cluster-slave']),
  );
  expect((await slotdeck(['completion', 'fish'])).stdout).toContain('complete -c slotdeck');
  expect(await slotdeck(['completion', 'tcsh'])).toMatchObject({ exitCode: 2 });
});
