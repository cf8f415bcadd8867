import { z } from 'zod';
import { NodeId } from './ids.ts';
import { Topology, TopologyNode } from './topology.ts';

/**
 * What changed from one topology to the next, small enough for the wire: nodes that changed or went, and those other parts
 * that changed, whole. Slots travel as ranges, never one by one.
 */
export const TopologyPatch = z.object({
  fromVersion: z.number().int(),
  nodes: z.array(TopologyNode),
  removed: z.array(NodeId),
  rest: Topology.omit({ nodes: true }).partial(),
});
export type TopologyPatch = z.infer<typeof TopologyPatch>;

type Rest = TopologyPatch['rest'];

// What is the same object needs no print: most nodes of a cluster do not change.
const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

export function makePatch(before: Topology, after: Topology): TopologyPatch {
  const old = new Map(before.nodes.map((node) => [node.id, node]));
  const kept = new Set(after.nodes.map((node) => node.id));
  const { nodes: oldNodes, ...oldRest } = before;
  const { nodes: newNodes, ...newRest } = after;
  const changed = Object.entries(newRest).filter(
    ([key, value]) => !same(value, Object.entries(oldRest).find(([k]) => k === key)?.[1]),
  );
  return {
    fromVersion: before.version,
    nodes: newNodes.filter((node) => !same(node, old.get(node.id))),
    removed: oldNodes.filter((node) => !kept.has(node.id)).map((node) => node.id),
    // The entries come from `newRest`, so they have its types.
    rest: Object.fromEntries(changed) as Rest,
  };
}

/** Nodes come out in order of id, as `Topology.nodes` always stands. */
export function applyPatch(topology: Topology, patch: TopologyPatch): Topology {
  const gone = new Set(patch.removed);
  const nodes = new Map(topology.nodes.filter((node) => !gone.has(node.id)).map((node) => [node.id, node]));
  for (const node of patch.nodes) nodes.set(node.id, node);
  const rest = Object.fromEntries(Object.entries(patch.rest).filter(([, value]) => value !== undefined));
  return { ...topology, ...rest, nodes: [...nodes.values()].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)) };
}
