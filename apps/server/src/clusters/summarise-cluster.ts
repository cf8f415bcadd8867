import type { ClusterEvent, ClusterSummary } from '@slotdeck/contract/clusters';
import type { Severity } from '@slotdeck/model/finding';
import { countSlots } from '@slotdeck/model/slot-ranges';
import type { NodeStats, ServerVersion, Topology } from '@slotdeck/model/topology';
import type { StoredCluster } from '../store/cluster-rows.ts';
import type { ObservedState } from './observed-state.ts';

/** One row of the clusters page. Pure. */
export function summariseCluster(
  row: StoredCluster,
  state: ObservedState,
  runningOperation: ClusterSummary['runningOperation'],
  lastEvent: ClusterEvent | null,
): ClusterSummary {
  const { topology, findings } = state;
  const count = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
  return {
    id: row.id,
    name: row.name,
    seeds: row.seeds,
    username: row.username,
    hasPassword: row.hasPassword,
    tls: row.tls,
    addedAt: row.addedAt,
    health: state.health,
    healthSince: state.healthSince,
    topFinding: findings[0] ?? null,
    findings: { critical: count('critical'), warning: count('warning'), notice: count('notice') },
    nodes: topology?.nodes.length ?? 0,
    answered: topology?.answered ?? 0,
    shards: topology?.shards.length ?? 0,
    slotsServed: topology === null ? 0 : servedSlots(topology),
    strip: topology?.shards.map((shard) => ({ shard: shard.index, slots: shard.slots })) ?? [],
    servers: topology === null ? [] : versions(topology),
    ...sums(topology, state.stats),
    lastSeenAt: state.lastSeenAt,
    problem: state.problem,
    runningOperation,
    lastEvent: lastEvent === null ? null : { at: lastEvent.at, code: lastEvent.code, facts: lastEvent.facts },
  };
}

function servedSlots(topology: Topology): number {
  const owned = topology.shards.reduce((sum, shard) => sum + countSlots(shard.slots), 0);
  return owned - countSlots(topology.unreachable);
}

function versions(topology: Topology): ServerVersion[] {
  const seen = new Map<string, ServerVersion>();
  for (const { server } of topology.nodes) if (server !== null) seen.set(`${server.flavour} ${server.version}`, server);
  return [...seen.keys()].toSorted().flatMap((key) => seen.get(key) ?? []);
}

/** Over the primaries: replicas hold the same keys again. Null when not every primary said. */
function sums(
  topology: Topology | null,
  stats: readonly NodeStats[],
): Pick<ClusterSummary, 'commandsPerSecond' | 'keys' | 'usedMemoryBytes'> {
  const primaries = new Set(topology?.shards.flatMap((shard) => shard.primaryId ?? []));
  const said = stats.filter((each) => primaries.has(each.id));
  const sum = (read: (each: NodeStats) => number | null): number | null => {
    if (said.length === 0 || said.length < primaries.size) return null;
    return said.reduce<number | null>((total, each) => {
      const value = read(each);
      return total === null || value === null ? null : total + value;
    }, 0);
  };
  return {
    commandsPerSecond: sum((each) => each.commandsPerSecond),
    keys: sum((each) => each.keys),
    usedMemoryBytes: sum((each) => each.usedMemoryBytes),
  };
}
