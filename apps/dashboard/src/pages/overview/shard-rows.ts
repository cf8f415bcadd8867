import type { Finding } from '@slotdeck/model/finding';
import { countSlots } from '@slotdeck/model/slot-ranges';
import { findNode, type NodeStats, type Shard, type Topology, type TopologyNode } from '@slotdeck/model/topology';
import { isPast, newestAnswer } from '../../stream/load-history.ts';

/** A shard as the table shows it. Numbers are its primary's; null: not known. */
export interface ShardRow {
  readonly shard: Shard;
  readonly primary: TopologyNode | null;
  readonly replicas: readonly TopologyNode[];
  readonly slots: number;
  readonly stats: NodeStats | null;
  /** The primary has fallen silent: its numbers are the last it gave. */
  readonly past: boolean;
  /** Something is found about one of its nodes, or one is not healthy. */
  readonly troubled: boolean;
}

/** More than this and the healthy ones are counted instead of listed. */
export const LISTED_SHARDS = 12;

export function shardRows(
  topology: Topology,
  stats: readonly NodeStats[],
  findings: readonly Finding[],
): readonly ShardRow[] {
  const byId = new Map(stats.map((each) => [each.id, each]));
  const newest = newestAnswer(stats);
  const subjects = new Set(findings.filter(({ severity }) => severity !== 'notice').flatMap(({ nodes }) => nodes));
  return topology.shards
    .toSorted((a, b) => a.index - b.index)
    .map((shard) => {
      const primary = shard.primaryId === null ? null : (findNode(topology, shard.primaryId) ?? null);
      const replicas = shard.replicaIds.flatMap((id) => findNode(topology, id) ?? []);
      const own = primary === null ? null : (byId.get(primary.id) ?? null);
      const members = primary === null ? replicas : [primary, ...replicas];
      return {
        shard,
        primary,
        replicas,
        slots: countSlots(shard.slots),
        stats: own,
        past: own !== null && (isPast(own, newest) || primary?.view.state !== 'answered'),
        troubled: members.some((node) => node.health !== 'healthy' || subjects.has(node.id)) || primary === null,
      };
    });
}

/** Zones in order of name; empty unless every node that answers names one. */
export function zonesOf(topology: Topology): readonly string[] {
  const zones = topology.nodes.map((node) => node.zone);
  if (zones.every((zone) => zone === null)) return [];
  return [...new Set(zones.map((zone) => zone ?? '–'))].toSorted();
}
