import type { Facts } from '@slotdeck/model/finding';
import { NodeId } from '@slotdeck/model/ids';
import type { Pace } from '@slotdeck/model/pace';
import type { Clock } from '@slotdeck/model/clock';
import type { SlotRanges } from '@slotdeck/model/slot-ranges';
import type { RealCluster, RealNode } from '@slotdeck/testkit/real-cluster';
import type { ActContext, MoveBatch, MoveProgress, SentLine } from '../src/act/act-context.ts';
import { openConnections, type NodeConnections } from '../src/connection/node-connections.ts';
import type { Command, NodeAddress, NodeCalls } from '../src/connection/node-calls.ts';

export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const abort = (): void => {
        clearTimeout(timer);
        reject(new Error('aborted', { cause: signal?.reason }));
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', abort);
        resolve();
      }, ms);
      signal?.addEventListener('abort', abort, { once: true });
    }),
};

export function idOf(node: RealNode): NodeId {
  return NodeId.parse(node.id);
}

/** What acting told while it ran, and the context it ran in. */
export interface Acting {
  readonly context: ActContext;
  readonly lines: SentLine[];
  readonly notes: { code: string; facts: Facts }[];
  readonly progress: MoveProgress[];
  asked: 'go-on' | 'pause' | 'cancel';
  pace: Pace;
}

export function actingOn(
  cluster: RealCluster,
  calls: NodeCalls,
  replicasOf: ReadonlyMap<string, NodeId[]> = new Map(),
): Acting {
  const lines: SentLine[] = [];
  const notes: Acting['notes'] = [];
  const progress: MoveProgress[] = [];
  const acting: Acting = {
    lines,
    notes,
    progress,
    asked: 'go-on',
    pace: 'balanced',
    context: {
      calls,
      clock: realClock,
      members: () =>
        cluster.nodes.map((node) => ({
          id: idOf(node),
          name: `127.0.0.1:${node.port}`,
          address: { host: node.host, port: node.port },
        })),
      replicasOf: (id) => replicasOf.get(id) ?? [],
      migrateAuth: null,
      signal: new AbortController().signal,
      asked: () => acting.asked,
      pace: () => acting.pace,
      onCommand: (line) => void lines.push(line),
      onProgress: (each) => void progress.push(each),
      note: (code, facts) => void notes.push({ code, facts }),
    },
  };
  return acting;
}

/** Runs `work` with connections and closes them whatever happens. */
export async function withConnections<T>(work: (calls: NodeConnections) => Promise<T>): Promise<T> {
  const calls = openConnections({});
  try {
    return await work(calls);
  } finally {
    await calls.close();
  }
}

export class Crash extends Error {
  constructor(at: number) {
    super(`the process ended after command ${at}`);
    this.name = 'Crash';
  }
}

/**
 * Connections of a process that dies after the n-th changing command: what was sent before it has run, nothing after it is. The
 * commands of a pipeline are separate moments, a transaction is one.
 */
export function dyingAfter(calls: NodeCalls, n: number): NodeCalls & { readonly isDead: () => boolean } {
  let sent = 0;
  let dead = false;
  function mayLive(commands: readonly Command[]): number {
    if (dead) throw new Crash(n);
    for (const [at, command] of commands.entries()) {
      if (isChange(command)) sent += 1;
      if (sent >= n) return at + 1;
    }
    return commands.length;
  }
  return {
    isDead: () => dead,
    async call(to: NodeAddress, command, options) {
      mayLive([command]);
      const reply = await calls.call(to, command, options);
      if (sent >= n) {
        dead = true;
        throw new Crash(n);
      }
      return reply;
    },
    async pipeline(to, commands, options) {
      const living = mayLive(commands);
      const outcomes = await calls.pipeline(to, commands.slice(0, living), options);
      if (sent >= n) {
        dead = true;
        throw new Crash(n);
      }
      return outcomes;
    },
    async transaction(to, commands, options) {
      if (dead) throw new Crash(n);
      sent += 1;
      const outcomes = await calls.transaction(to, commands, options);
      if (sent >= n) {
        dead = true;
        throw new Crash(n);
      }
      return outcomes;
    },
  };
}

function isChange(command: Command): boolean {
  const [first, second] = command.map(String);
  return first === 'MIGRATE' || (first === 'CLUSTER' && (second === 'SETSLOT' || second === 'BUMPEPOCH'));
}

export function batchOf(from: RealNode, to: RealNode, slots: SlotRanges): MoveBatch {
  return { from: idOf(from), to: idOf(to), slots };
}

/** Replicas of each primary as the cluster stands. */
export async function replicasByPrimary(cluster: RealCluster): Promise<Map<string, NodeId[]>> {
  const [first] = cluster.nodes;
  const byPrimary = new Map<string, NodeId[]>();
  if (first === undefined) return byPrimary;
  for (const row of await cluster.table(first)) {
    if (row.primaryId === null) continue;
    byPrimary.set(row.primaryId, [...(byPrimary.get(row.primaryId) ?? []), NodeId.parse(row.id)]);
  }
  return byPrimary;
}

/** The node, which must be there. */
export function the(node: RealNode | undefined): RealNode {
  if (node === undefined) throw new Error('the cluster has fewer nodes than the test needs');
  return node;
}

export async function ownerOf(cluster: RealCluster, asked: RealNode, slot: number): Promise<string | undefined> {
  const rows = await cluster.table(asked);
  return rows.find((row) => row.slots.some(([from, to]) => from <= slot && slot <= to))?.id;
}

/** Keys of these names that any primary still has, counted through their owners. */
export async function countExisting(cluster: RealCluster, names: readonly string[]): Promise<number> {
  let sum = 0;
  await cluster.refreshRoles();
  for (const node of cluster.primaries().filter((each) => each.isRunning)) {
    const replies = await node.pipeline(names.map((name) => ['EXISTS', name]));
    sum += replies.filter((reply) => reply === 1).length;
  }
  return sum;
}

/** Leaves the primary with the first `keeps` of its slots; the others go to the receiver. Only for a cluster without keys. */
export async function shrinkTo(
  cluster: RealCluster,
  primary: RealNode,
  keeps: number,
  receiver: RealNode,
): Promise<SlotRanges> {
  const [range] = (await cluster.table(primary)).find((row) => row.id === primary.id)?.slots ?? [];
  if (range === undefined) throw new Error('the primary has no slots');
  const [from, to] = range;
  await Promise.all(cluster.nodes.map((node) => node.call('CLUSTER', 'DELSLOTSRANGE', from + keeps, to)));
  await receiver.call('CLUSTER', 'ADDSLOTSRANGE', from + keeps, to);
  await cluster.waitForAgreement();
  return [[from, from + keeps - 1]];
}
