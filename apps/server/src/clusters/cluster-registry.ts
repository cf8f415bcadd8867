import { openConnections, type NodeConnections } from '@slotdeck/cluster/connection/node-connections';
import { parseAddress, printAddress } from '@slotdeck/cluster/connection/node-address';
import type { NodeCalls } from '@slotdeck/cluster/connection/node-calls';
import type { KnownMember } from '@slotdeck/cluster/observe/observe-cluster';
import type { Clock } from '@slotdeck/model/clock';
import type { ClusterId } from '@slotdeck/model/ids';
import { NO_SLOTS, unionSlots, type SlotRanges } from '@slotdeck/model/slot-ranges';
import type { Topology } from '@slotdeck/model/topology';
import { WrongKey, type SecretBox } from '../secrets/secret-box.ts';
import type { ClusterEvents, NewClusterEvent } from '../store/cluster-events.ts';
import type { ClusterRows, KnownNode, StoredCluster } from '../store/cluster-rows.ts';
import type { TopologyHistory } from '../store/topology-history.ts';
import { StoreError } from '../store/store-error.ts';
import { changeEvents } from './change-events.ts';
import { startObserver, type ClusterObserver, type RoundResult } from './cluster-observer.ts';
import { connectionSettings, openLogin, type Login } from './credentials.ts';
import { guardCalls } from './guard-calls.ts';
import { nothingSeen, type ObservedState } from './observed-state.ts';

/** A cluster that this server knows, with all it needs to ask it. */
export interface KnownCluster {
  readonly row: StoredCluster;
  readonly state: ObservedState;
  /** Null when its login cannot be opened with the present key. */
  readonly access: { readonly calls: NodeCalls; readonly login: Login } | null;
  /** A full look that begins now; with a lost key, what is known without one. */
  lookNow(): Promise<ObservedState>;
}

export type ClusterChange =
  | { readonly kind: 'added' | 'removed'; readonly clusterId: ClusterId }
  | { readonly kind: 'observed'; readonly clusterId: ClusterId; readonly round: RoundResult };

export interface ClusterRegistry {
  list(): readonly KnownCluster[];
  get(id: ClusterId): KnownCluster | null;
  /** Begins to observe a cluster that was written down. */
  open(row: StoredCluster, login: Login, nodes: readonly KnownNode[]): KnownCluster;
  remove(id: ClusterId): Promise<void>;
  onChange(listener: (change: ClusterChange) => void): () => void;
  close(): Promise<void>;
}

export interface RegistryParts {
  rows: ClusterRows;
  events: ClusterEvents;
  topologies: TopologyHistory;
  box: SecretBox;
  clock: Clock;
  everyMs: number;
  keepEventsMs: number;
  /** Bytes of past topologies per cluster. */
  historyBytes: number;
  ownOpenSlots: (id: ClusterId) => SlotRanges;
  onFault: (error: unknown, clusterId: ClusterId) => void;
}

interface Open {
  row: StoredCluster;
  access: { calls: NodeCalls; login: Login; connections: NodeConnections; observer: ClusterObserver } | null;
  /** As the store has it, in print, so that it is written only when it changed. */
  inventory: string;
  /** Changes that were seen and are not in the store yet. */
  unwritten: NewClusterEvent[];
  /** Topologies that were observed and are not in the store yet. */
  unkept: { readonly topology: Topology; readonly at: number }[];
  /** What an operation of ours had open at the round before: the end of an operation may be seen a round later. */
  ownBefore: SlotRanges;
  trimmedAt: number;
}

/** While the store cannot be written, the newest changes wait in memory; more would be a cluster that flaps for hours. */
const UNWRITTEN_KEPT = 5_000;
/** A topology of a hundred nodes is some 100 kB in memory. */
const UNKEPT_KEPT = 200;
const TRIM_EVERY_MS = 3_600_000;

const lostKey: ObservedState = {
  ...nothingSeen,
  problem: {
    code: 'other-error',
    seen: 'the stored password cannot be decrypted: SLOTDECK_SECRET or secret.key is not the one it was stored with',
  },
};

export function openRegistry(parts: RegistryParts): ClusterRegistry {
  const { rows, events, topologies, clock } = parts;
  const open = new Map<ClusterId, Open>();
  const listeners = new Set<(change: ClusterChange) => void>();

  function announce(change: ClusterChange): void {
    for (const listener of listeners) listener(change);
  }

  function begin(row: StoredCluster, login: Login | null, nodes: readonly KnownNode[]): void {
    const entry: Open = {
      row,
      access: null,
      inventory: printInventory(nodes),
      unwritten: [],
      unkept: [],
      ownBefore: NO_SLOTS,
      trimmedAt: Number.NEGATIVE_INFINITY,
    };
    open.set(row.id, entry);
    if (login === null) return;
    const connections = openConnections(connectionSettings(login));
    const calls = guardCalls(connections, login.natMap);
    const observer = startObserver({
      clusterId: row.id,
      calls,
      clock,
      seeds: row.seeds.flatMap((seed) => parseAddress(seed) ?? []),
      known: nodes.map(({ id, host, port }) => ({ id, address: { host, port } })),
      everyMs: parts.everyMs,
      ownOpenSlots: () => parts.ownOpenSlots(row.id),
      onRound: (round) => onRound(entry, round),
      onFault: (error) => parts.onFault(error, row.id),
    });
    entry.access = { calls, login, connections, observer };
  }

  function onRound(entry: Open, round: RoundResult): void {
    const { id } = entry.row;
    // A round that was under way when the cluster was removed has nobody to tell.
    if (open.get(id) !== entry) return;
    noteChanges(entry, round);
    try {
      keepInventory(entry, round.members);
      keepChanges(entry);
    } catch (error) {
      // A store that cannot be written must not blind the console; what could not be kept is tried again at each round.
      if (!(error instanceof StoreError)) throw error;
      parts.onFault(error, id);
    }
    announce({ kind: 'observed', clusterId: id, round });
  }

  function keepInventory(entry: Open, members: readonly KnownMember[]): void {
    const nodes = members.map(({ id, address }) => ({ id, ...address }));
    const inventory = printInventory(nodes);
    if (inventory === entry.inventory) return;
    const kept = new Set(nodes.map((node) => node.id));
    const gone = rows.knownNodes(entry.row.id).filter((node) => !kept.has(node.id));
    rows.rememberNodes(entry.row.id, nodes, clock.now());
    rows.forgetNodes(
      entry.row.id,
      gone.map((node) => node.id),
    );
    entry.inventory = inventory;
  }

  function noteChanges(entry: Open, { before, now }: RoundResult): void {
    const own = parts.ownOpenSlots(entry.row.id);
    // What nobody answered for is no observation: the history goes on when somebody does.
    if (now.topology !== null && now.topology !== before.topology)
      entry.unkept = [...entry.unkept, { topology: now.topology, at: now.observedAt ?? clock.now() }].slice(
        -UNKEPT_KEPT,
      );
    if (before.topology !== null && now.topology !== null && before.topology !== now.topology) {
      const at = now.observedAt ?? clock.now();
      const changes = changeEvents(before.topology, now.topology, at, unionSlots(own, entry.ownBefore));
      entry.unwritten = [...entry.unwritten, ...changes].slice(-UNWRITTEN_KEPT);
    }
    entry.ownBefore = own;
  }

  function keepChanges(entry: Open): void {
    if (entry.unwritten.length > 0) {
      events.append(entry.row.id, entry.unwritten);
      entry.unwritten = [];
    }
    for (let next = entry.unkept[0]; next !== undefined; next = entry.unkept[0]) {
      topologies.record(entry.row.id, next.topology, next.at);
      entry.unkept.shift();
    }
    topologies.stands(entry.row.id, clock.now());
    if (clock.monotonic() - entry.trimmedAt < TRIM_EVERY_MS) return;
    entry.trimmedAt = clock.monotonic();
    events.trim(entry.row.id, clock.now() - parts.keepEventsMs);
    topologies.trim(entry.row.id, clock.now() - parts.keepEventsMs, parts.historyBytes);
  }

  function shown(entry: Open): KnownCluster {
    const { row, access } = entry;
    if (access === null) return { row, access: null, state: lostKey, lookNow: () => Promise.resolve(lostKey) };
    const { calls, login, observer } = access;
    return {
      row,
      access: { calls, login },
      get state() {
        return observer.state;
      },
      lookNow: () => observer.lookNow(),
    };
  }

  async function end(entry: Open): Promise<void> {
    if (entry.access === null) return;
    try {
      await entry.access.observer.stop();
    } finally {
      await entry.access.connections.close();
    }
  }

  for (const row of rows.list()) begin(row, openLoginIfPossible(row, parts), rows.knownNodes(row.id));

  return {
    list: () => [...open.values()].map(shown),
    get(id) {
      const entry = open.get(id);
      return entry === undefined ? null : shown(entry);
    },
    open(row, login, nodes) {
      begin(row, login, nodes);
      announce({ kind: 'added', clusterId: row.id });
      const entry = open.get(row.id);
      if (entry === undefined) throw new Error('a cluster that was opened is there');
      return shown(entry);
    },
    async remove(id) {
      const entry = open.get(id);
      if (entry === undefined) return;
      rows.remove(id);
      open.delete(id);
      announce({ kind: 'removed', clusterId: id });
      await end(entry);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      const entries = [...open.values()];
      open.clear();
      const ends = await Promise.allSettled(entries.map(end));
      ends.forEach((result, at) => {
        const id = entries[at]?.row.id;
        if (result.status === 'rejected' && id !== undefined) parts.onFault(result.reason, id);
      });
    },
  };
}

/** Null with a lost key: the cluster stays listed, says why it is not seen, and nothing of it is destroyed. */
function openLoginIfPossible(
  row: StoredCluster,
  { box, onFault }: Pick<RegistryParts, 'box' | 'onFault'>,
): Login | null {
  try {
    return openLogin(row, box);
  } catch (error) {
    if (!(error instanceof WrongKey)) throw error;
    onFault(error, row.id);
    return null;
  }
}

function printInventory(nodes: readonly KnownNode[]): string {
  return nodes
    .map((node) => `${node.id} ${printAddress(node)}`)
    .toSorted()
    .join('\n');
}
