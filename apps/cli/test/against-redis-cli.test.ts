import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { releasePort, reservePort } from '@slotdeck/testkit/free-ports';
import { expectNoLeaks } from '@slotdeck/testkit/leaks';
import { startCluster, withCluster, type RealCluster } from '@slotdeck/testkit/real-cluster';
import { serversUnderTest, type ServerName } from '@slotdeck/testkit/server-binaries';
import { waitUntil } from '@slotdeck/testkit/wait-until';
import { slotdeck } from './slotdeck-process.ts';

/** Colours are for terminals; redis-cli prints them everywhere. */
const bare = (text: string): string[] => {
  const escape = String.fromCharCode(27);
  return text
    .split(escape)
    .map((part, at) => (at === 0 ? part : part.replace(/^\[[\d;]*m/, '')))
    .join('')
    .split('\n')
    .filter((line) => line.trim() !== '');
};

const tried: ServerName[] = ['redis-7.0', 'redis-8.6', 'valkey-9.1'];
const servers = serversUnderTest().filter(({ name }) => tried.includes(name));

afterAll(expectNoLeaks);

describe.each(servers.map(({ name }) => name))('beside the tool of %s', (server) => {
  let cluster: RealCluster;
  let address = '';

  beforeAll(async () => {
    cluster = await startCluster({ server });
    await cluster.fillKeys({ count: 200, valueBytes: 20 });
    address = cluster.seeds[0] ?? '';
    await cluster.waitForAgreement();
  });
  afterAll(() => cluster.shutdown());

  test('every line of its check of a healthy cluster is in ours, and both end with 0', async () => {
    const [theirs, ours] = await Promise.all([
      cluster.cli(['--cluster', 'check', address]),
      slotdeck(['--cluster', 'check', address]),
    ]);
    expect({ theirs: theirs.exitCode, ours: ours.exitCode }).toEqual({ theirs: 0, ours: 0 });
    expect(bare(ours.stdout)).toEqual(expect.arrayContaining(bare(theirs.stdout)));
    expect(ours.stdout).toContain('[OK] All nodes agree about slots configuration.');
    expect(ours.stdout).toContain('[OK] All 16384 slots covered.');
    expect(ours.stderr).toBe('');
  });

  test('its info and ours say the same', async () => {
    const [theirs, ours] = await Promise.all([
      cluster.cli(['--cluster', 'info', address]),
      slotdeck(['info', address]),
    ]);
    expect(ours.exitCode).toBe(theirs.exitCode);
    expect(bare(ours.stdout).toSorted()).toEqual(bare(theirs.stdout).toSorted());
  });

  test.each([
    ['all nodes', []],
    ['primaries', ['--cluster-only-masters']],
    ['replicas', ['--cluster-only-replicas']],
  ])('a command to %s gets the same answers', async (_, only) => {
    const args = ['--cluster', 'call', address, 'CONFIG', 'GET', 'cluster-node-timeout', ...only];
    const [theirs, ours] = await Promise.all([cluster.cli(args), slotdeck(args)]);
    expect(ours.exitCode).toBe(0);
    const answers = (text: string): string[] => bare(text).slice(1).toSorted();
    expect(answers(ours.stdout)).toEqual(answers(theirs.stdout));
  });

  test('a command that a node refuses is shown per node, and the exit status says so', async () => {
    const ours = await slotdeck(['call', address, 'NOSUCHCOMMAND']);
    expect(ours.exitCode).toBe(1);
    expect(ours.stdout.match(/: ERR unknown command/g)).toHaveLength(6);
  });

  test('--json is one document with everything in it', async () => {
    const { stdout, exitCode } = await slotdeck(['check', address, '--json']);
    expect(exitCode).toBe(0);
    const document: unknown = JSON.parse(stdout);
    expect(document).toMatchObject({
      ok: true,
      answered: 6,
      keys: 200,
      slots: { covered: 16_384, unassigned: '', open: [], disputed: [] },
    });
  });
});

test('an open slot, a slot that nobody has and a dead replica: the tool sees two of them, ours all three', async () => {
  await withCluster({}, async (cluster) => {
    const address = cluster.seeds[0] ?? '';
    const [first, second, third] = cluster.primaries();
    const replica = cluster.replicas()[0];
    if (first === undefined || second === undefined || third === undefined || replica === undefined)
      throw new Error('too few nodes');
    const own = (await cluster.table(first)).find((row) => row.id === first.id)?.slots[0]?.[0] ?? 0;
    const last = (await cluster.table(third)).find((row) => row.id === third.id)?.slots[0]?.[1] ?? 0;
    await first.call('CLUSTER', 'SETSLOT', own, 'MIGRATING', second.id);
    await third.call('CLUSTER', 'DELSLOTS', last);
    await replica.kill();
    try {
      await waitUntil('the replica to be called failed', async () =>
        (await cluster.table(first)).some((row) => row.id === replica.id && row.health === 'failed'),
      );
      const [theirs, ours] = await Promise.all([
        cluster.cli(['--cluster', 'check', address]),
        slotdeck(['check', address]),
      ]);
      expect({ theirs: theirs.exitCode, ours: ours.exitCode }).toEqual({ theirs: 1, ours: 1 });
      const open = `[WARNING] The following slots are open: ${own}.`;
      expect(theirs.stdout).toContain(open);
      expect(ours.stdout).toContain(open);
      expect(ours.stdout).toContain(`[WARNING] Node ${first.host}:${first.port} has slots in migrating state ${own}.`);
      expect(ours.stdout).toContain('[ERR] Not all 16384 slots are covered by nodes.');
      expect(ours.stdout).toContain(`Nobody has ${last}.`);
      expect(ours.stdout).toContain(`${replica.host}:${replica.port} has failed.`);
      expect(theirs.stdout).not.toContain('has failed');
    } finally {
      await replica.start();
      await first.call('CLUSTER', 'SETSLOT', own, 'STABLE');
      await third.call('CLUSTER', 'ADDSLOTS', last);
      await cluster.waitForAgreement();
    }
  });
});

test('nobody at the address, a wrong password and a missing one are told apart, with exit status 1', async () => {
  const port = await reservePort();
  const nobody = await slotdeck(['check', `127.0.0.1:${port}`]);
  expect(nobody).toMatchObject({ exitCode: 1, stdout: '' });
  expect(nobody.stderr).toContain('connection-refused');
  const asJson = await slotdeck(['check', `127.0.0.1:${port}`, '--json']);
  expect(JSON.parse(asJson.stdout)).toMatchObject({ ok: false, error: { code: 'cluster-not-seen' } });
  releasePort(port);

  await withCluster({ primaries: 3, replicasPerPrimary: 0, password: 'right-horse' }, async (locked) => {
    const seed = locked.seeds[0] ?? '';
    const [without, wrong, asked, fromEnv] = await Promise.all([
      slotdeck(['info', seed]),
      slotdeck(['info', seed, '-a', 'wrong-horse']),
      slotdeck(['info', seed, '--askpass'], { input: 'right-horse\n' }),
      slotdeck(['--cluster', 'info', seed], { env: { REDISCLI_AUTH: 'right-horse' } }),
    ]);
    expect(without).toMatchObject({ exitCode: 1 });
    expect(without.stderr).toContain('password-required');
    expect(wrong).toMatchObject({ exitCode: 1 });
    expect(wrong.stderr).toContain('wrong-password');
    expect(`${wrong.stdout}${wrong.stderr}`).not.toContain('wrong-horse');
    expect(asked.exitCode).toBe(0);
    expect(fromEnv.exitCode).toBe(0);
    expect(fromEnv.stdout).toContain('in 3 masters.');
  });
});

test('help names every command, with status 0', async () => {
  const [general, one] = await Promise.all([slotdeck(['--cluster', 'help']), slotdeck(['reshard', '--help'])]);
  expect([general.exitCode, one.exitCode]).toEqual([0, 0]);
  for (const command of ['create', 'fix', 'reshard', 'backup']) expect(general.stdout).toContain(command);
  expect(one.stdout).toContain('--slot-ranges');
});

test('arguments that make no sense end with 2 and the help of the command', async () => {
  const { exitCode, stdout, stderr } = await slotdeck(['call', '127.0.0.1:7000']);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain('Say which command to send.');
  expect(stderr).toContain('slotdeck call HOST:PORT COMMAND');
});
