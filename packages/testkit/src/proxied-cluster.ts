import { startDelayProxy, type DelayProxy, type DelayProxyOptions } from './delay-proxy.ts';
import { startProxyHost } from './proxy-host.ts';
import type { RealCluster, RealNode } from './real-cluster.ts';
import { waitUntil } from './wait-until.ts';

/** What every proxy of a cluster can do; those of this process can do more. */
export type PlainProxy = Pick<DelayProxy, 'host' | 'port' | 'setDelay' | 'close'>;

export type ProxiedCluster<Proxy extends PlainProxy = DelayProxy> = {
  /** `host:port` of the proxies: the only addresses that the nodes tell from now on. */
  readonly seeds: string[];
  proxyOf(node: RealNode): Proxy;
  setDelay(oneWayMs: number): void;
  /** The nodes tell their own ports again; then the proxies end. */
  close(): Promise<void>;
};

/**
 * Puts a proxy before every node and has the nodes announce the proxies' ports, so that every client, every MIGRATE and every replica goes
 * through them. The cluster bus is not delayed.
 */
export function proxyCluster(cluster: RealCluster, delayMs: number): Promise<ProxiedCluster> {
  return proxyClusterBy(cluster, delayMs, startDelayProxy);
}

/**
 * The same with the proxies in a process of their own, so that what this process does, a reshard for example, does not lengthen the
 * delay.
 */
export async function proxyClusterApart(cluster: RealCluster, delayMs: number): Promise<ProxiedCluster<PlainProxy>> {
  const host = await startProxyHost();
  try {
    const proxied = await proxyClusterBy(cluster, delayMs, (options) => host.start(options));
    return {
      ...proxied,
      async close() {
        await proxied.close();
        await host.close();
      },
    };
  } catch (error) {
    await host.close();
    throw error;
  }
}

async function proxyClusterBy<Proxy extends PlainProxy>(
  cluster: RealCluster,
  delayMs: number,
  start: (options: DelayProxyOptions) => Promise<Proxy>,
): Promise<ProxiedCluster<Proxy>> {
  const proxies = new Map<string, Proxy>();

  async function announce(portOf: (node: RealNode) => number, announced: (node: RealNode) => number): Promise<void> {
    const running = cluster.nodes.filter((node) => node.isRunning);
    await Promise.all(running.map((node) => node.call('CONFIG', 'SET', 'cluster-announce-port', announced(node))));
    const expected = new Map(running.map((node) => [node.id, portOf(node)]));
    await waitUntil('all nodes to know the announced ports', async () => {
      const tables = await Promise.all(running.map((node) => cluster.table(node)));
      return tables.flat().every((row) => !expected.has(row.id) || row.port === expected.get(row.id));
    });
  }

  async function close(): Promise<void> {
    try {
      await announce(
        (node) => node.port,
        () => 0,
      );
    } finally {
      await Promise.all([...proxies.values()].map((proxy) => proxy.close()));
    }
  }

  function proxyOf(node: RealNode): Proxy {
    const proxy = proxies.get(node.id);
    if (proxy === undefined) throw new Error(`port ${node.port} was added after the proxies`);
    return proxy;
  }

  for (const node of cluster.nodes) {
    proxies.set(node.id, await start({ target: { host: node.host, port: node.port }, delayMs }));
  }
  try {
    await announce(
      (node) => proxyOf(node).port,
      (node) => proxyOf(node).port,
    );
    await cluster.waitForAgreement();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    seeds: [...proxies.values()].map((proxy) => `${proxy.host}:${proxy.port}`),
    proxyOf,
    setDelay: (oneWayMs) => proxies.forEach((proxy) => proxy.setDelay(oneWayMs)),
    close,
  };
}
