import { fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProbeOrder, ProbeRequest, WaitReport } from './wait-probe-process.ts';

export type { WaitReport, WaitWindow } from './wait-probe-process.ts';

/** What clients of some nodes wait for GET and SET, each to a key of its own node, measured in a process of its own. */
export interface WaitProbe {
  /** So many clients beside the measured ones keep the nodes busy from now on; 0 ends them. */
  load(clients: number): void;
  /** Since the last report. */
  report(): Promise<WaitReport>;
  close(): Promise<void>;
}

/** `everyMs` between two commands to each node, 2 by default; `windowMs` of one point of the plot, 100 by default. */
export async function startWaitProbe({
  nodes,
  everyMs = 2,
  windowMs = 100,
}: Pick<ProbeOrder, 'nodes'> & Partial<ProbeOrder>): Promise<WaitProbe> {
  const file = fileURLToPath(new URL(`./wait-probe-process${extname(import.meta.url)}`, import.meta.url));
  const child = fork(file, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const tell = (request: ProbeRequest): void => void child.send(request);
  await once(child, 'spawn');
  tell({ ask: 'begin', order: { nodes, everyMs, windowMs } });
  return {
    load: (clients) => tell({ ask: 'load', clients }),
    report() {
      return new Promise((resolve) => {
        // Our own process file says nothing else.
        child.once('message', (message) => resolve(message as WaitReport));
        tell({ ask: 'report' });
      });
    },
    async close() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
