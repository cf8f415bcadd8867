import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import type { NodeCalls, NodeAddress } from '@slotdeck/cluster/connection/node-calls';
import { createObserver } from '@slotdeck/cluster/observe/observe-cluster';
import type { Clock } from '@slotdeck/model/clock';
import { operationCatalog } from '@slotdeck/operations/catalog/catalog';
import { openFileStore, type FileStore } from '@slotdeck/operations/engine/file-journal';
import { createRunner, type OperationsRunner } from '@slotdeck/operations/engine/operations-runner';
import type { Access } from '../read-arguments.ts';

export const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    await wait(ms, undefined, signal === undefined ? {} : { signal });
  },
};

export interface LocalRunner {
  readonly runner: OperationsRunner;
  readonly store: FileStore;
}

/** Operations carried out by this process, journalled in a folder. All of them meet the one cluster that is connected. */
export function openLocalRunner(
  folder: string,
  calls: NodeCalls,
  seeds: readonly NodeAddress[],
  { username, password }: Access,
  source: NodeCalls,
): LocalRunner {
  const store = openFileStore({ folder, clock });
  const observer = createObserver({ calls, clock, seeds });
  const cluster = {
    calls,
    migrateAuth: password === undefined ? null : { ...(username === undefined ? {} : { username }), password },
    importSource: () => source,
    look: async () => (await observer.round({ depth: 'map' })).views,
  };
  const runner = createRunner({
    ...store,
    definitions: operationCatalog(() => cluster),
    clock,
    holder: holderName(process.pid),
    onFault: (error) => {
      throw error;
    },
  });
  return { runner, store };
}

/** Whether a process is the command line at all: after a crash another program may have been given the number. Without `/proc`: not known, so no. */
export function isOurs(pid: number): boolean {
  const path = `/proc/${pid}/cmdline`;
  return existsSync(path) && readFileSync(path, 'utf8').includes('slotdeck');
}

function holderName(pid: number): string {
  return `${pid}@${hostname()}`;
}

/** The process of this machine that holds a lease, when it still runs and is not this one. */
export function aliveHolder(holder: string): number | null {
  const [pid, host] = holder.split('@');
  const number = Number(pid);
  if (host !== hostname() || !Number.isInteger(number) || number === process.pid) return null;
  try {
    process.kill(number, 0);
    return number;
  } catch (error) {
    // No such process; one that belongs to somebody else (EPERM) runs.
    return error instanceof Error && 'code' in error && error.code === 'ESRCH' ? null : number;
  }
}
