import type { ClusterId, NodeId } from '@slotdeck/model/ids';
import { normalise, type SlotRanges } from '@slotdeck/model/slot-ranges';
import type { OpenSlot, Topology, TopologyNode } from '@slotdeck/model/topology';
import { collectClaims, mostSaid, observersWho, type Subject } from './claims.ts';
import { findDisagreements } from './find-disagreements.ts';
import { groupShards } from './group-shards.ts';
import { sortByMembership, type AnsweredView } from './membership.ts';
import { mergeSlots } from './merge-slots.ts';
import { healthOf } from './node-health.ts';
import type { NodeLine, NodeView } from './node-view.ts';

export interface MergeOptions {
  readonly clusterId: ClusterId;
  /** The topology this one continues: shards keep their names by it, and what silent nodes once said is kept. */
  readonly previous: Topology | null;
  /** Epoch ms. */
  readonly now: number;
  /** Node ids known to be ours; views that share none with them are left out. Absent: all views are ours, as `createObserver` gives them. */
  readonly inventory?: ReadonlySet<NodeId>;
}

/**
 * Many views, one topology; nothing on which nodes disagree is averaged away. Gives `previous` itself when nothing has changed, so
 * that a caller compares by identity; otherwise the version is one more.
 */
export function mergeViews(
  views: readonly NodeView[],
  { clusterId, previous, now, inventory }: MergeOptions,
): Topology {
  const allAnswered = views.filter((view) => view.state === 'answered');
  const answered = inventory === undefined ? allAnswered : [...sortByMembership(allAnswered, inventory).members];
  const silent = views.filter((view) => view.state === 'silent');
  const parts = answered.length === 0 ? lastKnown(silent, previous) : mergeAnswered(answered, silent, previous);
  const shards = groupShards(parts.nodes, previous?.shards ?? []);
  const merged: Topology = {
    clusterId,
    version: previous?.version ?? 0,
    since: previous?.since ?? now,
    ...parts,
    shards,
    unreachable: unreachableSlots(parts.nodes),
    answered: parts.nodes.filter((node) => node.view.state === 'answered').length,
  };
  if (previous !== null && JSON.stringify(merged) === JSON.stringify(inOrder(previous, merged))) return previous;
  return { ...merged, version: merged.version + 1, since: now };
}

type Parts = Pick<Topology, 'nodes' | 'unassigned' | 'open' | 'disputes' | 'disagreements' | 'currentEpoch'>;
type SilentView = Extract<NodeView, { state: 'silent' }>;

function mergeAnswered(
  answered: readonly AnsweredView[],
  silent: readonly SilentView[],
  previous: Topology | null,
): Parts {
  const subjects = collectClaims(answered);
  const slots = mergeSlots(answered);
  const everybody = answered.map((view) => view.nodeId);
  const unknownTo = new Map<NodeId, NodeId[]>();
  for (const { id, claims } of subjects.values()) {
    const count = claims.reduce((sum, { observers }) => sum + observers.length, 0);
    if (count === everybody.length || claims.every(({ line }) => line.flags.includes('handshake'))) continue;
    const knowing = new Set(claims.flatMap(({ observers }) => observers));
    unknownTo.set(id, everybody.filter((observer) => !knowing.has(observer)).sort());
  }
  const around: Surroundings = {
    viewOf: new Map(answered.map((view) => [view.nodeId, view])),
    silentOf: new Map(silent.flatMap((view) => (view.nodeId === null ? [] : [[view.nodeId, view] as const]))),
    owned: slots.owned,
    voters: new Set(slots.owned.keys()),
    unknownTo,
    previousOf: new Map(previous?.nodes.map((node) => [node.id, node])),
  };
  const epochs = answered.map((view) => view.facts?.currentEpoch ?? null).filter((epoch) => epoch !== null);
  return {
    nodes: [...subjects.values()].map((subject) => nodeOf(subject, around)).sort(byId),
    unassigned: slots.unassigned,
    open: answered.flatMap(openSlotsOf).sort((a, b) => a.slot - b.slot || (a.node < b.node ? -1 : 1)),
    disputes: [...slots.disputes],
    disagreements: findDisagreements(answered, subjects, (id) => unknownTo.get(id) ?? []),
    currentEpoch: epochs.length === 0 ? null : Math.max(...epochs),
  };
}

interface Surroundings {
  readonly viewOf: ReadonlyMap<NodeId, AnsweredView>;
  readonly silentOf: ReadonlyMap<NodeId, SilentView>;
  readonly owned: ReadonlyMap<NodeId, SlotRanges>;
  /** Nodes that own slots: those whose word counts for a failure. */
  readonly voters: ReadonlySet<NodeId>;
  readonly unknownTo: ReadonlyMap<NodeId, readonly NodeId[]>;
  readonly previousOf: ReadonlyMap<NodeId, TopologyNode>;
}

function nodeOf({ id, claims, own }: Subject, around: Surroundings): TopologyNode {
  const most = <T extends string | number>(valueOf: (line: NodeLine) => T | null): T | null =>
    mostSaid(claims, valueOf);
  const place = own === null || own.host === '' ? placeOf(claims) : own;
  const hostname = own === null ? most((line) => line.hostname) : own.hostname;
  const view = around.viewOf.get(id);
  const silentView = around.silentOf.get(id);
  const last = around.previousOf.get(id);
  const others = claims.filter(({ line }) => !line.isMyself);
  const failedBy = observersWho(others, (line) => line.flags.includes('fail'));
  const facts = {
    host: place.host,
    role: own?.role ?? most((line) => (line.role === 'unknown' ? null : line.role)) ?? 'unknown',
    flags: [...new Set(claims.flatMap(({ line }) => line.flags))].sort(),
    suspectedBy: observersWho(others, (line) => line.flags.includes('fail?')),
    failedBy,
    unlinkedFrom: observersWho(others, (line) => line.link === 'disconnected' && !line.flags.includes('handshake')),
    unknownTo: [...(around.unknownTo.get(id) ?? [])],
    view: viewStateOf(view, silentView),
    replication: view?.facts?.replication ?? null,
  } satisfies Partial<TopologyNode>;
  const quorum = Math.floor(around.voters.size / 2) + 1;
  const votes = failedBy.filter((observer) => around.voters.has(observer)).length;
  return {
    id,
    name: hostname ?? (place.host === '' ? (last?.name ?? id.slice(0, 8)) : `${place.host}:${place.port}`),
    ...facts,
    port: place.port,
    busPort: place.busPort,
    hostname,
    zone: view?.facts?.zone ?? last?.zone ?? null,
    primaryId: own === null ? primaryOf(claims, facts.role) : own.primaryId,
    configEpoch: own?.configEpoch ?? most((line) => line.configEpoch),
    health: healthOf(facts, votes >= quorum),
    // What a node runs outlives its silence; a node that comes back as another version says so itself.
    server: view?.facts?.server ?? last?.server ?? null,
    slots: around.owned.get(id) ?? [],
  };
}

function primaryOf(claims: Subject['claims'], role: TopologyNode['role']): NodeId | null {
  if (role !== 'replica') return null;
  return mostSaid(claims, (line) => line.primaryId);
}

/** Where most say it is; a line without an address has forgotten it. */
function placeOf(claims: Subject['claims']): Pick<NodeLine, 'host' | 'port' | 'busPort'> {
  const withAddress = claims.filter(({ line }) => line.host !== '');
  const best = mostSaid(withAddress, (line) => `${line.host}:${line.port}`);
  const line = withAddress.find((claim) => `${claim.line.host}:${claim.line.port}` === best)?.line;
  return line ?? { host: '', port: 0, busPort: null };
}

function viewStateOf(view: AnsweredView | undefined, silent: SilentView | undefined): TopologyNode['view'] {
  if (view !== undefined) {
    const { clusterState = null, currentEpoch = null } = view.facts ?? {};
    return { state: 'answered', clusterState, currentEpoch };
  }
  return silent === undefined ? { state: 'not-asked' } : { state: 'silent', problem: silent.problem };
}

/** Open slots stand only in the line of the node that has them open. */
function openSlotsOf(view: AnsweredView): OpenSlot[] {
  return view.lines
    .filter((line) => line.isMyself)
    .flatMap((line) => [
      ...line.migrating.map(({ slot, to }) => ({ slot, node: line.id, direction: 'migrating', peer: to }) as const),
      ...line.importing.map(({ slot, from }) => ({ slot, node: line.id, direction: 'importing', peer: from }) as const),
    ]);
}

/** Nobody answers: the map as it was last known, every node silent. */
function lastKnown(silent: readonly SilentView[], previous: Topology | null): Parts {
  const silentOf = new Map(silent.flatMap((view) => (view.nodeId === null ? [] : [[view.nodeId, view] as const])));
  const nodes =
    previous === null
      ? [...silentOf.entries()].map(([id, view]) => unknownNode(id, view))
      : previous.nodes.map((node) => silence(node, silentOf.get(node.id)));
  return {
    nodes: nodes.sort(byId),
    unassigned: previous?.unassigned ?? [],
    open: [],
    disputes: [],
    disagreements: [],
    currentEpoch: previous?.currentEpoch ?? null,
  };
}

/** Without observers there are no suspicions either; what is left is that it does not answer us. */
function silence(node: TopologyNode, silent: SilentView | undefined): TopologyNode {
  const quiet: TopologyNode = {
    ...node,
    suspectedBy: [],
    failedBy: [],
    unlinkedFrom: [],
    unknownTo: [],
    view: viewStateOf(undefined, silent),
    replication: null,
  };
  return { ...quiet, health: healthOf(quiet, false) };
}

function unknownNode(id: NodeId, { address, problem }: SilentView): TopologyNode {
  const bare: TopologyNode = {
    id,
    name: `${address.host}:${address.port}`,
    host: address.host,
    port: address.port,
    busPort: null,
    hostname: null,
    zone: null,
    role: 'unknown',
    primaryId: null,
    configEpoch: null,
    flags: [],
    health: 'unknown',
    suspectedBy: [],
    failedBy: [],
    unlinkedFrom: [],
    unknownTo: [],
    view: { state: 'silent', problem },
    server: null,
    replication: null,
    slots: [],
  };
  return { ...bare, health: healthOf(bare, false) };
}

function unreachableSlots(nodes: readonly TopologyNode[]): SlotRanges {
  return normalise(
    nodes.filter((node) => node.health === 'failed' || node.view.state !== 'answered').flatMap((node) => node.slots),
  );
}

/** The same fields in the same order, so that equal topologies print alike; those of a node are always made in one order. */
function inOrder(previous: Topology, merged: Topology): unknown {
  const fields = new Map<string, unknown>(Object.entries(previous));
  return Object.fromEntries(Object.keys(merged).map((name) => [name, fields.get(name)]));
}

function byId(a: TopologyNode, b: TopologyNode): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
