import type { Topology, TopologyNode } from '@slotdeck/model/topology';

/** Where a node stands, as far as it matters for failing together. */
export interface Standing {
  readonly host: string;
  readonly zone: string | null;
}

/** Whether two nodes may be expected to fail together: in the same zone where both tell one, else on the same host. */
export function standsTogether(a: Standing, b: Standing): boolean {
  return a.zone !== null && b.zone !== null ? a.zone === b.zone : a.host !== '' && a.host === b.host;
}

/** Primaries that a replica can be given to: they own slots, and are in order. */
export function primariesForReplicas(topology: Topology, except: ReadonlySet<string> = new Set()): TopologyNode[] {
  return topology.nodes.filter(
    (node) =>
      node.role === 'primary' &&
      node.slots.length > 0 &&
      !except.has(node.id) &&
      node.health !== 'failed' &&
      node.view.state === 'answered',
  );
}

/**
 * The primary that needs a replica most: the one with the fewest, and among these one that would not fail together with it. `planned`
 * counts replicas that are on their way. The same cluster gives the same answer.
 */
export function choosePrimary(
  topology: Topology,
  replica: Standing,
  candidates: readonly TopologyNode[],
  planned: ReadonlyMap<string, number> = new Map(),
): TopologyNode | null {
  const count = (node: TopologyNode): number =>
    topology.nodes.filter((each) => each.primaryId === node.id && each.health !== 'failed').length +
    (planned.get(node.id) ?? 0);
  const rank = (node: TopologyNode): readonly [number, number] => [count(node), standsTogether(node, replica) ? 1 : 0];
  const [best] = candidates.toSorted((a, b) => {
    const [x, y] = [rank(a), rank(b)];
    return x[0] - y[0] || x[1] - y[1] || (a.id < b.id ? -1 : 1);
  });
  return best ?? null;
}
