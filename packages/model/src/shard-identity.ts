import type { NodeId } from './ids.ts';
import type { SlotRanges } from './slot-ranges.ts';
import type { Shard } from './topology.ts';

/** A primary with its replicas as they stand now, before it is known which shard of before that is. */
export interface ShardMembers {
  readonly primaryId: NodeId | null;
  readonly replicaIds: readonly NodeId[];
  readonly slots: SlotRanges;
}

/**
 * Gives each group the key and index of the shard it continues: the one with which it has most members in common; where that is
 * even, the one whose primary it holds. So a shard keeps its name and colour over failovers, however its slots and its primary
 * change. A new shard gets the next index that was never seen among the previous ones; at first sight shards are numbered by
 * their first slot, those without slots last. Result in order of index.
 */
export function nameShards(groups: readonly ShardMembers[], previous: readonly Shard[]): Shard[] {
  const taken = matchShards(groups, previous);
  let next = previous.reduce((most, shard) => Math.max(most, shard.index), 0);
  return groups
    .map((group) => ({ group, shard: taken.get(group) }))
    .toSorted((a, b) => firstSlot(a.group) - firstSlot(b.group) || compareIds(a.group, b.group))
    .map(({ group, shard }): Shard => {
      const name = shard ?? newName((next += 1), group);
      return {
        key: name.key,
        index: name.index,
        primaryId: group.primaryId,
        replicaIds: [...group.replicaIds],
        slots: group.slots,
      };
    })
    .toSorted((a, b) => a.index - b.index);
}

type Match = {
  readonly group: ShardMembers;
  readonly shard: Shard;
  readonly common: number;
  readonly keepsPrimary: boolean;
};

function matchShards(groups: readonly ShardMembers[], previous: readonly Shard[]): Map<ShardMembers, Shard> {
  const before = new Map<NodeId, Shard>();
  for (const shard of previous) for (const id of membersOf(shard)) before.set(id, shard);
  const matches = groups.flatMap((group): Match[] => {
    const common = new Map<Shard, number>();
    for (const id of membersOf(group)) {
      const shard = before.get(id);
      if (shard !== undefined) common.set(shard, (common.get(shard) ?? 0) + 1);
    }
    return [...common].map(([shard, count]) => ({
      group,
      shard,
      common: count,
      keepsPrimary: shard.primaryId !== null && membersOf(group).includes(shard.primaryId),
    }));
  });
  matches.sort(
    (a, b) => b.common - a.common || Number(b.keepsPrimary) - Number(a.keepsPrimary) || a.shard.index - b.shard.index,
  );
  const taken = new Map<ShardMembers, Shard>();
  const used = new Set<Shard>();
  for (const { group, shard } of matches) {
    if (taken.has(group) || used.has(shard)) continue;
    taken.set(group, shard);
    used.add(shard);
  }
  return taken;
}

/** The key holds an id only to be unlike the key of a shard that had the index in some other life of the cluster. */
function newName(index: number, group: ShardMembers): { key: string; index: number } {
  return { key: `s${index}-${(group.primaryId ?? group.replicaIds[0] ?? '').slice(0, 8)}`, index };
}

function membersOf(shard: Pick<ShardMembers, 'primaryId' | 'replicaIds'>): NodeId[] {
  return shard.primaryId === null ? [...shard.replicaIds] : [shard.primaryId, ...shard.replicaIds];
}

function firstSlot(group: ShardMembers): number {
  return group.slots[0]?.[0] ?? Number.MAX_SAFE_INTEGER;
}

function compareIds(a: ShardMembers, b: ShardMembers): number {
  const left = a.primaryId ?? a.replicaIds[0] ?? '';
  const right = b.primaryId ?? b.replicaIds[0] ?? '';
  return left < right ? -1 : left > right ? 1 : 0;
}
