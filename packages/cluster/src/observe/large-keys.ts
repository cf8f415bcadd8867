import type { NodeId } from '@slotdeck/model/ids';
import { eachSlot, intersectSlots, type SlotRanges } from '@slotdeck/model/slot-ranges';
import type { Topology, TopologyNode } from '@slotdeck/model/topology';
import { clusterGetKeysInSlotCommand, readKeysInSlot } from '../commands/cluster-get-keys-in-slot.ts';
import { configGetCommand, readConfig } from '../commands/config-get.ts';
import { memoryUsageCommand, readMemoryUsage } from '../commands/memory-usage.ts';
import { printCommand } from '../commands/mask-secrets.ts';
import { readInteger, readText } from '../commands/reply-reading.ts';
import type { CallOutcome, Command, NodeCalls } from '../connection/node-calls.ts';

/** A key that holds up its nodes for longer than clients bear when it moves in one piece. */
export interface LargeKey {
  readonly node: NodeId;
  readonly slot: number;
  /** As it can be printed; other bytes are escaped. */
  readonly name: string;
  readonly type: string;
  /** In memory, estimated from a few elements where it has many. */
  readonly bytes: number;
  /** Fields, members, entries; null for a string, and for types whose number nobody tells. */
  readonly elements: number | null;
}

export interface LargeKeys {
  readonly keys: readonly LargeKey[];
  /** How many keys were weighed, of how many there are in these slots; with fewer, others may be large. */
  readonly weighed: number;
  readonly of: number;
  /** Longest value that each node takes in one piece (`proto-max-bulk-len`), where it tells. */
  readonly longestValue: ReadonlyMap<NodeId, number>;
}

/** From here on a move is felt: about 0.1 s for source and target. */
export const LARGE_BYTES = 10_000_000;
export const LARGE_ELEMENTS = 60_000;
/** Keys that one plan weighs: a second or two of looking. */
const MOST_WEIGHED = 200_000;
/** Commands in one write; other clients get their turn in between. */
const CHUNK = 1_000;
/** Keys that are told; the largest first. */
const MOST_TOLD = 100;

/**
 * Looks for large keys in slots that are to move, at their owners: every key is weighed by a few of its elements (MEMORY USAGE), those that are
 * heavy are asked for their type and number of elements. With more keys than can be weighed, as many of each slot as its share.
 * Null: no owner may be asked, or none answers. Only database 0 is looked at.
 */
export async function findLargeKeys(
  calls: NodeCalls,
  topology: Topology,
  slots: SlotRanges,
  counts: ReadonlyMap<number, { readonly keys: number }>,
): Promise<LargeKeys | null> {
  const of = [...eachSlot(slots)].reduce((sum, slot) => sum + (counts.get(slot)?.keys ?? 0), 0);
  const share = of <= MOST_WEIGHED ? 1 : MOST_WEIGHED / of;
  const owners = topology.nodes.flatMap((node) => {
    const mine = [...eachSlot(intersectSlots(node.slots, slots))].filter((slot) => (counts.get(slot)?.keys ?? 0) > 0);
    return mine.length === 0 || node.host === '' ? [] : [{ node, mine }];
  });
  const [found, longestValue] = await Promise.all([
    Promise.all(
      owners.map(({ node, mine }) =>
        weighAt(calls, node, mine, (slot) => Math.ceil((counts.get(slot)?.keys ?? 0) * share)),
      ),
    ),
    readLongestValues(calls, topology),
  ]);
  if (owners.length > 0 && found.every((each) => each === null)) return null;
  const keys = found.flatMap((each) => each?.keys ?? []).toSorted((a, b) => b.bytes - a.bytes);
  const weighed = found.reduce((sum, each) => sum + (each?.weighed ?? 0), 0);
  return { keys: keys.slice(0, MOST_TOLD), weighed: Math.min(weighed, of), of, longestValue };
}

interface Listed {
  readonly slot: number;
  readonly key: Buffer;
}

async function weighAt(
  calls: NodeCalls,
  node: TopologyNode,
  slots: readonly number[],
  limitOf: (slot: number) => number,
): Promise<{ keys: LargeKey[]; weighed: number } | null> {
  const large: (Listed & { readonly bytes: number })[] = [];
  let weighed = 0;
  for (let at = 0; at < slots.length;) {
    // Slots until their keys fill a chunk.
    const group: number[] = [];
    for (let keys = 0; at < slots.length && (group.length === 0 || keys < CHUNK); at += 1) {
      const slot = slots[at];
      if (slot === undefined) break;
      group.push(slot);
      keys += limitOf(slot);
    }
    const listed = await list(calls, node, group, limitOf);
    if (listed === null) return null;
    for (let start = 0; start < listed.length; start += CHUNK) {
      const chunk = listed.slice(start, start + CHUNK);
      const outcomes = await calls.pipeline(
        node,
        chunk.map(({ key }) => memoryUsageCommand(key)),
      );
      // Not permitted, or not known: then nothing can be said of any key here.
      if (outcomes[0]?.ok === false) return null;
      for (const [index, each] of chunk.entries()) {
        const bytes = weightIn(outcomes[index]);
        if (bytes === null) continue;
        weighed += 1;
        if (bytes >= LARGE_BYTES / 4) large.push({ ...each, bytes });
      }
    }
  }
  return { keys: (await describe(calls, node, large)).filter(isLarge), weighed };
}

async function list(
  calls: NodeCalls,
  node: TopologyNode,
  slots: readonly number[],
  limitOf: (slot: number) => number,
): Promise<Listed[] | null> {
  const commands = slots.map((slot) => clusterGetKeysInSlotCommand(slot, limitOf(slot)));
  const outcomes = await calls.pipeline(node, commands, { binary: true });
  const listed: Listed[] = [];
  for (const [at, slot] of slots.entries()) {
    const outcome = outcomes[at];
    const keys = outcome?.ok === true ? readKeysInSlot(outcome.reply) : null;
    if (keys?.ok !== true) return null;
    for (const key of keys.value) listed.push({ slot, key });
  }
  return listed;
}

function weightIn(outcome: CallOutcome | undefined): number | null {
  const bytes = outcome?.ok === true ? readMemoryUsage(outcome.reply) : null;
  return bytes?.ok === true ? bytes.value : null;
}

const LENGTH: Readonly<Record<string, string>> = {
  hash: 'HLEN',
  list: 'LLEN',
  set: 'SCARD',
  zset: 'ZCARD',
  stream: 'XLEN',
};

async function describe(
  calls: NodeCalls,
  node: TopologyNode,
  heavy: readonly (Listed & { readonly bytes: number })[],
): Promise<LargeKey[]> {
  if (heavy.length === 0) return [];
  const types = await calls.pipeline(
    node,
    heavy.map(({ key }): Command => ['TYPE', key]),
  );
  const typed = heavy.map((each, at) => {
    const outcome = types[at];
    return { ...each, type: (outcome?.ok === true ? readText(outcome.reply) : null) ?? 'unknown' };
  });
  const counted = typed.filter(({ type }) => LENGTH[type] !== undefined);
  const lengths = await calls.pipeline(
    node,
    counted.map(({ key, type }): Command => [LENGTH[type] ?? 'EXISTS', key]),
  );
  return typed.map(({ slot, key, type, bytes }) => {
    const place = counted.findIndex((each) => each.key === key);
    const outcome = place === -1 ? undefined : lengths[place];
    const elements = outcome?.ok === true ? readInteger(outcome.reply) : null;
    return { node: node.id, slot, name: printCommand(['', key])[1] ?? '', type, bytes, elements };
  });
}

function isLarge({ bytes, elements }: LargeKey): boolean {
  return bytes >= LARGE_BYTES || (elements ?? 0) >= LARGE_ELEMENTS;
}

async function readLongestValues(calls: NodeCalls, { nodes }: Topology): Promise<Map<NodeId, number>> {
  const name = 'proto-max-bulk-len';
  const told = await Promise.all(
    nodes
      .filter(({ role, view }) => role === 'primary' && view.state === 'answered')
      .map(async (node): Promise<[NodeId, number][]> => {
        const [outcome] = await calls.pipeline(node, [configGetCommand(name)]);
        const config = outcome?.ok === true ? readConfig(outcome.reply) : null;
        const bytes = config?.ok === true ? readInteger(config.value.get(name)) : null;
        return bytes === null ? [] : [[node.id, bytes]];
      }),
  );
  return new Map(told.flat());
}
