import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeClient, type Call } from '@slotdeck/contract/client';
import { superviseChild, superviseFolder } from '@slotdeck/testkit/child-supervisor';

/** The built server as a process of its own, on a data folder that survives its death. */
export interface ConsoleProcess {
  /** Signed in. After a restart the same session goes on. */
  readonly call: Call;
  readonly isRunning: boolean;
  readonly pid: number | null;
  /** Its data folder. */
  readonly folder: string;
  /** For what is not an endpoint: the address and the session's cookie. */
  session(): { readonly base: string; readonly cookie: string };
  start(): Promise<void>;
  /** SIGKILL. Resolves when the process is gone. */
  kill(): Promise<void>;
  /** What the processes wrote to their logs, newest last, bounded. */
  log(): string;
  close(): Promise<void>;
}

const main = fileURLToPath(new URL('../apps/server/dist/main.js', import.meta.url));
const LOG_KEPT = 20_000;

export async function openConsole(): Promise<ConsoleProcess> {
  if (!existsSync(main)) throw new Error('the server is not built; run: npm run build');
  const folder = await mkdtemp(join(tmpdir(), 'slotdeck-soak-'));
  superviseFolder(folder);
  const password = randomBytes(12).toString('hex');
  const env = {
    ...process.env,
    SLOTDECK_HOST: '127.0.0.1',
    SLOTDECK_PORT: '0',
    SLOTDECK_DATA: folder,
    SLOTDECK_ADMIN_PASSWORD: password,
    SLOTDECK_LOG: 'info',
  };
  let child: ChildProcess | null = null;
  let base = '';
  let cookie = '';
  let log = '';

  function keep(text: string): void {
    log = (log + text).slice(-LOG_KEPT);
  }

  /** What a browser does with cookies, as far as one session needs it. */
  const fetchWithCookie: typeof fetch = async (input, init) => {
    const headers = new Headers(init?.headers);
    if (cookie !== '') headers.set('cookie', cookie);
    const answer = await fetch(input, { ...init, headers });
    for (const each of answer.headers.getSetCookie()) cookie = each.split(';')[0] ?? cookie;
    return answer;
  };
  const call: Call = (name, request, signal) => makeClient({ base, fetch: fetchWithCookie })(name, request, signal);

  async function start(): Promise<void> {
    const started = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    child = started;
    superviseChild(started, 'slotdeck server');
    base = await new Promise<string>((resolve, reject) => {
      let said = '';
      const read = (text: string): void => {
        keep(text);
        said += text;
        const url = /is at (http:\/\/\S+)/.exec(said)?.[1];
        if (url !== undefined) resolve(url);
      };
      for (const stream of [started.stdout, started.stderr]) stream.setEncoding('utf8').on('data', read);
      started.once('error', reject);
      started.once('exit', (code, signal) =>
        reject(new Error(`the server ended with ${code ?? signal} before it said where it is:\n${said}`)),
      );
    });
    if (cookie === '') await call('signIn', { body: { username: 'admin', password } });
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const ending = child;
    child = null;
    if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      ending.once('exit', () => resolve());
      ending.kill(signal);
    });
  }

  await start();
  return {
    call,
    get isRunning() {
      return child !== null;
    },
    get pid() {
      return child?.pid ?? null;
    },
    folder,
    session: () => ({ base, cookie }),
    start,
    kill: () => end('SIGKILL'),
    log: () => log,
    async close() {
      await end('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
