import { clusterCountKeysInSlotCommand, readKeyCount } from '../commands/cluster-count-keys-in-slot.ts';
import { clusterGetKeysInSlotCommand, readKeysInSlot } from '../commands/cluster-get-keys-in-slot.ts';
import { memoryUsageCommand, readMemoryUsage } from '../commands/memory-usage.ts';
import { readOutcome, type Addressee, type CommandSender } from './command-sender.ts';
import { infoKeyspaceCommand, readDatabases, requireSelectable, sendInDatabase } from './databases.ts';

/** Keys of one slot that travel in one MIGRATE. */
export interface KeyLoad {
  readonly slot: number;
  readonly database: number;
  readonly keys: readonly Buffer[];
  /** From samples; null when sizes cannot be asked for. */
  readonly bytes: number | null;
}

/** Keys of one slot as listed, not yet cut into loads. */
export interface ListedSlot {
  readonly slot: number;
  readonly database: number;
  readonly keys: readonly Buffer[];
  /** Size of each key where it was asked for; the average stands for the others. */
  readonly sizes: ReadonlyMap<number, number>;
}

/** A listing stays small in memory and one answer stays short on the wire. */
const KEYS_PER_GROUP = 4_000;
const KEYS_PER_LISTING = 2_000;
/** Keys of a slot that are weighed to guess at the others. */
const SAMPLES = 2;
/** From this size on one key is worth weighing all the others of its slot. */
const LARGE_SAMPLE = 64 * 1024;

/** Keys per slot in the order asked, over all databases, and the databases in which the node has keys at all. */
export interface CountedKeys {
  readonly counts: ReadonlyMap<number, number>;
  readonly databases: readonly number[];
}

/** Which databases there are is asked in the same write: one can come to be at any time. */
export async function countKeys(
  sender: CommandSender,
  node: Addressee,
  slots: readonly number[],
): Promise<CountedKeys> {
  const commands = slots.map((slot) => clusterCountKeysInSlotCommand(slot));
  const [keyspace, ...inFirst] = await sender.send(node, [infoKeyspaceCommand, ...commands]);
  if (keyspace === undefined) throw new Error('a pipeline of one command came back empty');
  const listed = readOutcome(node, infoKeyspaceCommand, keyspace, readDatabases);
  const databases = listed.length === 0 ? [0] : listed;
  const counts = new Map(slots.map((slot) => [slot, 0]));
  for (const database of databases) {
    await requireSelectable(sender, node, database);
    const outcomes = database === 0 ? inFirst : await sendInDatabase(sender, node, database, commands);
    for (const [at, outcome] of outcomes.entries()) {
      const slot = slots[at];
      const command = commands[at];
      if (slot === undefined || command === undefined) continue;
      counts.set(slot, (counts.get(slot) ?? 0) + readOutcome(node, command, outcome, readKeyCount));
    }
  }
  return { counts, databases };
}

/** Slots in groups whose keys are listed together. */
export function groupSlots(counts: ReadonlyMap<number, number>): number[][] {
  const groups: number[][] = [];
  let group: number[] = [];
  let keys = 0;
  for (const [slot, count] of counts) {
    if (count === 0) continue;
    if (group.length > 0 && keys + Math.min(count, KEYS_PER_LISTING) > KEYS_PER_GROUP) {
      groups.push(group);
      group = [];
      keys = 0;
    }
    group.push(slot);
    keys += Math.min(count, KEYS_PER_LISTING);
  }
  if (group.length > 0) groups.push(group);
  return groups;
}

/** Lists keys of some slots and weighs a few of them; slots without keys are left out. */
export async function listKeys(
  sender: CommandSender,
  node: Addressee,
  slots: readonly number[],
  database: number,
  weighs: boolean,
): Promise<ListedSlot[]> {
  const commands = slots.map((slot) => clusterGetKeysInSlotCommand(slot, KEYS_PER_LISTING));
  const outcomes = await sendInDatabase(sender, node, database, commands, { binary: true });
  const listed: { slot: number; keys: Buffer[] }[] = [];
  for (const [at, outcome] of outcomes.entries()) {
    const slot = slots[at];
    const command = commands[at];
    if (slot === undefined || command === undefined) continue;
    const keys = readOutcome(node, command, outcome, readKeysInSlot);
    if (keys.length > 0) listed.push({ slot, keys });
  }
  if (!weighs) return listed.map((each) => ({ ...each, database, sizes: new Map() }));
  const samples = await weigh(
    sender,
    node,
    database,
    listed.map(({ keys }) => keys.slice(0, SAMPLES)),
  );
  const isLarge = (sizes: ReadonlyMap<number, number> | undefined): boolean =>
    [...(sizes?.values() ?? [])].some((size) => size >= LARGE_SAMPLE);
  const exact = await weigh(
    sender,
    node,
    database,
    listed.map(({ keys }, at) => (isLarge(samples[at]) ? keys : [])),
  );
  return listed.map((each, at) => ({
    ...each,
    database,
    sizes: isLarge(samples[at]) ? (exact[at] ?? new Map()) : (samples[at] ?? new Map()),
  }));
}

/** What the keys weigh together; null where the server does not say. */
export async function weighKeys(
  sender: CommandSender,
  node: Addressee,
  { database, keys }: Pick<KeyLoad, 'database' | 'keys'>,
): Promise<number | null> {
  const [sizes] = await weigh(sender, node, database, [keys]);
  return sizes === undefined || sizes.size === 0 ? null : [...sizes.values()].reduce((a, b) => a + b, 0);
}

/** Sizes by position in each list. A key that is gone, or a server that does not say, leaves a gap. */
export async function weigh(
  sender: CommandSender,
  node: Addressee,
  database: number,
  lists: readonly (readonly Buffer[])[],
): Promise<Map<number, number>[]> {
  const places = lists.flatMap((keys, list) => keys.map((key, at) => ({ list, at, key })));
  const sizes = lists.map(() => new Map<number, number>());
  if (places.length === 0) return sizes;
  const outcomes = await sendInDatabase(
    sender,
    node,
    database,
    places.map(({ key }) => memoryUsageCommand(key)),
  );
  for (const [index, outcome] of outcomes.entries()) {
    const place = places[index];
    // Sizes only shape the batches: without the permission, or behind a server that lacks the command, we go by count alone.
    if (place === undefined || !outcome.ok) continue;
    const size = readMemoryUsage(outcome.reply);
    if (size.ok && size.value !== null) sizes[place.list]?.set(place.at, size.value);
  }
  return sizes;
}

/** What one MIGRATE may hold. */
export interface MostOfLoad {
  readonly keys: number;
  readonly bytes: number;
}

/** Cuts a slot's keys into loads that respect both limits; a key larger than the limit travels alone. */
export function cutIntoLoads(listed: ListedSlot, most: MostOfLoad): KeyLoad[] {
  return [...loadsOf(listed, () => most)];
}

/** The same with limits that are asked for again before each load. */
export function* loadsOf(
  { slot, database, keys, sizes }: ListedSlot,
  mostNow: () => MostOfLoad,
): Generator<KeyLoad, void, undefined> {
  const known = [...sizes.values()];
  const average = known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length;
  const sizeOf = (at: number): number => sizes.get(at) ?? average ?? 0;
  for (let from = 0; from < keys.length;) {
    const most = mostNow();
    let to = from + 1;
    let bytes = sizeOf(from);
    while (to < keys.length && to - from < most.keys && bytes + sizeOf(to) <= most.bytes) {
      bytes += sizeOf(to);
      to += 1;
    }
    yield { slot, database, keys: keys.slice(from, to), bytes: average === null ? null : Math.round(bytes) };
    from = to;
  }
}
