import { shardOfNode, type Topology, type TopologyNode } from '@slotdeck/model/topology';
import type { ChartRow } from '../../components/chart-rows.ts';
import type { ChartLine } from '../../components/TimeChart.tsx';
import type { LoadSample } from '../../stream/load-history.ts';
import { shardFill } from '../../theme/shard-colours.ts';
import type { LoadMetric } from './load-metrics.ts';

/** As many as there are hues: more lines could not be told apart. */
export const MOST_LINES = 12;

const isReplica = (node: TopologyNode): boolean => node.role !== 'primary';

export interface NodeLines {
  readonly lines: readonly ChartLine[];
  readonly samples: readonly ChartRow[];
  /** How many nodes gave numbers at all. */
  readonly of: number;
}

/**
 * One line per node, in its shard's hue; replicas are dashed. Of many nodes those that were highest in the newest sample, in the order
 * of shards, so that lines do not change places with every second.
 */
export function nodeLines(metric: LoadMetric, load: readonly LoadSample[], topology: Topology): NodeLines {
  const nodes = topology.nodes.filter((node) => load.some((sample) => metric.ofNode(sample, node.id) !== null));
  const last = load.at(-1);
  const heightOf = (id: string): number => (last === undefined ? -1 : (metric.ofNode(last, id) ?? -1));
  const highest = new Set(
    [...nodes]
      .sort((a, b) => heightOf(b.id) - heightOf(a.id))
      .slice(0, MOST_LINES)
      .map((node) => node.id),
  );
  const shown = nodes
    .filter((node) => highest.has(node.id))
    .map((node) => ({ node, shard: shardOfNode(topology, node.id)?.index ?? null }))
    .sort(
      (a, b) => (a.shard ?? Infinity) - (b.shard ?? Infinity) || Number(isReplica(a.node)) - Number(isReplica(b.node)),
    );
  return {
    lines: shown.map(({ node, shard }) => ({
      id: node.id,
      name: node.name,
      colour: shard === null ? 'var(--sd-text-3)' : shardFill(shard),
      isDashed: isReplica(node),
    })),
    samples: load.map((sample) => ({
      at: sample.at,
      values: shown.map(({ node }) => metric.ofNode(sample, node.id)),
    })),
    of: nodes.length,
  };
}
