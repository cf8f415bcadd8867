import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { expectNoLeaks } from '@slotdeck/testkit/leaks';
import { slotdeck } from './slotdeck-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'slotdeck-explain-'));
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await expectNoLeaks();
});

const [OLD, HEIR, VOTER] = ['a', 'b', 'c'].map((letter) => letter.repeat(40)) as [string, string, string];

const heirFirst = `7:S 03 Mar 2026 04:00:00.000 * No cluster configuration found, I'm ${HEIR}
7:S 03 Mar 2026 04:00:00.100 * Running mode=cluster, port=7003.
7:S 03 Mar 2026 04:00:20.000 * Connection with master lost.
`;
const heirThen = `7:S 03 Mar 2026 04:00:22.030 * FAIL message received from ${VOTER} about ${OLD}
7:S 03 Mar 2026 04:00:23.000 # Starting a failover election for epoch 7.
7:S 03 Mar 2026 04:00:23.200 # Failover election won: I'm the new master.
7:S 03 Mar 2026 04:00:23.200 # configEpoch set to 7 after successful failover
`;
const line = (at: string, message: string): string =>
  JSON.stringify({ pid: 9, role: 'primary', timestamp: `03 Mar 2026 ${at}`, level: 'notice', message });
const voter = [
  line('04:00:00.000', `Node configuration loaded, I'm ${VOTER}`),
  line('04:00:22.000', `Marking node ${OLD} () as failing (quorum reached).`),
  line('04:00:23.100', `Failover auth granted to ${HEIR} () for epoch 7`),
].join('\n');

/** Two nodes' logs as an incident leaves them: one rotated and packed, one in another format. */
function writeLogs(): string {
  const logs = join(folder, 'logs');
  mkdirSync(join(logs, 'voter'), { recursive: true });
  writeFileSync(join(logs, 'heir.log.1.gz'), gzipSync(heirFirst));
  writeFileSync(join(logs, 'heir.log'), heirThen);
  writeFileSync(join(logs, 'voter', 'redis.log'), `${voter}\n`);
  writeFileSync(join(logs, 'notes.md'), 'nothing of a server');
  return logs;
}

test('a folder of logs, rotated and packed, tells of a failover with the lines that show it', async () => {
  const { stdout, exitCode } = await slotdeck(['explain', writeLogs()]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('heir.log: node bbbbbbbb; 7 lines');
  expect(stdout).toContain('Automatic failover, aaaaaaaa → bbbbbbbb:7003, epoch 7');
  expect(stdout).toContain('cccccccc votes for bbbbbbbb:7003 in epoch 7  [redis.log:3]');
  expect(stdout).toContain('slots not served for 3.2 s (inferred)');
  expect(stdout).not.toContain('notes.md');
});

test('for programs it is one document, with the counts of each log', async () => {
  const { stdout, exitCode } = await slotdeck(['explain', '--json', writeLogs()]);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: true,
    logs: [
      { file: 'heir.log', nodes: [HEIR], port: 7003, lines: 7, unknown: 0, other: 0 },
      { file: 'redis.log', nodes: [VOTER], lines: 3 },
    ],
    incidents: [{ kind: 'failover-automatic', epoch: 7 }],
  });
});

test('what a pipe brings is read like a file', async () => {
  const { stdout } = await slotdeck(['explain', '-', '--json'], { input: heirFirst + heirThen });
  expect(JSON.parse(stdout)).toMatchObject({ logs: [{ file: '-', nodes: [HEIR], lines: 7 }] });
});

test('a file that is no log is read, counted and tells of nothing', async () => {
  const path = join(folder, 'picture.bin');
  writeFileSync(path, Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 37) % 256)));
  const { stdout, exitCode } = await slotdeck(['explain', path]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('Nothing happened that these logs tell of.');
});

test('files that are told apart by a port are logs of several nodes, not parts of one', async () => {
  const paths = ['node.7001', 'node.7002'].map((name) => join(folder, name));
  for (const path of paths) writeFileSync(path, heirFirst);
  const { stdout } = await slotdeck(['explain', '--json', ...paths]);
  expect(JSON.parse(stdout)).toMatchObject({ logs: [{ file: 'node.7001' }, { file: 'node.7002' }] });
});

test('a missing file, an empty folder and no file at all are refused', async () => {
  expect(await slotdeck(['explain', join(folder, 'absent.log')])).toMatchObject({ exitCode: 1 });
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  const { stderr, exitCode } = await slotdeck(['explain', empty]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`There is no log in the folder ${empty}.`);
  expect(await slotdeck(['explain'])).toMatchObject({ exitCode: 2 });
});
