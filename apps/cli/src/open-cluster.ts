import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { ConnectionSettings } from '@slotdeck/cluster/connection/connection-settings';
import type { NodeAddress } from '@slotdeck/cluster/connection/node-calls';
import { printAddress } from '@slotdeck/cluster/connection/node-address';
import { openConnections } from '@slotdeck/cluster/connection/node-connections';
import { diagnose, type Diagnosis } from '@slotdeck/cluster/diagnose/diagnose';
import { mergeViews } from '@slotdeck/cluster/observe/merge-views';
import type { NodeView } from '@slotdeck/cluster/observe/node-view';
import { createObserver } from '@slotdeck/cluster/observe/observe-cluster';
import { statsFromViews } from '@slotdeck/cluster/observe/stats-from-views';
import { ClusterId } from '@slotdeck/model/ids';
import type { Finding } from '@slotdeck/model/finding';
import type { NodeStats, Topology } from '@slotdeck/model/topology';
import type { Access } from './read-arguments.ts';

/** What one look at the whole cluster brought. */
export interface Seen {
  readonly topology: Topology;
  readonly views: readonly NodeView[];
  readonly stats: readonly NodeStats[];
  readonly findings: readonly Finding[];
}

export type Connections = ReturnType<typeof openConnections>;

/** No node that was asked led to a cluster: exit 1, with what was seen at the address. */
export class ClusterNotSeen extends Error {
  readonly code = 'cluster-not-seen';
}

/** Opens connections with what the command line said, for as long as `work` takes. */
export async function withConnections<T>(access: Access, work: (connections: Connections) => Promise<T>): Promise<T> {
  const connections = openConnections(await settingsOf(access));
  try {
    return await work(connections);
  } finally {
    await connections.close();
  }
}

const REST_MS = 250;
/** Longer than any disagreement of a hand-over or failover stands that is not one to tell. */
const SETTLED_MS = 12_000;

/**
 * Asks every node, from the given one outwards. With `again`, what every failover and hand-over shows for a moment is looked at again
 * until it has gone or stood long enough to be told. @throws ClusterNotSeen
 */
export async function lookAtCluster(
  calls: Connections,
  seed: NodeAddress,
  { again }: { readonly again: boolean },
): Promise<Seen> {
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  const observer = createObserver({ calls, clock, seeds: [seed] });
  const end = clock.monotonic() + SETTLED_MS;
  let previous: Diagnosis | null = null;
  for (;;) {
    const { views, strangers } = await observer.round();
    if (!views.some((view) => view.state === 'answered')) throw notSeen(seed, views);
    const now = clock.now();
    const topology = mergeViews(views, { clusterId: ClusterId.parse('cl-here'), previous: null, now });
    previous = diagnose(topology, { now, previous, strangers });
    if (!again || previous.unsettled.length === 0 || clock.monotonic() >= end) {
      return { topology, views, stats: statsFromViews([], views), findings: previous.findings };
    }
    await wait(REST_MS);
  }
}

/** What the last change still shows for a moment is waited out; a plan made from it would only be refused. */
export async function lookSettled(calls: Connections, address: NodeAddress): Promise<Seen> {
  const seen = await lookAtCluster(calls, address, { again: false });
  const { disputes, disagreements } = seen.topology;
  return disputes.length + disagreements.length === 0 ? seen : lookAtCluster(calls, address, { again: true });
}

function notSeen(seed: NodeAddress, views: readonly NodeView[]): ClusterNotSeen {
  const [silent] = views;
  const seen = silent?.state === 'silent' ? `${silent.problem.code}: ${silent.problem.seen}` : 'no answer';
  return new ClusterNotSeen(`No cluster was found at ${printAddress(seed)} (${seen}).`);
}

/** What the command line said of the login, its files read. */
export async function settingsOf({ username, password, tls }: Access): Promise<ConnectionSettings> {
  const read = async (path: string | undefined) => (path === undefined ? undefined : readFile(path, 'utf8'));
  return {
    username,
    password,
    clientName: 'slotdeck-cli',
    ...(tls === null
      ? {}
      : {
          tls: {
            ca: await read(tls.ca),
            cert: await read(tls.cert),
            key: await read(tls.key),
            serverName: tls.sni,
            verify: !tls.insecure,
          },
        }),
  };
}
