import { startDelayProxy, type DelayProxy } from './delay-proxy.ts';
import type { RealCluster, RealNode } from './real-cluster.ts';
import { waitUntil } from './wait-until.ts';

export type ProxiedCluster = {
  /** `host:port` of the proxies: the only addresses that the nodes tell from now on. */
  readonly seeds: string[];
  proxyOf(node: RealNode): DelayProxy;
  setDelay(oneWayMs: number): void;
  /** The nodes tell their own ports again; then the proxies end. */
  close(): Promise<void>;
};

/**
 * Puts a proxy before every node and has the nodes announce the proxies' ports, so that every client, every MIGRATE and every replica goes
 * through them. The cluster bus is not delayed.
 */
export async function proxyCluster(cluster: RealCluster, delayMs: number): Promise<ProxiedCluster> {
  const proxies = new Map<string, DelayProxy>();

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

  function proxyOf(node: RealNode): DelayProxy {
    const proxy = proxies.get(node.id);
    if (proxy === undefined) throw new Error(`port ${node.port} was added after the proxies`);
    return proxy;
  }

  for (const node of cluster.nodes) {
    proxies.set(node.id, await startDelayProxy({ target: { host: node.host, port: node.port }, delayMs }));
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
