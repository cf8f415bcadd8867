import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeClient, type Call } from '@slotdeck/contract/client';
import { superviseChild } from '@slotdeck/testkit/child-supervisor';
import { releasePort, reservePort } from '@slotdeck/testkit/free-ports';
import { waitUntil } from '@slotdeck/testkit/wait-until';

const SERVER = fileURLToPath(new URL('../../apps/server/dist/main.js', import.meta.url));

/** The built product as a process of its own, on a free port and a new data folder. */
export interface Console {
  readonly url: string;
  readonly dataFolder: string;
  readonly username: 'admin';
  readonly password: string;
  /** A client signed in as admin. */
  readonly call: Call;
  readonly output: () => string;
  /** SIGKILL: as if the power went. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data folder. */
  start(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  discard(): Promise<void>;
}

export interface ConsoleSettings {
  readonly env?: Readonly<Record<string, string>>;
  /** Share another console's folder, to show that the second refuses. */
  readonly dataFolder?: string;
  readonly mayFail?: boolean;
}

export async function startConsole(settings: ConsoleSettings = {}): Promise<Console> {
  const port = await reservePort();
  const dataFolder = settings.dataFolder ?? (await mkdtemp(join(tmpdir(), 'slotdeck-e2e-')));
  const url = `http://127.0.0.1:${port}`;
  const password = randomBytes(12).toString('base64url');
  let output = '';
  let child: ChildProcess | null = null;
  let cookie: string | null = null;

  const exited = (running: ChildProcess): Promise<number | null> =>
    running.exitCode !== null || running.signalCode !== null
      ? Promise.resolve(running.exitCode)
      : new Promise((resolve) => running.once('exit', (code) => resolve(code)));

  async function start(): Promise<void> {
    const started = spawn(process.execPath, [SERVER], {
      env: {
        // Settings of whoever runs the tests are not to reach the console under test.
        ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SLOTDECK_'))),
        SLOTDECK_HOST: '127.0.0.1',
        SLOTDECK_PORT: String(port),
        SLOTDECK_DATA: dataFolder,
        SLOTDECK_ADMIN_PASSWORD: password,
        SLOTDECK_LOG: 'info',
        ...settings.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    superviseChild(started, 'the console');
    for (const stream of [started.stdout, started.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => (output += text));
    }
    await waitUntil('the console to answer', async () => {
      if (started.exitCode !== null || started.signalCode !== null) {
        if (settings.mayFail === true) return true;
        throw new Error(`the console ended with ${started.exitCode ?? started.signalCode}: ${output}`);
      }
      return isReady(url);
    });
  }

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    if (child === null) return null;
    const running = child;
    child = null;
    if (running.exitCode === null) running.kill(signal);
    return exited(running);
  }

  const signedInFetch: typeof fetch = async (input, init) => {
    if (cookie === null) {
      const answer = await fetch(`${url}/api/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: url },
        body: JSON.stringify({ username: 'admin', password }),
      });
      if (!answer.ok) throw new Error(`sign-in answered ${answer.status}: ${await answer.text()}`);
      cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? null;
    }
    return fetch(input, {
      ...init,
      headers: { ...Object.fromEntries(new Headers(init?.headers)), cookie: cookie ?? '', origin: url },
    });
  };

  await start();
  return {
    url,
    dataFolder,
    username: 'admin',
    password,
    call: makeClient({ base: url, fetch: signedInFetch }),
    output: () => output,
    kill: async () => {
      await end('SIGKILL');
    },
    start,
    stop: () => end('SIGTERM'),
    async discard() {
      await end('SIGKILL');
      releasePort(port);
      if (settings.dataFolder === undefined) await rm(dataFolder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`)).ok;
  } catch (error) {
    // Nobody listens yet: exactly what is being waited for. Anything else is a defect of the test.
    if (error instanceof TypeError) return false;
    throw error;
  }
}
