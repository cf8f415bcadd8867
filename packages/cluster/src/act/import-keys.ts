import calculateSlot from 'cluster-key-slot';
import { budgetMsOf, type Pace } from '@slotdeck/model/pace';
import { eachSlot } from '@slotdeck/model/slot-ranges';
import { printCommand } from '../commands/mask-secrets.ts';
import { infoCommand, readInfo } from '../commands/info.ts';
import { readScan, scanCommand, type ScanPage } from '../commands/scan.ts';
import type { NodeAddress, NodeCalls } from '../connection/node-calls.ts';
import type { ActContext, ClusterMember } from './act-context.ts';
import { failureOfMigrate, migrate, timeoutBySizeMs, usualTimeoutMs, type Carrier } from './carrier.ts';
import { createSender, readOutcome, type Addressee, type CommandSender } from './command-sender.ts';
import { requireSelectable, sendInDatabase } from './databases.ts';
import { compareCopies } from './key-conflicts.ts';
import { cutIntoLoads, weigh, type KeyLoad } from './list-keys.ts';
import { lookAt, votingViews } from './look.ts';
import { ActFailure } from './move-problems.ts';
import { limitsOf } from './pace-limits.ts';
import { relayLoad } from './relay-load.ts';

/** How far an import has come. A place in the key space holds for one run of the source's process. */
export interface ImportPosition {
  readonly runId: string;
  /** Databases that are through. */
  readonly through: readonly number[];
  readonly database: number;
  readonly cursor: string;
  readonly tally: ImportTally;
}

export interface ImportTally {
  /** Keys that were seen; one that was seen twice counts twice. */
  readonly seen: number;
  /** Keys that the cluster has from us. */
  readonly taken: number;
  /** Keys that the cluster had already, with the same value. */
  readonly equal: number;
  /** Keys that the cluster has with another value, or that changed at the source meanwhile: left alone on both sides. */
  readonly differing: number;
}

export interface ImportOrder {
  readonly from: NodeAddress;
  readonly databases: readonly number[];
  readonly copy: boolean;
  readonly replace: boolean;
  /** Null: as fast as the pace allows. */
  readonly keysPerSecond: number | null;
  /** Where an earlier attempt was last seen. */
  readonly position: ImportPosition | null;
}

export interface ImportContext extends ActContext {
  /** How the source is asked; it has a login of its own. */
  readonly source: NodeCalls;
  /** Written down by the caller, so that another process can go on from there. */
  onPosition(position: ImportPosition): void;
  onTally(tally: ImportTally): void;
}

export type Imported =
  | { readonly outcome: 'done'; readonly tally: ImportTally }
  /** As asked; nothing is half done. */
  | { readonly outcome: 'stopped'; readonly tally: ImportTally };

/** Keys of one SCAN. The source is held up for about a millisecond by every two thousand of them. */
const KEYS_PER_BUDGET_MS = 600;
const PAGE = { least: 500, most: 6_000 };
function pageOf(pace: Pace): number {
  return Math.max(PAGE.least, Math.min(PAGE.most, budgetMsOf(pace) * KEYS_PER_BUDGET_MS));
}
/** Most keys of one MIGRATE, however fast they go. How many it is follows the time that the pace lets one take. */
const MOST_KEYS = 2_500;
const FIRST_KEYS = 25;
/** Between two notes of the position: what a crash makes us look at again. */
const NOTE_MS = 1_000;
const NONE: ImportTally = { seen: 0, taken: 0, equal: 0, differing: 0 };
const RETRIES = 5;

/**
 * Takes every key of a server into the cluster, with its time to live, each to the primary that owns its slot. The source passes the
 * keys itself (MIGRATE, hundreds at a time), so that its own copy goes in the same turn in which the cluster's comes; where it cannot
 * reach the nodes, or may not, they go through us. A key that the cluster has already is compared: the same value is no conflict, a
 * different one is left alone and counted. Safe to repeat from any place.
 * @throws ActFailure
 */
export async function importKeys(order: ImportOrder, context: ImportContext): Promise<Imported> {
  const run = await createRun(order, context);
  return run.all();
}

async function createRun(order: ImportOrder, context: ImportContext): Promise<{ all(): Promise<Imported> }> {
  const sender = createSender({ calls: context.source, onCommand: context.onCommand });
  const toCluster = createSender(context);
  const name = `${order.from.host}:${order.from.port}`;
  const source: Addressee = { id: name, name, address: order.from };
  const info = await sender.ask(source, infoCommand, readInfo);
  const runId = info.runId ?? 'unknown';
  let owners = await readOwners(toCluster, context.members());
  const known = order.position?.runId === runId ? order.position : null;
  if (order.position !== null && known === null)
    context.note('import-begins-anew', { name, reason: 'source-restarted' });
  let tally: ImportTally = known?.tally ?? NONE;
  let isRelayed = false;
  let noted = context.clock.monotonic();
  /** Of the last loads, the latest counting most. */
  const speed = { ms: 0, keys: 0 };
  const limit = createRate(order.keysPerSecond, context);

  const add = (more: Partial<ImportTally>): void => {
    tally = {
      seen: tally.seen + (more.seen ?? 0),
      taken: tally.taken + (more.taken ?? 0),
      equal: tally.equal + (more.equal ?? 0),
      differing: tally.differing + (more.differing ?? 0),
    };
  };

  async function all(): Promise<Imported> {
    const through = new Set(known?.through ?? []);
    for (const database of order.databases) {
      if (through.has(database)) continue;
      await requireSelectable(sender, source, database);
      const begin = known?.database === database ? known.cursor : '0';
      if (!(await oneDatabase(database, begin, [...through]))) return { outcome: 'stopped', tally };
      through.add(database);
      note(database, '0', [...through]);
    }
    return { outcome: 'done', tally };
  }

  function note(database: number, cursor: string, through: readonly number[]): void {
    context.onPosition({ runId, through, database, cursor, tally });
    noted = context.clock.monotonic();
  }

  /** Two pages are on their way at a time, so that the source has no rest between them; a place is noted once all before it are through. */
  async function oneDatabase(database: number, begin: string, through: readonly number[]): Promise<boolean> {
    let page = await scan(database, begin);
    let before: Promise<void> = Promise.resolve();
    for (;;) {
      const isLast = page.cursor === '0';
      const next = isLast ? null : scan(database, page.cursor);
      const here = movePage(page.keys, database);
      // Both are awaited below; until then a failure must not count as one that nobody looks at.
      for (const each of [next, here]) each?.catch(() => 'seen when it is awaited');
      const [earlier] = await Promise.allSettled([before]);
      if (earlier.status === 'rejected') {
        await Promise.allSettled([here]);
        throw earlier.reason;
      }
      const mustRest = context.asked() !== 'go-on';
      const mustNote = mustRest || context.clock.monotonic() - noted >= NOTE_MS;
      if (isLast || mustNote) await here;
      add({ seen: page.keys.length });
      context.onTally(tally);
      if (isLast) return true;
      if (mustNote) note(database, page.cursor, through);
      if (mustRest) return false;
      before = here;
      const [read] = await Promise.allSettled([next]);
      if (read.status === 'rejected' || read.value === null) {
        // Nothing is left under way that nobody awaits.
        await Promise.allSettled([here]);
        throw read.status === 'rejected' ? read.reason : new Error('only the last page has none after it');
      }
      page = read.value;
    }
  }

  async function scan(database: number, cursor: string): Promise<ScanPage> {
    const command = scanCommand(cursor, pageOf(context.pace()));
    const [outcome] = await sendInDatabase(sender, source, database, [command], { binary: true, timeoutMs: 30_000 });
    if (outcome === undefined) throw new Error('a pipeline of one command came back empty');
    return readOutcome(source, command, outcome, readScan);
  }

  async function movePage(keys: readonly Buffer[], database: number): Promise<void> {
    const loads = await loadsOf(keys, database);
    const turns = loads.values();
    const carry = async (): Promise<void> => {
      for (let turn = turns.next(); turn.done !== true; turn = turns.next()) {
        context.signal.throwIfAborted();
        await limit(turn.value.load.keys.length);
        const start = context.clock.monotonic();
        await carryLoad(turn.value);
        const ms = context.clock.monotonic() - start;
        // Summed before it is divided: a load of a few keys takes as long to be answered and says little.
        speed.ms = speed.ms * 0.9 + ms;
        speed.keys = speed.keys * 0.9 + turn.value.load.keys.length;
        const { rest } = limitsOf(context.pace());
        if (rest > 0) await context.clock.sleep(ms * rest, context.signal);
      }
    };
    const ended = await Promise.allSettled(Array.from({ length: limitsOf(context.pace()).queued }, carry));
    for (const each of ended) if (each.status === 'rejected') throw each.reason;
  }

  type Addressed = { readonly target: ClusterMember; readonly load: KeyLoad };

  /** By owner, and no larger than the pace lets one command be. A few keys are weighed; if one is large, all are. */
  async function loadsOf(keys: readonly Buffer[], database: number): Promise<Addressed[]> {
    const limits = limitsOf(context.pace());
    const groups = new Map<ClusterMember, Buffer[]>();
    for (const key of keys) {
      const owner = ownerOf(key);
      const group = groups.get(owner);
      if (group === undefined) groups.set(owner, [key]);
      else group.push(key);
    }
    const fitting = speed.keys === 0 ? FIRST_KEYS : (limits.budgetMs * limits.queued * 2 * speed.keys) / speed.ms;
    const most = { keys: Math.max(1, Math.min(MOST_KEYS, Math.floor(fitting))), bytes: limits.bytes };
    const lists = [...groups.values()];
    const sizes = await sizesOf(lists, database);
    return [...groups].flatMap(([target, group], at) =>
      cutIntoLoads({ slot: -1, database, keys: group, sizes: sizes[at] ?? new Map() }, most).map((load) => ({
        target,
        load,
      })),
    );
  }

  async function sizesOf(lists: readonly (readonly Buffer[])[], database: number): Promise<Map<number, number>[]> {
    const samples = await weigh(
      sender,
      source,
      database,
      lists.map((keys) => keys.slice(0, SAMPLES)),
    );
    const isLarge = samples.some((each) => [...each.values()].some((size) => size >= LARGE));
    return isLarge ? weigh(sender, source, database, lists) : samples;
  }

  function ownerOf(key: Buffer): ClusterMember {
    const slot = calculateSlot(key);
    const owner = owners[slot];
    if (owner === undefined) throw new ActFailure('slot-without-owner', { slots: String(slot) });
    return owner;
  }

  async function carryLoad({ target, load }: Addressed, first = 1): Promise<void> {
    const carrier: Carrier = {
      sender,
      targetSender: toCluster,
      source,
      target,
      targetSeenFromSource: target.address,
      context,
    };
    for (let attempt = first; ; attempt += 1) {
      const again = isRelayed ? await relay(load, carrier) : await pass(load, carrier, attempt);
      if (again === null) return;
      if (attempt >= RETRIES) throw again;
      await context.clock.sleep(100 * 2 ** attempt, context.signal);
      if (again.code !== 'views-changed') continue;
      // A slot has gone to another node: what is left of the load goes there.
      owners = await readOwners(toCluster, context.members());
      for (const part of await loadsOf(load.keys, load.database)) await carryLoad(part, attempt + 1);
      return;
    }
  }

  /** The source passes the keys. Null: they are through; else why they may not be, to be tried again. */
  async function pass(load: KeyLoad, carrier: Carrier, attempt: number): Promise<ActFailure | null> {
    const timeoutMs = attempt === 1 ? usualTimeoutMs(carrier) : await timeoutBySizeMs(load, carrier);
    const { copy, replace } = order;
    const result = await migrate(load, { timeoutMs, replace, copy }, carrier);
    switch (result.kind) {
      case 'moved':
        add({ taken: load.keys.length });
        return null;
      case 'no-key':
        return null;
      case 'busy-key':
        await settleBusy(load, carrier);
        return null;
      case 'io-error':
        if (result.during === 'connect' && attempt > 1) return viaUs(result.line, carrier, load);
        context.note('migrate-io-error', { source: source.name, target: carrier.target.name, seen: result.line });
        return new ActFailure('target-not-reachable-from-source', {
          source: source.name,
          target: carrier.target.name,
          seen: result.line,
        });
      case 'refused':
        if (result.prefix === 'NOPERM' || /unknown command/i.test(result.line))
          return viaUs(result.line, carrier, load);
        throw failureOfMigrate(result, carrier);
      case 'target-error': {
        const failure = failureOfMigrate(result, carrier);
        if (failure.mayRetry) return failure;
        throw failure;
      }
      case 'no-reply':
      case 'broken-reply':
        throw failureOfMigrate(result, carrier);
    }
  }

  function viaUs(seen: string, carrier: Carrier, load: KeyLoad): Promise<ActFailure | null> {
    if (!isRelayed) context.note('import-goes-through-us', { source: source.name, target: carrier.target.name, seen });
    isRelayed = true;
    return relay(load, carrier);
  }

  async function relay(load: KeyLoad, carrier: Carrier): Promise<ActFailure | null> {
    const relayed = await relayLoad(load, order, carrier, toCluster);
    add({ taken: relayed.taken });
    if (relayed.changed.length > 0) left(relayed.changed, load, 'changed-meanwhile');
    if (relayed.busy.length > 0) await settleBusy({ ...load, keys: relayed.busy }, carrier);
    return relayed.failure;
  }

  /** Some keys were there already; the others of the load have gone their way. */
  async function settleBusy(load: KeyLoad, carrier: Carrier): Promise<void> {
    const { twins, different } = await compareCopies(load, carrier);
    // In MIGRATE's answer the others are not told apart; those that are on one side only have come over.
    if (!isRelayed) add({ taken: load.keys.length - twins.length - different.length });
    if (twins.length > 0 && !order.copy) await dropTwins(twins, load, carrier);
    add({ equal: twins.length });
    if (different.length > 0)
      left(
        different.map(({ key }) => key),
        load,
        'differs',
      );
  }

  /** The cluster has the same value. Passed once more over itself, the source's copy goes in the same turn. */
  async function dropTwins(keys: readonly Buffer[], load: KeyLoad, carrier: Carrier): Promise<void> {
    const same = { ...load, keys };
    if (isRelayed) {
      const { failure } = await relayLoad(same, { copy: false, replace: true }, carrier, toCluster);
      if (failure !== null) throw failure;
      return;
    }
    const result = await migrate(same, { timeoutMs: await timeoutBySizeMs(same, carrier), replace: true }, carrier);
    if (result.kind === 'moved' || result.kind === 'no-key') return;
    const seen = 'line' in result ? result.line : result.kind;
    throw new ActFailure('target-not-reachable-from-source', {
      source: source.name,
      target: carrier.target.name,
      seen,
    });
  }

  function left(keys: readonly Buffer[], load: KeyLoad, why: 'differs' | 'changed-meanwhile'): void {
    add({ differing: keys.length });
    const names = printCommand(['', ...keys.slice(0, NAMES_SHOWN)]).slice(1);
    context.note('import-key-left', { why, database: load.database, count: keys.length, keys: names });
  }

  return { all };
}

const SAMPLES = 4;
const LARGE = 64 * 1024;
const NAMES_SHOWN = 20;

/** Who owns which slot, from the primaries themselves. */
async function readOwners(sender: CommandSender, members: readonly ClusterMember[]): Promise<ClusterMember[]> {
  const owners: ClusterMember[] = [];
  for (const view of votingViews(await lookAt(sender, members))) {
    for (const slot of eachSlot(view.self.slots)) owners[slot] = view.member;
  }
  return owners;
}

/** Waits until so many keys may go. */
function createRate(
  perSecond: number | null,
  { clock, signal }: Pick<ActContext, 'clock' | 'signal'>,
): (keys: number) => Promise<void> {
  let free = clock.monotonic();
  return async (keys) => {
    if (perSecond === null) return;
    const start = Math.max(free, clock.monotonic());
    free = start + (keys / perSecond) * 1000;
    const wait = start - clock.monotonic();
    if (wait > 0) await clock.sleep(wait, signal);
  };
}
