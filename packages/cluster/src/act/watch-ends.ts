import type { Slowing } from '@slotdeck/model/operation';
import { infoCommand, readInfo, type Info } from '../commands/info.ts';
import { pingCommand } from '../commands/ping.ts';
import type { ActContext, ClusterMember } from './act-context.ts';
import { ActFailure } from './move-problems.ts';
import type { Throttle } from './throttle.ts';

/** How often each end is asked as a client would ask it. */
const PROBE_MS = 40;
const INFO_MS = 500;
/** Its own connection: behind a MIGRATE of ours a PING would wait for that, which no client has to. */
const PROBE_LANE = 200;
const PROBE_TIMEOUT_MS = 3_000;
/** We came late ourselves: what we measured meanwhile is our own trouble. */
const LATE_MS = 5;
/** Bytes of the replication stream that a replica may be behind. */
const BEHIND_BYTES = 32 * 1024 * 1024;
/** Of a limited memory. */
const NEAR_FULL = 0.95;

/**
 * Watches both ends of a move while `work` goes on: what clients wait there, how far their replicas are behind, and how much memory
 * the target has left. Tells the throttle. A node that does not answer is none of its business: the move itself finds out.
 *
 * @throws what `work` throws; `halt` gives `target-memory-short` before the target would evict keys to make room
 */
export async function watchingEnds<T>(
  ends: { readonly source: ClusterMember; readonly target: ClusterMember },
  throttle: Throttle,
  context: Pick<ActContext, 'calls' | 'clock' | 'signal'>,
  work: (halt: () => ActFailure | null) => Promise<T>,
): Promise<T> {
  const { calls, clock } = context;
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, context.signal]);
  let failure: ActFailure | null = null;

  async function probe(node: ClusterMember): Promise<void> {
    let wasLate = true;
    while (!signal.aborted) {
      const [outcome] = await calls.pipeline(node.address, [pingCommand], {
        lane: PROBE_LANE,
        timeoutMs: PROBE_TIMEOUT_MS,
      });
      const before = clock.monotonic();
      if (!(await rested(PROBE_MS))) return;
      const isLate = clock.monotonic() - before > PROBE_MS + LATE_MS;
      if (outcome?.ok === true && !isLate && !wasLate) throttle.waited(node.id, outcome.ms, clock.monotonic());
      wasLate = isLate;
    }
  }

  async function ask(node: ClusterMember): Promise<Info | null> {
    const [outcome] = await calls.pipeline(node.address, [infoCommand], { lane: PROBE_LANE });
    if (outcome?.ok !== true) return null;
    const info = readInfo(outcome.reply);
    return info.ok ? info.value : null;
  }

  async function lookOnce(): Promise<void> {
    const [source, target] = await Promise.all([ask(ends.source), ask(ends.target)]);
    throttle.strained(strainOf(source, target), clock.monotonic());
    failure ??= target === null ? null : shortOf(ends.target, target);
  }

  async function look(): Promise<void> {
    while (await rested(INFO_MS)) await lookOnce();
  }

  /** False when it is over. */
  async function rested(ms: number): Promise<boolean> {
    try {
      await clock.sleep(ms, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    return !signal.aborted;
  }

  // Before the first key: a target that is short already must not be sent any.
  await lookOnce();
  const faults: Error[] = [];
  // Not awaited when the work is done: a node that hangs would hold up what follows for nothing.
  Promise.all([probe(ends.source), probe(ends.target), look()]).catch((error: unknown) => {
    faults.push(error instanceof Error ? error : new Error(String(error)));
  });
  try {
    const result = await work(() => failure);
    const [fault] = faults;
    if (fault !== undefined) throw fault;
    return result;
  } finally {
    over.abort();
  }
}

export function strainOf(source: Info | null, target: Info | null): Exclude<Slowing, 'clients'> | null {
  if ([source, target].some((info) => (info?.replicasBehindBytes ?? 0) > BEHIND_BYTES)) return 'replication';
  const used = usedShare(target);
  return used !== null && used > NEAR_FULL ? 'memory' : null;
}

function usedShare(info: Info | null): number | null {
  return info === null || info.usedMemoryBytes === null || info.maxMemoryBytes === null
    ? null
    : info.usedMemoryBytes / info.maxMemoryBytes;
}

/**
 * A server that may evict makes room for what comes by throwing other keys away, and says nothing. One that may not refuses what
 * comes, and nothing is lost: there the refusal itself is the sign to stop.
 */
export function shortOf(node: ClusterMember, info: Info): ActFailure | null {
  const used = usedShare(info);
  if (used === null || used < NEAR_FULL || info.evictionPolicy === null || info.evictionPolicy === 'noeviction')
    return null;
  return new ActFailure('target-memory-short', {
    node: node.id,
    name: node.name,
    usedBytes: info.usedMemoryBytes,
    limitBytes: info.maxMemoryBytes,
    policy: info.evictionPolicy,
  });
}
