import { setTimeout as pause } from 'node:timers/promises';
import { moveSlotsAtomically } from '@slotdeck/cluster/act/move-atomically';
import { moveSlots, type MoveResult } from '@slotdeck/cluster/act/move-slots';
import type { ActContext, MoveBatch } from '@slotdeck/cluster/act/act-context';
import { openConnections } from '@slotdeck/cluster/connection/node-connections';
import type { NodeCalls } from '@slotdeck/cluster/connection/node-calls';
import { NodeId } from '@slotdeck/model/ids';
import { hasSlot } from '@slotdeck/model/slot-ranges';
import { startDelayProxy, type DelayProxy } from '@slotdeck/testkit/delay-proxy';
import { startCluster, type RealCluster, type RealNode } from '@slotdeck/testkit/real-cluster';
import { waitUntil } from '@slotdeck/testkit/wait-until';
import { systemClock } from '../apps/server/src/system-clock.ts';
import type { Round } from './campaign.ts';

/**
 * What keeps the replica of the target from hearing of the hand-over in time, before the target is killed right after it took the
 * slots.
 */
const INJECTIONS = ['its bus is cut', 'the replica sleeps', 'nothing but the kill'] as const;
type Injection = (typeof INJECTIONS)[number];

const NODE_TIMEOUT_MS = 1_500;
/** Far longer than a failover and the gossip after it. */
const SETTLE_MS = 12_000;
const SLOTS = [40, 41, 42] as const;
const KEYS = 30;

type Ends = { readonly source: RealNode; readonly target: RealNode; readonly replica: RealNode };

/**
 * The divergent owner: a target dies right after it took slots, and its replica, which never heard of them, takes its place. Then the
 * replica gives the slots to the source and everybody else gives them to the dead node, for ever. Provoked once against the sequence
 * of the servers' own tool, where it must happen when the replica's bus was cut, or this round proves nothing; and once against ours.
 * A replica that slept finds the news in its buffers when it wakes, as long as the target could still send it.
 */
export async function divergenceRound({ seed, server, driver, say }: Round): Promise<string> {
  const injection = INJECTIONS[seed % INJECTIONS.length] ?? 'its bus is cut';
  const theirs = driver === 'atomic' ? null : await onCluster(server, injection, say, toolSequence);
  if (theirs === null) say('servers that move slots by themselves have no sequence of the tool to compare with');
  else if (theirs.kind === 'agreed' && injection === 'its bus is cut')
    throw new Error('the sequence of the tool did not diverge: this injection proves nothing');
  const ours = await onCluster(server, injection, say, driver === 'atomic' ? ourAtomicMove : ourMove);
  if (ours.kind === 'diverged') throw new Error(`ours diverged: ${ours.seen}`);
  return `${injection}; the tool's sequence ${theirs === null ? 'was not tried' : theirs.kind}, ours agreed (${ours.seen})`;
}

type Verdict = { readonly kind: 'agreed' | 'diverged'; readonly seen: string };

async function onCluster(
  server: Round['server'],
  injection: Injection,
  say: Round['say'],
  move: (cluster: RealCluster, ends: Ends, strike: Strike) => Promise<string>,
): Promise<Verdict> {
  const cluster = await startCluster({
    server,
    nodeTimeoutMs: NODE_TIMEOUT_MS,
    requireFullCoverage: false,
  });
  let bus: DelayProxy | null = null;
  try {
    const [source, target] = cluster.primaries();
    if (source === undefined || target === undefined) throw new Error('a cluster without primaries');
    const row = (await cluster.table(source)).find(({ primaryId }) => primaryId === target.id);
    if (row === undefined) throw new Error('the target has no replica');
    const ends = { source, target, replica: cluster.nodeById(row.id) };
    await cluster.fillKeys({ count: KEYS, valueBytes: 20, slots: [[SLOTS[0], SLOTS[2]]] });
    bus = injection === 'its bus is cut' ? await proxyBus(cluster, ends.replica, row.busPort) : null;
    const strike = createStrike(cluster, ends, injection, bus);
    const told = await move(cluster, ends, strike);
    await strike.over();
    const verdict = await judge(cluster, ends);
    say(`${told}: ${verdict.kind}, ${verdict.seen}`);
    return { kind: verdict.kind, seen: `${told}, ${verdict.seen}` };
  } finally {
    await cluster.shutdown();
    await bus?.close();
  }
}

/** From now on the others reach the replica's cluster bus through this proxy only. */
async function proxyBus(cluster: RealCluster, replica: RealNode, busPort: number): Promise<DelayProxy> {
  const proxy = await startDelayProxy({ target: { host: replica.host, port: busPort } });
  await replica.call('CONFIG', 'SET', 'cluster-announce-bus-port', proxy.port);
  await waitUntil('all nodes to reach the replica through the proxy', async () => {
    const others = cluster.nodes.filter(({ id }) => id !== replica.id);
    const tables = await Promise.all(others.map((node) => cluster.table(node)));
    return (
      proxy.connectionCount >= others.length &&
      tables.every((rows) =>
        rows.some(({ id, busPort: port, isLinked }) => id === replica.id && port === proxy.port && isLinked),
      )
    );
  });
  return proxy;
}

interface Strike {
  /** Right before the target is to take the slots; its replica has all keys by then. */
  before(): Promise<void>;
  /** Right after the target took them and the other primaries heard. The replica is back as soon as the others know that the target is dead. */
  kill(): Promise<void>;
  /** When it is. */
  over(): Promise<void>;
}

function createStrike(
  cluster: RealCluster,
  { source, target, replica }: Ends,
  injection: Injection,
  bus: DelayProxy | null,
): Strike {
  let isStruck = false;
  let waking: Promise<void> | null = null;

  async function wake(): Promise<void> {
    await waitUntil(
      'the others to know that the target is dead',
      async () => (await cluster.table(source)).find(({ id }) => id === target.id)?.health === 'failed',
      { timeoutMs: SETTLE_MS },
    );
    // What was sent meanwhile is lost with the connections.
    bus?.heal();
    if (injection === 'the replica sleeps') replica.resume();
  }

  return {
    async before() {
      if (isStruck) return;
      isStruck = true;
      await inStep(replica, target);
      if (injection === 'the replica sleeps') replica.pause();
      bus?.blackhole();
    },
    async kill() {
      if (!target.isRunning) return;
      // Killed before anybody heard, the slots would simply stay with the source.
      const others = cluster.primaries().filter(({ id }) => id !== target.id);
      await waitUntil('the other primaries to hear of it', async () => {
        const owners = await Promise.all(others.map((node) => ownerAt(cluster, node, SLOTS[2])));
        return owners.every((owner) => owner === target.id);
      });
      await target.kill();
      waking = wake();
      waking.catch(() => 'seen when it is awaited');
    },
    async over() {
      if (waking === null) throw new Error('the target was never killed');
      await waking;
    },
  };
}

/** What `redis-cli --cluster reshard` sends, slot by slot; the first one with everybody awake, so that the target has the greatest epoch. */
async function toolSequence(cluster: RealCluster, { source, target, replica }: Ends, strike: Strike): Promise<string> {
  for (const slot of SLOTS) {
    const isLast = slot === SLOTS[2];
    await target.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', source.id);
    await source.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', target.id);
    for (;;) {
      const keys = await source.call('CLUSTER', 'GETKEYSINSLOT', slot, 10);
      if (!Array.isArray(keys) || keys.length === 0) break;
      await source.call('MIGRATE', target.host, target.port, '', 0, 60_000, 'KEYS', ...keys.map(String));
    }
    if (isLast) await strike.before();
    await target.call('CLUSTER', 'SETSLOT', slot, 'NODE', target.id);
    if (isLast) break;
    await source.call('CLUSTER', 'SETSLOT', slot, 'NODE', target.id);
    await waitUntil(
      'the replica to hear of the slot',
      async () => (await ownerAt(cluster, replica, slot)) === target.id,
    );
  }
  await strike.kill();
  return 'sent as the tool sends it';
}

async function ourMove(cluster: RealCluster, ends: Ends, strike: Strike): Promise<string> {
  const connections = openConnections({});
  try {
    const first = [[SLOTS[0], SLOTS[0]]] as const;
    const ready = await moveSlots(batchOf(ends, first), contextOf(cluster, connections));
    if (ready.outcome !== 'done') throw new Error(`the first slot: ${ready.outcome}`);
    const rest = [[SLOTS[1], SLOTS[2]]] as const;
    const calls = striking(connections, ends, strike);
    const result = await moveSlots(batchOf(ends, rest), contextOf(cluster, calls));
    return told(result);
  } finally {
    await connections.close();
  }
}

async function ourAtomicMove(cluster: RealCluster, ends: Ends, strike: Strike): Promise<string> {
  const connections = openConnections({});
  let isOver = false;
  try {
    const first = [[SLOTS[0], SLOTS[0]]] as const;
    const ready = await moveSlotsAtomically(batchOf(ends, first), contextOf(cluster, connections));
    if (ready.outcome !== 'done') throw new Error(`the first slot: ${ready.outcome}`);
    await strike.before();
    const { target } = ends;
    const waiting = (async () => {
      while (!isOver && target.isRunning) {
        if ((await ownerAt(cluster, target, SLOTS[2])) === target.id) return strike.kill();
      }
    })();
    const result = await moveSlotsAtomically(batchOf(ends, [[SLOTS[1], SLOTS[2]]]), contextOf(cluster, connections));
    isOver = true;
    await waiting;
    await strike.kill();
    return told(result);
  } finally {
    isOver = true;
    await connections.close();
  }
}

function told(result: MoveResult): string {
  return result.outcome === 'done' || result.outcome === 'stopped'
    ? result.outcome
    : `${result.outcome}: ${result.problem.code}`;
}

/** Strikes when the keys are over and the epoch is about to be raised, and when the target has taken the slots. */
function striking(calls: NodeCalls, { target }: Ends, strike: Strike): NodeCalls {
  const takes = (commands: readonly (readonly unknown[])[]): boolean =>
    commands.some((command) => command.map(String).join(' ').includes(`NODE ${target.id}`));
  return {
    call: (to, command, options) => calls.call(to, command, options),
    async pipeline(to, commands, options) {
      if (commands.some(([first, second]) => first === 'CLUSTER' && second === 'BUMPEPOCH')) await strike.before();
      const isTake = to.port === target.port && takes(commands);
      if (isTake) await strike.before();
      const outcomes = await calls.pipeline(to, commands, options);
      if (isTake) await strike.kill();
      return outcomes;
    },
    async transaction(to, commands, options) {
      const isTake = to.port === target.port && takes(commands);
      if (isTake) await strike.before();
      const outcomes = await calls.transaction(to, commands, options);
      if (isTake) await strike.kill();
      return outcomes;
    },
  };
}

function batchOf({ source, target }: Ends, slots: MoveBatch['slots']): MoveBatch {
  return { from: NodeId.parse(source.id), to: NodeId.parse(target.id), slots };
}

function contextOf(cluster: RealCluster, calls: NodeCalls): ActContext {
  const members = cluster.nodes.map(({ id, host, port }) => ({
    id: NodeId.parse(id),
    name: `${host}:${port}`,
    address: { host, port },
  }));
  return {
    calls,
    clock: systemClock,
    members: () => members,
    replicasOf: () => [],
    migrateAuth: null,
    signal: new AbortController().signal,
    asked: () => 'go-on',
    pace: () => 'fast',
    onCommand: () => undefined,
    onProgress: () => undefined,
    note: () => undefined,
  };
}

/** Agreed: every node that lives gives each slot to one primary that lives and says so itself. */
async function judge(cluster: RealCluster, { target }: Ends): Promise<Verdict> {
  let seen = '';
  const look = async (): Promise<boolean> => {
    const living = cluster.nodes.filter((node) => node.isRunning);
    const owners = new Map<number, Set<string>>();
    for (const node of living) {
      for (const slot of SLOTS) {
        const owner = await ownerAt(cluster, node, slot);
        owners.set(slot, (owners.get(slot) ?? new Set()).add(owner ?? 'nobody'));
      }
    }
    const name = (id: string): string =>
      id === target.id ? 'the dead target' : `port ${cluster.nodes.find((node) => node.id === id)?.port ?? id}`;
    seen = SLOTS.map((slot) => `${slot}: ${[...(owners.get(slot) ?? [])].map(name).join(' or ')}`).join(', ');
    return [...owners.values()].every((each) => {
      const [owner] = each;
      return each.size === 1 && living.some((node) => node.id === owner);
    });
  };
  try {
    await waitUntil('all nodes to agree who owns the slots', look, { timeoutMs: SETTLE_MS, everyMs: 100 });
    // What gossip brings together it could take apart again.
    await pause(NODE_TIMEOUT_MS);
    return { kind: (await look()) ? 'agreed' : 'diverged', seen };
  } catch (error) {
    if (seen === '') throw error;
    return { kind: 'diverged', seen };
  }
}

async function ownerAt(cluster: RealCluster, node: RealNode, slot: number): Promise<string | undefined> {
  return (await cluster.table(node)).find((row) => hasSlot(row.slots, slot))?.id;
}

async function inStep(replica: RealNode, primary: RealNode): Promise<void> {
  await waitUntil('the replica to have all of the stream', async () => {
    const [theirs, ours] = [await primary.call('ROLE'), await replica.call('ROLE')];
    return Array.isArray(theirs) && Array.isArray(ours) && ours[4] === theirs[1];
  });
}
