import { startDelayProxy, type DelayProxy, type DelayProxyOptions } from './delay-proxy.ts';

/** The process that `proxy-host.ts` starts. Each order has a number; the answer carries it. */
export type ProxyOrder =
  | { readonly id: number; readonly order: 'start'; readonly options: DelayProxyOptions }
  | { readonly id: number; readonly order: 'delay'; readonly port: number; readonly oneWayMs: number }
  | { readonly id: number; readonly order: 'close'; readonly port: number };

export type ProxyAnswer =
  { readonly id: number; readonly port: number } | { readonly id: number; readonly problem: string };

const proxies = new Map<number, DelayProxy>();

async function obey(order: ProxyOrder): Promise<number> {
  if (order.order === 'start') {
    const proxy = await startDelayProxy(order.options);
    proxies.set(proxy.port, proxy);
    return proxy.port;
  }
  const proxy = proxies.get(order.port);
  if (proxy === undefined) throw new Error(`no proxy on port ${order.port}`);
  if (order.order === 'delay') proxy.setDelay(order.oneWayMs);
  else {
    proxies.delete(order.port);
    await proxy.close();
  }
  return order.port;
}

// The parent is the only one who speaks here, and it is typed.
process.on('message', (message) => {
  const order = message as ProxyOrder;
  const answer = (given: ProxyAnswer): void => void process.send?.(given);
  obey(order).then(
    (port) => answer({ id: order.id, port }),
    (error: unknown) => answer({ id: order.id, problem: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
