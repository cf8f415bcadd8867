import { fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DelayProxy, DelayProxyOptions } from './delay-proxy.ts';
import type { ProxyAnswer, ProxyOrder } from './proxy-host-process.ts';

/** A process that delays and does nothing else. */
export interface ProxyHost {
  start(options: DelayProxyOptions): Promise<Pick<DelayProxy, 'host' | 'port' | 'setDelay' | 'close'>>;
  close(): Promise<void>;
}

type OrderBody = ProxyOrder extends infer Each ? (Each extends ProxyOrder ? Omit<Each, 'id'> : never) : never;

export async function startProxyHost(): Promise<ProxyHost> {
  const file = fileURLToPath(new URL(`./proxy-host-process${extname(import.meta.url)}`, import.meta.url));
  const child = fork(file, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const waiting = new Map<number, (answer: ProxyAnswer) => void>();
  let last = 0;
  // Our own process file says nothing else.
  child.on('message', (message) => {
    const answer = message as ProxyAnswer;
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  await once(child, 'spawn');

  async function tell(body: OrderBody): Promise<number> {
    last += 1;
    const id = last;
    const answer = await new Promise<ProxyAnswer>((resolve) => {
      waiting.set(id, resolve);
      child.send({ ...body, id });
    });
    if ('problem' in answer) throw new Error(answer.problem);
    return answer.port;
  }

  return {
    async start(options) {
      const port = await tell({ order: 'start', options });
      return {
        host: '127.0.0.1',
        port,
        setDelay: (oneWayMs) => void tell({ order: 'delay', port, oneWayMs }),
        close: async () => void (await tell({ order: 'close', port })),
      };
    },
    async close() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
