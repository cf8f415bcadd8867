import type { NodeId } from '@slotdeck/model/ids';
import type { PlanProblem } from '@slotdeck/model/plan';
import type { ReshardParams } from '@slotdeck/model/plan-params';
import {
  countSlots,
  intersectSlots,
  minusSlots,
  parseSlotRanges,
  printSlotRanges,
  unionSlots,
  type SlotRanges,
} from '@slotdeck/model/slot-ranges';
import { findNode, type Topology, type TopologyNode } from '@slotdeck/model/topology';
import type { Giver, Receiver } from './choose-slots.ts';
import { planProblem } from './plan-problems.ts';
import { levelOut, shareOut } from './share-out.ts';

/** What a reshard was asked to do, read against a topology: who gives how many of which slots, who gets how many. */
export interface ReshardRequest {
  readonly givers: readonly Giver[];
  readonly receivers: readonly Receiver[];
  /** Nodes named or chosen, whose state matters; also when the request cannot be met. */
  readonly sources: readonly TopologyNode[];
  readonly targets: readonly TopologyNode[];
  readonly problems: readonly PlanProblem[];
}

/** Reads the request. With blockers among the problems, `givers` and `receivers` are empty. */
export function readReshardRequest(params: ReshardParams, topology: Topology): ReshardRequest {
  const problems: PlanProblem[] = [];
  const targets = namedNodes(params.to, topology, problems);
  if (params.to.includes('all')) problems.push(planProblem('all-as-target'));
  for (const node of targets) if (node.role !== 'primary') problems.push(notPrimary('target', node));
  const fromAll = params.from.includes('all');
  if (fromAll && params.from.length > 1) problems.push(planProblem('all-and-nodes'));
  const named = namedNodes(params.from, topology, problems);
  for (const node of named) {
    if (node.role !== 'primary') problems.push(notPrimary('source', node));
    if (targets.includes(node)) problems.push(planProblem('source-is-target', factsOf(node)));
  }
  const allowed = fromAll ? null : named;
  if (params.slots !== undefined && params.count !== undefined) problems.push(planProblem('slots-and-count'));
  else if (params.slots !== undefined) return bySlots(params.slots, allowed, targets, topology, problems);
  else if (params.count !== undefined) return byCount(params.count, allowed, targets, topology, problems);
  else problems.push(planProblem('neither-slots-nor-count'));
  return { givers: [], receivers: [], sources: named, targets, problems };
}

function bySlots(
  words: string,
  allowed: readonly TopologyNode[] | null,
  targets: readonly TopologyNode[],
  topology: Topology,
  problems: PlanProblem[],
): ReshardRequest {
  const parsed = parseSlotRanges(words);
  if (!parsed.ok) {
    problems.push(planProblem('slots-not-readable', { part: parsed.part, reason: parsed.code }));
    return { givers: [], receivers: [], sources: allowed ?? [], targets, problems };
  }
  const unassigned = intersectSlots(parsed.slots, topology.unassigned);
  if (unassigned.length > 0) problems.push(planProblem('slot-unassigned', { slots: printSlotRanges(unassigned) }));
  const there = targets.reduce<SlotRanges>(
    (sum, node) => unionSlots(sum, intersectSlots(parsed.slots, node.slots)),
    [],
  );
  if (there.length > 0) {
    problems.push(planProblem('slots-already-there', { count: countSlots(there), slots: printSlotRanges(there) }));
  }
  const wanted = minusSlots(parsed.slots, there);
  const sources: TopologyNode[] = [];
  const givers: Giver[] = [];
  for (const node of topology.nodes) {
    const slots = intersectSlots(wanted, node.slots);
    if (slots.length === 0) continue;
    if (allowed !== null && !allowed.includes(node)) {
      problems.push(planProblem('slot-not-at-source', { ...factsOf(node), slots: printSlotRanges(slots) }));
      continue;
    }
    sources.push(node);
    givers.push({ id: node.id, slots, gives: countSlots(slots) });
  }
  if (givers.length === 0 && !isRefused(problems)) problems.push(planProblem('nothing-to-move'));
  return finish(givers, sources, targets, problems);
}

function byCount(
  count: number,
  allowed: readonly TopologyNode[] | null,
  targets: readonly TopologyNode[],
  topology: Topology,
  problems: PlanProblem[],
): ReshardRequest {
  const owners = allowed ?? topology.nodes.filter((node) => node.slots.length > 0 && !targets.includes(node));
  const sources = owners.filter((node) => node.slots.length > 0 && node.role === 'primary');
  const sizes = sources.map((node) => countSlots(node.slots));
  const available = sizes.reduce((a, b) => a + b, 0);
  if (count > available) problems.push(planProblem('count-too-large', { asked: count, available }));
  const gives = shareOut(Math.min(count, available), sizes);
  const givers = sources.map((node, at) => ({ id: node.id, slots: node.slots, gives: gives[at] ?? 0 }));
  return finish(
    givers.filter((giver) => giver.gives > 0),
    // Named sources without slots stay in the list: their state is judged and shown like the others'.
    allowed ?? sources,
    targets,
    problems,
  );
}

function finish(
  givers: readonly Giver[],
  sources: readonly TopologyNode[],
  targets: readonly TopologyNode[],
  problems: readonly PlanProblem[],
): ReshardRequest {
  if (isRefused(problems)) return { givers: [], receivers: [], sources, targets, problems };
  const total = givers.reduce((sum, giver) => sum + giver.gives, 0);
  const gets = levelOut(
    total,
    targets.map((node) => countSlots(node.slots)),
  );
  const receivers = targets.map((node, at) => ({ id: node.id, slots: node.slots, gets: gets[at] ?? 0 }));
  return { givers, receivers, sources, targets, problems };
}

function isRefused(problems: readonly PlanProblem[]): boolean {
  return problems.some((problem) => problem.severity === 'blocker');
}

function namedNodes(ids: readonly string[], topology: Topology, problems: PlanProblem[]): TopologyNode[] {
  const nodes: TopologyNode[] = [];
  for (const id of new Set(ids)) {
    if (id === 'all') continue;
    const node = findNode(topology, id);
    if (node === undefined) problems.push(planProblem('unknown-node', { node: id }));
    else nodes.push(node);
  }
  return nodes;
}

function notPrimary(side: 'source' | 'target', node: TopologyNode): PlanProblem {
  const role = node.role === 'replica' ? 'replica' : 'node whose role is not known';
  return planProblem(side === 'target' ? 'target-not-a-primary' : 'source-not-a-primary', { ...factsOf(node), role });
}

export function factsOf(node: TopologyNode): { node: NodeId; name: string } {
  return { node: node.id, name: node.name };
}
