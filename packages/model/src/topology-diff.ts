import type { NodeId } from './ids.ts';
import { diffSlots, SLOT_COUNT, unionSlots, type SlotRange, type SlotRanges } from './slot-ranges.ts';
import type { NodeHealth, NodeRole, OpenSlot, ServerVersion, Topology, TopologyNode } from './topology.ts';

/** One thing that is not as it was. Names are those of the later topology where the node is still in it. */
export type TopologyChange =
  | { readonly kind: 'node-appeared'; readonly node: NodeId; readonly name: string; readonly role: NodeRole }
  | { readonly kind: 'node-vanished'; readonly node: NodeId; readonly name: string; readonly role: NodeRole }
  | {
      readonly kind: 'role-changed';
      readonly node: NodeId;
      readonly name: string;
      readonly from: NodeRole;
      readonly to: NodeRole;
    }
  | {
      readonly kind: 'primary-changed';
      readonly node: NodeId;
      readonly name: string;
      readonly from: NodeId | null;
      readonly to: NodeId | null;
    }
  | {
      readonly kind: 'health-changed';
      readonly node: NodeId;
      readonly name: string;
      readonly from: NodeHealth;
      readonly to: NodeHealth;
    }
  | {
      readonly kind: 'epoch-changed';
      readonly node: NodeId;
      readonly name: string;
      readonly from: number | null;
      readonly to: number | null;
    }
  | {
      readonly kind: 'address-changed';
      readonly node: NodeId;
      readonly name: string;
      readonly from: string;
      readonly to: string;
    }
  | {
      readonly kind: 'server-changed';
      readonly node: NodeId;
      readonly name: string;
      readonly from: ServerVersion;
      readonly to: ServerVersion;
    }
  /** Null: nobody. */
  | {
      readonly kind: 'slots-moved';
      readonly slots: SlotRanges;
      readonly from: NodeId | null;
      readonly to: NodeId | null;
    }
  | { readonly kind: 'slot-opened'; readonly open: OpenSlot }
  | { readonly kind: 'slot-closed'; readonly open: OpenSlot }
  | { readonly kind: 'state-changed'; readonly from: ClusterState; readonly to: ClusterState }
  | { readonly kind: 'dispute-began'; readonly slots: SlotRanges }
  | { readonly kind: 'dispute-ended'; readonly slots: SlotRanges };

/** What the answering nodes say of the cluster; `mixed` when they differ, `unknown` when nobody says. */
export type ClusterState = 'ok' | 'fail' | 'mixed' | 'unknown';

export function clusterStateOf(topology: Topology): ClusterState {
  const states = new Set(
    topology.nodes.map((node) => (node.view.state === 'answered' ? node.view.clusterState : null)),
  );
  states.delete(null);
  if (states.size > 1) return 'mixed';
  return [...states][0] ?? 'unknown';
}

/** Everything that an operator would call a change, nodes first in order of id, then slots ascending. Equal topologies: none. */
export function diffTopology(before: Topology, after: Topology): TopologyChange[] {
  const changes: TopologyChange[] = [];
  const old = new Map(before.nodes.map((node) => [node.id, node]));
  const now = new Map(after.nodes.map((node) => [node.id, node]));
  const ids = [...new Set([...old.keys(), ...now.keys()])].sort();
  for (const id of ids) {
    const was = old.get(id);
    const is = now.get(id);
    if (was === undefined && is !== undefined)
      changes.push({ kind: 'node-appeared', node: id, name: is.name, role: is.role });
    else if (is === undefined && was !== undefined)
      changes.push({ kind: 'node-vanished', node: id, name: was.name, role: was.role });
    else if (is !== undefined && was !== undefined) changes.push(...diffNode(was, is));
  }
  changes.push(...movedSlots(before, after), ...diffOpen(before.open, after.open));
  const from = clusterStateOf(before);
  const to = clusterStateOf(after);
  if (from !== to) changes.push({ kind: 'state-changed', from, to });
  const disputes = diffSlots(disputedSlots(before), disputedSlots(after));
  if (disputes.added.length > 0) changes.push({ kind: 'dispute-began', slots: disputes.added });
  if (disputes.removed.length > 0) changes.push({ kind: 'dispute-ended', slots: disputes.removed });
  return changes;
}

function diffNode(was: TopologyNode, is: TopologyNode): TopologyChange[] {
  const changes: TopologyChange[] = [];
  const who = { node: is.id, name: is.name };
  if (was.role !== is.role) changes.push({ kind: 'role-changed', ...who, from: was.role, to: is.role });
  if (was.primaryId !== is.primaryId)
    changes.push({ kind: 'primary-changed', ...who, from: was.primaryId, to: is.primaryId });
  if (was.health !== is.health) changes.push({ kind: 'health-changed', ...who, from: was.health, to: is.health });
  if (was.configEpoch !== is.configEpoch)
    changes.push({ kind: 'epoch-changed', ...who, from: was.configEpoch, to: is.configEpoch });
  const [oldPlace, newPlace] = [`${was.host}:${was.port}`, `${is.host}:${is.port}`];
  if (oldPlace !== newPlace) changes.push({ kind: 'address-changed', ...who, from: oldPlace, to: newPlace });
  // Learning a version for the first time is knowledge gained, not a change of the cluster.
  const [oldServer, newServer] = [was.server, is.server];
  if (oldServer !== null && newServer !== null) {
    if (oldServer.flavour !== newServer.flavour || oldServer.version !== newServer.version)
      changes.push({ kind: 'server-changed', ...who, from: oldServer, to: newServer });
  }
  return changes;
}

/** Slots by who had them and who has them, in order of the first slot. */
function movedSlots(before: Topology, after: Topology): TopologyChange[] {
  const oldOwners = ownerTable(before);
  const newOwners = ownerTable(after);
  const moves = new Map<string, { from: NodeId | null; to: NodeId | null; ranges: SlotRange[] }>();
  for (let start = 0; start < SLOT_COUNT;) {
    const [from, to] = [oldOwners[start] ?? null, newOwners[start] ?? null];
    let end = start;
    while (end + 1 < SLOT_COUNT && (oldOwners[end + 1] ?? null) === from && (newOwners[end + 1] ?? null) === to)
      end += 1;
    if (from !== to) {
      const key = `${from} ${to}`;
      const move = moves.get(key);
      if (move === undefined) moves.set(key, { from, to, ranges: [[start, end]] });
      else move.ranges.push([start, end]);
    }
    start = end + 1;
  }
  return [...moves.values()].map(({ from, to, ranges }) => ({ kind: 'slots-moved', slots: ranges, from, to }));
}

function ownerTable(topology: Topology): (NodeId | null)[] {
  const owners = Array.from<NodeId | null>({ length: SLOT_COUNT }).fill(null);
  for (const node of topology.nodes) for (const [from, to] of node.slots) owners.fill(node.id, from, to + 1);
  return owners;
}

function diffOpen(before: readonly OpenSlot[], after: readonly OpenSlot[]): TopologyChange[] {
  const key = (open: OpenSlot): string => `${open.slot} ${open.node} ${open.direction} ${open.peer}`;
  const old = new Set(before.map(key));
  const now = new Set(after.map(key));
  return [
    ...after.filter((open) => !old.has(key(open))).map((open) => ({ kind: 'slot-opened', open }) as const),
    ...before.filter((open) => !now.has(key(open))).map((open) => ({ kind: 'slot-closed', open }) as const),
  ];
}

function disputedSlots(topology: Topology): SlotRanges {
  return topology.disputes.reduce<SlotRanges>((slots, dispute) => unionSlots(slots, dispute.slots), []);
}
