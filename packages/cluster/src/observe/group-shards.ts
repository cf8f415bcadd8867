import type { NodeId } from '@slotdeck/model/ids';
import { nameShards, type ShardMembers } from '@slotdeck/model/shard-identity';
import type { Shard, TopologyNode } from '@slotdeck/model/topology';

type Group = { primaryId: NodeId | null; replicaIds: NodeId[]; slots: TopologyNode['slots'] };

/**
 * Primaries with their replicas. A primary without slots is a shard too, unless it is the failed former primary of a shard that has
 * another one now: that stays where people look for it, behind the new primary, until it is back or forgotten.
 */
export function groupShards(nodes: readonly TopologyNode[], previous: readonly Shard[]): Shard[] {
  const byId = new Map<string, TopologyNode>(nodes.map((node) => [node.id, node]));
  const groups = new Map<string, Group>();
  const homeless: TopologyNode[] = [];
  const formerPrimaries: TopologyNode[] = [];
  const followed = new Set(nodes.map((node) => node.primaryId));
  for (const node of nodes) {
    if (node.role !== 'primary' || node.flags.includes('handshake')) continue;
    const isGone = node.health === 'failed' || node.health === 'no-answer' || node.health === 'no-address';
    if (isGone && node.slots.length === 0 && !followed.has(node.id)) formerPrimaries.push(node);
    else groups.set(node.id, { primaryId: node.id, replicaIds: [], slots: node.slots });
  }
  for (const node of nodes) {
    if (node.role !== 'replica') continue;
    const group = groups.get(rootOf(node, byId) ?? '');
    if (group === undefined) homeless.push(node);
    else group.replicaIds.push(node.id);
  }
  for (const node of [...homeless, ...formerPrimaries]) {
    const shard = previous.find((each) => each.primaryId === node.id || each.replicaIds.includes(node.id));
    const home = shard === undefined ? undefined : groupThatContinues(shard, groups.values());
    if (home !== undefined) home.replicaIds.push(node.id);
    else if (node.role === 'primary') groups.set(node.id, { primaryId: node.id, replicaIds: [], slots: node.slots });
    else groups.set(node.id, { primaryId: null, replicaIds: [node.id], slots: [] });
  }
  const members: ShardMembers[] = [...groups.values()].map((group) => ({
    ...group,
    replicaIds: group.replicaIds.sort(),
  }));
  return nameShards(members, previous);
}

/** A replica may follow a replica for a moment; the primary at the end of the chain is its shard's. */
function rootOf(node: TopologyNode, byId: ReadonlyMap<string, TopologyNode>): NodeId | null {
  const seen = new Set<string>();
  let at: TopologyNode | undefined = node;
  while (at !== undefined && at.role === 'replica' && !seen.has(at.id)) {
    seen.add(at.id);
    at = byId.get(at.primaryId ?? '');
  }
  return at === undefined || at.role !== 'primary' ? null : at.id;
}

function groupThatContinues(shard: Shard, groups: Iterable<Group>): Group | undefined {
  const members = new Set([shard.primaryId, ...shard.replicaIds]);
  let best: Group | undefined;
  let most = 0;
  for (const group of groups) {
    const common = [group.primaryId, ...group.replicaIds].filter((id) => id !== null && members.has(id)).length;
    if (common > most) [best, most] = [group, common];
  }
  return best;
}
