import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { makeClient, type Call } from '@slotdeck/contract/client';
import { superviseChild } from '@slotdeck/testkit/child-supervisor';
import { waitUntil } from '@slotdeck/testkit/wait-until';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

export const ADMIN_PASSWORD = 'the admin of the test';

export interface ServerOptions {
  folder: string;
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The real server in a process of its own, from the sources. */
export interface ServerProcess {
  /** Everything printed so far, both outputs. */
  output(): string;
  readonly pid: number;
  /** Resolves to the address once it takes requests; throws with the output when it ended instead. */
  ready(): Promise<string>;
  signal(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
}

export function startServer({ folder, args = [], env = {} }: ServerOptions): ServerProcess {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SLOTDECK_')));
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=source', main, ...args], {
    env: {
      ...inherited,
      SLOTDECK_PORT: '0',
      SLOTDECK_DATA: folder,
      SLOTDECK_ADMIN_PASSWORD: ADMIN_PASSWORD,
      NODE_ENV: 'production',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  superviseChild(child, 'slotdeck server');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  let isOver = false;
  const ended = once(child, 'close').then((): Ended => {
    isOver = true;
    return { code: child.exitCode, signal: child.signalCode };
  });
  if (child.pid === undefined) throw new Error('the server did not start');
  return {
    pid: child.pid,
    output: () => output,
    ended,
    ready: async () => {
      const found = await waitUntil(
        'the server to say where it is',
        () => (isOver ? 'ended' : /is at (http:\/\/\S+)/.exec(output)?.[1]),
        { timeoutMs: 60_000 },
      );
      if (found === 'ended') throw new Error(`the server ended:\n${output}`);
      return found;
    },
    signal: (signal) => void child.kill(signal),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** The API of a running server as its admin, and the cookie for its stream. */
export async function signIn(base: string, password = ADMIN_PASSWORD): Promise<{ call: Call; cookie: string }> {
  const answer = await fetch(`${base}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password }),
  });
  const cookie = answer.headers.get('set-cookie')?.split(';')[0];
  if (cookie === undefined) throw new Error(`signing in was answered ${answer.status}: ${await answer.text()}`);
  return { cookie, call: makeClient({ base, fetch, headers: () => ({ cookie }) }) };
}
