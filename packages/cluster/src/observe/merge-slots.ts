import type { NodeId } from '@slotdeck/model/ids';
import { printSlotRanges, SLOT_COUNT, type SlotRange, type SlotRanges } from '@slotdeck/model/slot-ranges';
import type { Dispute } from '@slotdeck/model/topology';
import type { AnsweredView } from './membership.ts';
import type { NodeLine } from './node-view.ts';

export interface MergedSlots {
  readonly owned: ReadonlyMap<NodeId, SlotRanges>;
  readonly unassigned: SlotRanges;
  readonly disputes: readonly Dispute[];
}

/** Observers who name the same owner for every slot, and that map: an index into the table of ids per slot, or NOBODY. */
interface Camp {
  readonly observers: NodeId[];
  readonly owners: Int16Array;
}

const NOBODY = -1;

/**
 * Whose a slot is. A node that claims it for itself is right before all others, among several the one with the greatest config
 * epoch (equal epochs: the smaller id, as the servers settle it). Without such a claim it belongs to the silent node that most
 * observers name: a node that answers and does not claim a slot does not own it, whatever others have heard.
 */
export function mergeSlots(views: readonly AnsweredView[]): MergedSlots {
  const table = createIdTable();
  const camps = formCamps(views, table);
  const owners = claimForSelf(views, table);
  const answering = new Set(views.map((view) => table.indexOf(view.nodeId)));
  for (let slot = 0; slot < SLOT_COUNT; slot += 1) {
    if (owners[slot] === NOBODY) owners[slot] = silentOwner(camps, slot, answering);
  }
  return { ...rangesByOwner(owners, table), disputes: findDisputes(camps, table) };
}

interface IdTable {
  indexOf(id: NodeId): number;
  idAt(index: number): NodeId | null;
}

function createIdTable(): IdTable {
  const ids: NodeId[] = [];
  const indexes = new Map<NodeId, number>();
  return {
    indexOf(id) {
      const known = indexes.get(id);
      if (known !== undefined) return known;
      indexes.set(id, ids.length);
      ids.push(id);
      return ids.length - 1;
    },
    idAt: (index) => ids[index] ?? null,
  };
}

/** Observers are put together by what they claim before any slot is looked at: there are mostly one or two camps. */
function formCamps(views: readonly AnsweredView[], table: IdTable): Camp[] {
  const numbers = new Map<NodeLine, number>();
  const texts = new Map<string, number>();
  const numberOf = (line: NodeLine): number => {
    const known = numbers.get(line);
    if (known !== undefined) return known;
    const text = `${line.id} ${printSlotRanges(line.slots)}`;
    const number = texts.get(text) ?? texts.size;
    texts.set(text, number);
    numbers.set(line, number);
    return number;
  };
  const camps = new Map<string, Camp>();
  for (const view of views) {
    const owning = view.lines.filter((line) => line.slots.length > 0);
    const key = Int32Array.from(owning, numberOf).sort().join();
    const camp = camps.get(key);
    if (camp !== undefined) {
      camp.observers.push(view.nodeId);
      continue;
    }
    const owners = new Int16Array(SLOT_COUNT).fill(NOBODY);
    for (const line of owning) {
      const index = table.indexOf(line.id);
      for (const [from, to] of line.slots) owners.fill(index, from, to + 1);
    }
    camps.set(key, { observers: [view.nodeId], owners });
  }
  return [...camps.values()];
}

function claimForSelf(views: readonly AnsweredView[], table: IdTable): Int16Array {
  const owners = new Int16Array(SLOT_COUNT).fill(NOBODY);
  const claims = views
    .flatMap((view) => view.lines.filter((line) => line.isMyself && line.role === 'primary'))
    // The last one to write wins.
    .toSorted((a, b) => a.configEpoch - b.configEpoch || (a.id < b.id ? 1 : -1));
  for (const line of claims) {
    const index = table.indexOf(line.id);
    for (const [from, to] of line.slots) owners.fill(index, from, to + 1);
  }
  return owners;
}

function silentOwner(camps: readonly Camp[], slot: number, answering: ReadonlySet<number>): number {
  const votes = new Map<number, number>();
  for (const { owners, observers } of camps) {
    const owner = owners[slot] ?? NOBODY;
    votes.set(owner, (votes.get(owner) ?? 0) + observers.length);
  }
  let most = NOBODY;
  let count = 0;
  for (const [owner, number] of votes) {
    if (number > count || (number === count && owner !== NOBODY && owner < most)) {
      most = owner;
      count = number;
    }
  }
  return answering.has(most) ? NOBODY : most;
}

function rangesByOwner(owners: Int16Array, table: IdTable): Pick<MergedSlots, 'owned' | 'unassigned'> {
  const owned = new Map<NodeId, SlotRange[]>();
  const unassigned: SlotRange[] = [];
  for (let from = 0; from < SLOT_COUNT;) {
    const owner = owners[from] ?? NOBODY;
    let to = from;
    while (to + 1 < SLOT_COUNT && owners[to + 1] === owner) to += 1;
    const id = table.idAt(owner);
    if (id === null) unassigned.push([from, to]);
    else {
      const ranges = owned.get(id);
      if (ranges === undefined) owned.set(id, [[from, to]]);
      else ranges.push([from, to]);
    }
    from = to + 1;
  }
  return { owned, unassigned };
}

function findDisputes(camps: readonly Camp[], table: IdTable): Dispute[] {
  const first = camps[0];
  if (first === undefined || camps.length === 1) return [];
  const rangesByVerdict = new Map<string, { at: number; ranges: SlotRange[] }>();
  const sameAsBefore = (slot: number): boolean => camps.every(({ owners }) => owners[slot] === owners[slot - 1]);
  const isDisputed = (slot: number): boolean => camps.some(({ owners }) => owners[slot] !== first.owners[slot]);
  for (let from = 0; from < SLOT_COUNT;) {
    let to = from;
    while (to + 1 < SLOT_COUNT && sameAsBefore(to + 1)) to += 1;
    if (isDisputed(from)) {
      const verdict = camps.map(({ owners }) => owners[from]).join();
      const known = rangesByVerdict.get(verdict);
      if (known === undefined) rangesByVerdict.set(verdict, { at: from, ranges: [[from, to]] });
      else known.ranges.push([from, to]);
    }
    from = to + 1;
  }
  return [...rangesByVerdict.values()].map(({ at, ranges }) => ({
    slots: ranges,
    opinions: opinionsOn(camps, at, table),
  }));
}

function opinionsOn(camps: readonly Camp[], slot: number, table: IdTable): Dispute['opinions'] {
  const byOwner = new Map<number, NodeId[]>();
  for (const { owners, observers } of camps) {
    const owner = owners[slot] ?? NOBODY;
    byOwner.set(owner, [...(byOwner.get(owner) ?? []), ...observers]);
  }
  return [...byOwner]
    .map(([owner, observers]) => ({ owner: table.idAt(owner), observers: observers.sort() }))
    .sort((a, b) => b.observers.length - a.observers.length || ((a.owner ?? '') < (b.owner ?? '') ? -1 : 1));
}
