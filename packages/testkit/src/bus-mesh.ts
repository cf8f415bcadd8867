import { connect, createServer, type Socket } from 'node:net';
import type { RealCluster, RealNode } from './real-cluster.ts';
import { waitUntil } from './wait-until.ts';

/** The cluster bus of every node behind a door that knows who knocks, so that any two nodes can be kept apart. */
export type BusMesh = {
  /** From now on nothing passes between the two sides, in either direction, until `heal`. Connections stay open and silent. */
  separate(side: readonly RealNode[], other: readonly RealNode[]): void;
  /** Everybody reaches everybody again; connections that lost bytes are dropped. */
  heal(): void;
  close(): Promise<void>;
};

type Door = { readonly node: RealNode; readonly port: number; close(): Promise<void>; dropCut(): void };

/**
 * Gives each node an address of its own in 127.0.0.0/8 to call from (`bind-source-addr`, Redis ≥ 6.2, Valkey), and has it announce
 * the port of its door as its bus port. Replication and clients are not touched.
 */
export async function meshBus(cluster: RealCluster): Promise<BusMesh> {
  const sourceOf = new Map(cluster.nodes.map((node, i) => [node, `127.0.1.${i + 1}`]));
  const nodeAt = new Map([...sourceOf].map(([node, address]) => [address, node]));
  const cut = new Set<string>();
  const isCut = (a: RealNode | undefined, b: RealNode): boolean => a !== undefined && cut.has(`${a.port} ${b.port}`);
  const doors: Door[] = [];
  for (const node of cluster.nodes) doors.push(await openDoor(node, (address) => isCut(nodeAt.get(address), node)));

  // Told before they call from elsewhere: a node takes the address that a call comes from for that of the caller.
  for (const node of cluster.nodes) await node.call('CONFIG', 'SET', 'cluster-announce-ip', node.host);
  for (const [node, address] of sourceOf) await node.call('CONFIG', 'SET', 'bind-source-addr', address);
  for (const { node, port } of doors) await node.call('CONFIG', 'SET', 'cluster-announce-bus-port', port);
  // It holds over a restart.
  for (const node of cluster.nodes) await node.call('CONFIG', 'REWRITE');
  await waitUntil(
    'all nodes to reach each other through the doors',
    async () => {
      const tables = await Promise.all(cluster.nodes.map((node) => cluster.table(node)));
      const ports = new Map(doors.map(({ node, port }) => [node.id, port]));
      return tables.every((rows) =>
        rows.every((row) => row.isMyself || (row.busPort === ports.get(row.id) && row.isLinked)),
      );
    },
    { timeoutMs: 30_000 },
  );

  return {
    separate(side, other) {
      for (const a of side)
        for (const b of other) {
          cut.add(`${a.port} ${b.port}`);
          cut.add(`${b.port} ${a.port}`);
        }
    },
    heal() {
      for (const door of doors) door.dropCut();
      cut.clear();
    },
    async close() {
      await Promise.all(doors.map((door) => door.close()));
    },
  };
}

async function openDoor(node: RealNode, isCut: (from: string) => boolean): Promise<Door> {
  const links = new Map<Socket, { readonly peer: Socket | null; readonly from: string }>();
  const server = createServer((client) => {
    const from = client.remoteAddress ?? '';
    const upstream = isCut(from) ? null : connect({ host: node.host, port: node.busPort });
    links.set(client, { peer: upstream, from });
    client.on('close', () => {
      links.delete(client);
      upstream?.destroy();
    });
    client.on('error', () => client.destroy());
    if (upstream === null) {
      client.resume();
      return;
    }
    upstream.on('error', () => client.destroy());
    upstream.on('close', () => client.destroy());
    client.on('data', (chunk) => !isCut(from) && upstream.write(chunk));
    upstream.on('data', (chunk) => !isCut(from) && client.write(chunk));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a door without a port');
  return {
    node,
    port: address.port,
    dropCut() {
      for (const [client, { from }] of links) if (isCut(from)) client.destroy();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const client of links.keys()) client.destroy();
      }),
  };
}
