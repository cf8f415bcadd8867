import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CliResult } from '@slotdeck/testkit/real-cluster';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** As it is built: a process that first translates its sources would take a second longer each time. `npm test` builds before it tests. */
const main = fileURLToPath(new URL('../dist/bundle/slotdeck.js', import.meta.url));

/** One run of the command line as a process of its own, to its end. `onOutput` may end it early. */
export function slotdeck(
  args: readonly string[],
  {
    input = '',
    env = {},
    onOutput = () => undefined,
  }: {
    input?: string;
    env?: Record<string, string>;
    onOutput?: (text: string, kill: (signal: 'SIGINT' | 'SIGKILL') => void) => void;
  } = {},
): Promise<CliResult> {
  return new Promise<CliResult>((resolve) => {
    const child = execFile(
      process.execPath,
      [main, ...args],
      { cwd: root, env: { ...process.env, REDISCLI_AUTH: '', ...env } },
      (error, stdout, stderr) =>
        resolve({ exitCode: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr }),
    );
    child.stdout?.on('data', (text: unknown) => onOutput(String(text), (signal) => child.kill(signal)));
    child.stdin?.end(input);
  });
}
