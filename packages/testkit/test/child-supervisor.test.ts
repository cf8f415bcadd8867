import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { waitUntil } from '@slotdeck/testkit/wait-until';

const program = `
  const { startCluster } = await import(process.argv[1]);
  const cluster = await startCluster({ primaries: 1, replicasPerPrimary: 1 });
  cluster.nodes[1].pause();
  console.log(JSON.stringify({ pids: cluster.nodes.map((node) => node.pid), dir: cluster.nodes[0].dir }));
  setInterval(() => {}, 1000);
`;

test('servers and folders go when the test process is killed without warning, also a paused server', async () => {
  const source = fileURLToPath(new URL('../src/real-cluster.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--conditions=source', '--input-type=module', '--eval', program, source],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  try {
    const { pids, dir } = await firstLine(child.stdout);
    expect(pids.every(isAlive)).toBe(true);
    child.kill('SIGKILL');
    await waitUntil('the servers to be gone', () => !pids.some(isAlive));
    await waitUntil('the folder to be gone', () => !existsSync(dir));
  } finally {
    child.kill('SIGKILL');
  }
});

async function firstLine(stream: NodeJS.ReadableStream): Promise<{ pids: number[]; dir: string }> {
  for await (const line of createInterface({ input: stream })) {
    const read: unknown = JSON.parse(line);
    if (isReport(read)) return read;
  }
  throw new Error('the program ended before it said what it had started');
}

function isReport(value: unknown): value is { pids: number[]; dir: string } {
  return typeof value === 'object' && value !== null && 'pids' in value && 'dir' in value;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}
