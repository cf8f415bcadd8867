import type { NodeId } from '@slotdeck/model/ids';
import { countSlots, eachSlot, hasSlot, intersectSlots, type SlotRanges } from '@slotdeck/model/slot-ranges';
import type { Topology, TopologyNode, ViewProblem } from '@slotdeck/model/topology';
import { clusterCountKeysInSlotCommand, readKeyCount } from '../commands/cluster-count-keys-in-slot.ts';
import { clusterSlotStatsCommand, readSlotStats } from '../commands/cluster-slot-stats.ts';
import { problemOfFailure } from '../connection/call-problem.ts';
import type { NodeCalls } from '../connection/node-calls.ts';
import { featuresOf } from './server-features.ts';

export interface SlotCounts {
  /** Keys and bytes per slot, as `SlotWeights` of the planner takes them. A slot that is missing was not counted. */
  readonly counts: ReadonlyMap<number, { readonly keys: number; readonly bytes: number | null }>;
  /** Owners that could not be asked about some of their slots. */
  readonly problems: readonly { readonly node: NodeId; readonly problem: ViewProblem }[];
}

export interface SlotCountOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Counts per write: each takes microseconds, and other clients get their turn between the chunks. */
const CHUNK = 500;

/** A few holes are cheaper counted along than asked around. */
const MOST_RANGES = 32;

type Counts = Map<number, { keys: number; bytes: number | null }>;

/**
 * Keys (and bytes, where the server tells) of slots, from their owners in the merged map. Servers with SLOT-STATS answer for all slots
 * at once, others are asked slot by slot in pipelines. Nothing is ever scanned.
 */
export async function countSlotKeys(
  calls: NodeCalls,
  topology: Topology,
  slots: SlotRanges,
  options: SlotCountOptions = {},
): Promise<SlotCounts> {
  const counts: Counts = new Map();
  const owners = topology.nodes.flatMap((node) => {
    const mine = intersectSlots(node.slots, slots);
    return mine.length === 0 ? [] : [{ node, mine }];
  });
  const results = await Promise.all(
    owners.map(async ({ node, mine }) => ({
      node: node.id,
      problem: await countAtOwner(calls, node, mine, counts, options),
    })),
  );
  return { counts, problems: results.flatMap(({ node, problem }) => (problem === null ? [] : [{ node, problem }])) };
}

async function countAtOwner(
  calls: NodeCalls,
  node: TopologyNode,
  slots: SlotRanges,
  counts: Counts,
  options: SlotCountOptions,
): Promise<ViewProblem | null> {
  if (node.host === '') return { code: 'unreachable', seen: 'no address is known' };
  if (featuresOf(node.server).slotStats && (await readStats(calls, node, slots, counts, options))) return null;
  const all = [...eachSlot(slots)];
  for (let start = 0; start < all.length; start += CHUNK) {
    const chunk = all.slice(start, start + CHUNK);
    const outcomes = await calls.pipeline(node, chunk.map(clusterCountKeysInSlotCommand), options);
    for (const [at, slot] of chunk.entries()) {
      const outcome = outcomes[at];
      if (outcome === undefined) return { code: 'broken-reply', seen: 'fewer replies than commands' };
      if (!outcome.ok) return problemOfFailure(outcome.error.failure);
      const keys = readKeyCount(outcome.reply);
      if (!keys.ok) return { code: 'broken-reply', seen: keys.seen };
      counts.set(slot, { keys: keys.value, bytes: null });
    }
  }
  return null;
}

/** False when the server does not take the command after all (renamed, or no permission): then slot by slot. */
async function readStats(
  calls: NodeCalls,
  node: TopologyNode,
  slots: SlotRanges,
  counts: Counts,
  options: SlotCountOptions,
): Promise<boolean> {
  const first = slots[0];
  const last = slots.at(-1);
  if (first === undefined || last === undefined) return true;
  const ranges: SlotRanges = slots.length > MOST_RANGES ? [[first[0], last[1]]] : slots;
  const outcomes = await calls.pipeline(node, ranges.map(clusterSlotStatsCommand), options);
  const found: Counts = new Map();
  for (const outcome of outcomes) {
    const stats = outcome.ok ? readSlotStats(outcome.reply) : null;
    if (stats?.ok !== true) return false;
    for (const { slot, keys, bytes } of stats.value) if (hasSlot(slots, slot)) found.set(slot, { keys, bytes });
  }
  // Slots that went to another shard meanwhile are left out of the answer; those the caller finds uncounted.
  if (found.size === 0 && countSlots(slots) > 0) return false;
  for (const [slot, count] of found) counts.set(slot, count);
  return true;
}
