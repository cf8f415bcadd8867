import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { superviseChild } from './child-supervisor.ts';
import type { NodeConnection } from './node-connection.ts';
import type { ServerBinary } from './server-binaries.ts';
import { waitUntil } from './wait-until.ts';

/** The server ended before it answered. */
export class ServerDidNotStart extends Error {
  readonly code: 'port-taken' | 'server-exited';
  readonly facts: { readonly command: string; readonly log: string };

  constructor(facts: ServerDidNotStart['facts']) {
    const code = /address already in use|failed listening|could not create server tcp/i.test(facts.log)
      ? 'port-taken'
      : 'server-exited';
    super(`${code}: ${facts.command}\n${facts.log}`);
    this.name = 'ServerDidNotStart';
    this.code = code;
    this.facts = facts;
  }
}

/** One server process at a time, started on the same configuration again and again. */
export type ServerProcess = {
  readonly pid: number | null;
  readonly isRunning: boolean;
  /** Stopped by SIGSTOP and not yet continued. */
  readonly isPaused: boolean;
  /** Resolves when the server answers PING; `ServerDidNotStart` when it ended instead. */
  start(): Promise<void>;
  /** Resolves when the process is gone. Sending a signal to a process that has ended is no error. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
};

export type ServerProcessSetup = {
  readonly binary: ServerBinary;
  readonly configFile: string;
  readonly logFile: string;
  readonly dir: string;
  readonly port: number;
  readonly connection: NodeConnection;
};

export function createServerProcess(setup: ServerProcessSetup): ServerProcess {
  const { binary, configFile, logFile, dir, port, connection } = setup;
  let child: ChildProcess | null = null;
  let isPaused = false;

  const isAlive = (process: ChildProcess | null): process is ChildProcess =>
    process !== null && process.exitCode === null && process.signalCode === null;

  return {
    get pid() {
      return isAlive(child) ? (child.pid ?? null) : null;
    },
    get isRunning() {
      return isAlive(child);
    },
    get isPaused() {
      return isAlive(child) && isPaused;
    },
    async start() {
      if (isAlive(child)) return;
      // Before the server opens its log it complains on the standard outputs; both belong in the log.
      const log = openSync(logFile, 'a');
      const started = spawn(binary.server, [configFile], { cwd: dir, stdio: ['ignore', log, log] });
      closeSync(log);
      child = started;
      isPaused = false;
      await once(started, 'spawn');
      superviseChild(started, `${binary.name} on port ${port}`);
      await waitUntil(
        `${binary.name} on port ${port} to answer`,
        async () => {
          if (!isAlive(started)) return 'ended';
          return (await connection.call('PING')) === 'PONG' && 'answers';
        },
        { timeoutMs: 60_000, everyMs: 10 },
      );
      // A process that lost the port to another server ends while that other server answers.
      if (!isAlive(started)) {
        const tail = (await readFile(logFile, 'utf8')).split('\n').slice(-15).join('\n');
        throw new ServerDidNotStart({ command: `${binary.server} ${configFile}`, log: tail });
      }
    },
    async end(signal) {
      const ending = child;
      if (!isAlive(ending)) return;
      const gone = once(ending, 'exit');
      ending.kill(signal);
      // A stopped process keeps SIGTERM for later; SIGKILL reaches it at once.
      if (signal === 'SIGTERM') ending.kill('SIGCONT');
      await gone;
    },
    signal(signal) {
      if (!isAlive(child)) return;
      isPaused = signal === 'SIGSTOP';
      child.kill(signal);
    },
  };
}
