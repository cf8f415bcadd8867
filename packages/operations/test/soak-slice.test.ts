import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Long campaigns are run by hand; this keeps them from rotting, and every push meets a few random moments. */
function runSoak(...args: string[]): Promise<{ code: number | string | null; told: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['scripts/soak.mjs', ...args], { cwd: root }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : (error.code ?? null), told: stdout + stderr }),
    );
  });
}

test('the server may be killed in the middle of a reshard and started again', { timeout: 240_000 }, async () => {
  const { code, told } = await runSoak('kill-server', '--runs', '1', '--slots', '120');
  expect(told).toContain('1 rounds passed, 0 failed');
  expect(code).toBe(0);
});

test('a source and a target may be killed in the middle of a reshard', { timeout: 240_000 }, async () => {
  const { code, told } = await runSoak('kill-node', '--runs', '2', '--slots', '120');
  expect(told).toContain('2 rounds passed, 0 failed');
  expect(code).toBe(0);
});

test(
  'a target killed right after it took slots leaves one owner with ours, and two with the sequence of the tool',
  { timeout: 240_000 },
  async () => {
    const { code, told } = await runSoak('divergence', '--runs', '1', '--seed', '0');
    expect(told).toContain("the tool's sequence diverged, ours agreed");
    expect(told).toContain('1 rounds passed, 0 failed');
    expect(code).toBe(0);
  },
);

test('what was done to a cluster is told rightly by the logs of its nodes alone', { timeout: 240_000 }, async () => {
  const { code, told } = await runSoak('explain', '--runs', '1', '--slots', '666');
  expect(told).toContain('2 faults told rightly');
  expect(code).toBe(0);
});
