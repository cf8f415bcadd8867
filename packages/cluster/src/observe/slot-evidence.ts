import type { NodeId } from '@slotdeck/model/ids';
import {
  ALL_SLOTS,
  countSlots,
  eachSlot,
  hasSlot,
  minusSlots,
  slotsOf,
  type SlotRanges,
} from '@slotdeck/model/slot-ranges';
import type { Topology, TopologyNode } from '@slotdeck/model/topology';
import { clusterCountKeysInSlotCommand, readKeyCount } from '../commands/cluster-count-keys-in-slot.ts';
import { clusterSetSlotCommand } from '../commands/cluster-set-slot.ts';
import { clusterSlotStatsCommand, readSlotStats } from '../commands/cluster-slot-stats.ts';
import { readInteger, readText } from '../commands/reply-reading.ts';
import { problemOfFailure } from '../connection/call-problem.ts';
import { NodeCallError, type Command, type NodeCalls } from '../connection/node-calls.ts';
import { featuresOf } from './server-features.ts';

/** Who holds keys of slots of which something is wrong, or that are another's. */
export interface SlotEvidence {
  /** Per primary that answers: slots of which it holds keys, over all databases. */
  readonly keys: ReadonlyMap<NodeId, ReadonlyMap<number, number>>;
  /** Per primary: slots of those looked at for which it could not be found out. Absent: all are known. */
  readonly unknown: ReadonlyMap<NodeId, SlotRanges>;
  /** Why, in the words of the nodes. */
  readonly problems: readonly { readonly node: NodeId; readonly seen: string }[];
}

const CHUNK = 1_000;

/** `hidden: 'leave'` sends nothing but questions; what a server hides stays unknown then. */
export interface EvidenceOptions {
  readonly hidden?: 'reveal' | 'leave';
}

/**
 * Asks every primary that answers which of these slots it holds keys of, and which slots of others. Redis from 8.4 on shows no keys of
 * slots that a node does not own. Where its DBSIZE says that there are some, each slot is marked as importing, counted and unmarked in
 * one transaction: no client and no other node can see the mark, and nothing is left of it.
 */
export async function collectSlotEvidence(
  calls: NodeCalls,
  topology: Topology,
  slots: SlotRanges,
  { hidden = 'reveal' }: EvidenceOptions = {},
): Promise<SlotEvidence> {
  const primaries = topology.nodes.filter((node) => node.role === 'primary' && node.view.state === 'answered');
  const keys = new Map<NodeId, ReadonlyMap<number, number>>();
  const unknown = new Map<NodeId, SlotRanges>();
  const problems: { node: NodeId; seen: string }[] = [];
  await Promise.all(
    primaries.map(async (node) => {
      // Of its own slots only those are asked for that are in doubt.
      const asked = minusSlots(ALL_SLOTS, minusSlots(node.slots, slots));
      try {
        const counted = await countAll(calls, node, asked, { topology, hidden });
        keys.set(node.id, counted.counts);
        if (counted.unknown.length > 0) unknown.set(node.id, counted.unknown);
        problems.push(...counted.problems.map((seen) => ({ node: node.id, seen })));
      } catch (error) {
        if (!(error instanceof NodeCallError)) throw error;
        const { code, seen } = problemOfFailure(error.failure);
        unknown.set(node.id, asked);
        problems.push({ node: node.id, seen: `${code}: ${seen}` });
      }
    }),
  );
  return { keys, unknown, problems };
}

interface Counted {
  readonly counts: ReadonlyMap<number, number>;
  readonly unknown: SlotRanges;
  readonly problems: readonly string[];
}

async function countAll(
  calls: NodeCalls,
  node: TopologyNode,
  asked: SlotRanges,
  { topology, hidden }: { topology: Topology; hidden: 'reveal' | 'leave' },
): Promise<Counted> {
  const counts = new Map<number, number>();
  const { visible, unread } = await countVisible(calls, node, asked);
  for (const [slot, keys] of visible) if (keys > 0) counts.set(slot, keys);
  // A count that cannot be read is not known; it is never none.
  if (unread.length > 0) return { counts, unknown: unread, problems: ['its counts could not be read'] };
  if (!featuresOf(node.server).hidesUnownedKeys || !(await mayHide(calls, node))) {
    return { counts, unknown: [], problems: [] };
  }
  const marked = topology.open.flatMap((open) => (open.node === node.id ? [open.slot] : []));
  const unseen = minusSlots(minusSlots(asked, node.slots), slotsOf(marked));
  if (hidden === 'leave') return { counts, unknown: unseen, problems: ['it holds more keys than it shows'] };
  return reveal(calls, node, unseen, { counts, topology });
}

/** Over all databases: only Valkey from 9.0 on has more than the first in a cluster. */
async function countVisible(
  calls: NodeCalls,
  node: TopologyNode,
  asked: SlotRanges,
): Promise<{ visible: ReadonlyMap<number, number>; unread: SlotRanges }> {
  const [keyspace] = await calls.pipeline(node, [['INFO', 'keyspace']]);
  if (keyspace?.ok === false) throw keyspace.error;
  const text = readText(keyspace?.reply);
  if (text === null) return { visible: new Map(), unread: asked };
  const found = [...text.matchAll(/^db(\d+):/gm)].map((match) => Number(match[1]));
  const all = [...eachSlot(asked)];
  const counts = new Map<number, number>();
  const unread = new Set<number>();
  for (const database of found.length === 0 ? [0] : found) {
    for (let start = 0; start < all.length; start += CHUNK) {
      const chunk = all.slice(start, start + CHUNK);
      const commands: Command[] = chunk.map(clusterCountKeysInSlotCommand);
      const wrapped = database === 0 ? commands : [['SELECT', database], ...commands, ['SELECT', 0]];
      const outcomes = await calls.pipeline(node, wrapped);
      const shift = database === 0 ? 0 : 1;
      const selected = database === 0 ? undefined : outcomes[0];
      if (selected?.ok === false) throw selected.error;
      for (const [at, slot] of chunk.entries()) {
        const outcome = outcomes[at + shift];
        if (outcome?.ok === false) throw outcome.error;
        const count = readKeyCount(outcome?.reply);
        if (count.ok) counts.set(slot, (counts.get(slot) ?? 0) + count.value);
        else unread.add(slot);
      }
    }
  }
  return { visible: counts, unread: slotsOf(unread) };
}

/** Whether the node has more keys than its own slots have. Keys that come and go between the two counts only make us look. */
async function mayHide(calls: NodeCalls, node: TopologyNode): Promise<boolean> {
  const ranges = node.slots.map((range) => clusterSlotStatsCommand(range));
  const [size, ...stats] = await calls.pipeline(node, [['DBSIZE'], ...ranges]);
  const all = size?.ok === true ? readInteger(size.reply) : null;
  if (all === null) return true;
  let own = 0;
  for (const outcome of stats) {
    const read = outcome.ok ? readSlotStats(outcome.reply) : null;
    if (read?.ok !== true) return true;
    for (const { keys } of read.value) own += keys;
  }
  return all > own;
}

async function reveal(
  calls: NodeCalls,
  node: TopologyNode,
  slots: SlotRanges,
  { counts, topology }: { counts: Map<number, number>; topology: Topology },
): Promise<Counted> {
  const others = topology.nodes.filter((each) => each.role === 'primary' && each.id !== node.id);
  const [other] = others;
  if (other === undefined || countSlots(slots) === 0) return { counts, unknown: slots, problems: [] };
  const ownerOf = (slot: number): NodeId => others.find((each) => hasSlot(each.slots, slot))?.id ?? other.id;
  const missed: number[] = [];
  const problems = new Set<string>();
  const all = [...eachSlot(slots)];
  for (let start = 0; start < all.length; start += CHUNK) {
    const chunk = all.slice(start, start + CHUNK);
    const outcomes = await calls.transaction(
      node,
      chunk.flatMap((slot) => [
        clusterSetSlotCommand({ kind: 'importing', slot, from: ownerOf(slot) }),
        clusterCountKeysInSlotCommand(slot),
        clusterSetSlotCommand({ kind: 'stable', slot }),
      ]),
    );
    for (const [at, slot] of chunk.entries()) {
      const [marked, counted] = [outcomes[at * 3], outcomes[at * 3 + 1]];
      const count = readKeyCount(counted?.ok === true ? counted.reply : null);
      if (marked?.ok === true && count.ok) {
        if (count.value > 0) counts.set(slot, count.value);
        continue;
      }
      missed.push(slot);
      if (marked?.ok === false) problems.add(problemOfFailure(marked.error.failure).seen);
    }
  }
  return { counts, unknown: slotsOf(missed), problems: [...problems] };
}
