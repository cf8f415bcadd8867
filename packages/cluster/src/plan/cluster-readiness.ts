import type { NodeId } from '@slotdeck/model/ids';
import type { PlanProblem } from '@slotdeck/model/plan';
import {
  countSlots,
  intersectSlots,
  minusSlots,
  printSlotRanges,
  slotsOf,
  type SlotRanges,
} from '@slotdeck/model/slot-ranges';
import type { Topology, TopologyNode } from '@slotdeck/model/topology';
import { planProblem } from './plan-problems.ts';
import { factsOf } from './reshard-request.ts';

/** What in the state of the cluster forbids a move of these slots between these nodes, or speaks against it. */
export function judgeReadiness(
  topology: Topology,
  sources: readonly TopologyNode[],
  targets: readonly TopologyNode[],
  slots: SlotRanges,
): PlanProblem[] {
  const involved = [...new Set([...sources, ...targets])];
  return [
    ...judgeQuorum(topology),
    ...involved.flatMap(judgeNode),
    ...judgeAgreement(topology, involved, slots),
    ...judgeOpenSlots(topology, slots),
    ...judgeOthers(topology, involved),
    ...judgeReplicas(topology, targets),
    ...judgeVersions(topology),
  ];
}

/** Whether enough primaries answer for a vote. */
export function judgeQuorum(topology: Topology): PlanProblem[] {
  if (topology.answered === 0) return [planProblem('nobody-answers')];
  const voters = topology.nodes.filter((node) => node.role === 'primary' && node.slots.length > 0);
  const answering = voters.filter((node) => node.view.state === 'answered');
  if (answering.length > voters.length / 2 || voters.length === 0) return [];
  return [planProblem('majority-not-answering', { voters: voters.length, answering: answering.length })];
}

/** Whether one node is in order by itself. */
export function judgeNode(node: TopologyNode): PlanProblem[] {
  if (node.health === 'failed') return [planProblem('node-failed', factsOf(node))];
  if (node.view.state !== 'answered') {
    const seen = node.view.state === 'silent' ? node.view.problem.code : 'no address is known';
    return [planProblem('node-not-answering', { ...factsOf(node), seen })];
  }
  if (node.health === 'loading') return [planProblem('node-loading', factsOf(node))];
  return [];
}

/** Roles, primaries and epochs of the nodes involved must be the same in every view: a failover may be under way. */
const mustAgree = new Set(['role', 'primary', 'config-epoch', 'membership']);

function judgeAgreement(topology: Topology, involved: readonly TopologyNode[], slots: SlotRanges): PlanProblem[] {
  const problems: PlanProblem[] = [];
  const disputed = topology.disputes.reduce<number[]>((all, dispute) => {
    for (const [from, to] of intersectSlots(dispute.slots, slots))
      for (let slot = from; slot <= to; slot += 1) all.push(slot);
    return all;
  }, []);
  if (disputed.length > 0) problems.push(planProblem('slot-disputed', { slots: printSlotRanges(slotsOf(disputed)) }));
  for (const { about, subject } of topology.disagreements) {
    const node = involved.find((each) => each.id === subject);
    if (node !== undefined && mustAgree.has(about))
      problems.push(planProblem('views-not-settled', { ...factsOf(node), about }));
  }
  return problems;
}

function judgeOpenSlots(topology: Topology, slots: SlotRanges): PlanProblem[] {
  const byNode = new Map<NodeId, number[]>();
  const outside: number[] = [];
  for (const open of topology.open) {
    if (intersectSlots(slots, [[open.slot, open.slot]]).length === 0) outside.push(open.slot);
    else byNode.set(open.node, [...(byNode.get(open.node) ?? []), open.slot]);
  }
  const problems = [...byNode].map(([id, open]) => {
    const node = topology.nodes.find((each) => each.id === id);
    const facts = node === undefined ? { node: id, name: id } : factsOf(node);
    return planProblem('slot-already-open', { ...facts, slots: printSlotRanges(slotsOf(open)) });
  });
  if (outside.length > 0) {
    const others = slotsOf(outside);
    problems.push(planProblem('other-slots-open', { count: countSlots(others), slots: printSlotRanges(others) }));
  }
  return problems;
}

/** Nodes that are not concerned and give no answer, and nodes that call the cluster down. */
export function judgeOthers(topology: Topology, involved: readonly TopologyNode[]): PlanProblem[] {
  const problems: PlanProblem[] = [];
  const silent = topology.nodes.filter((node) => !involved.includes(node) && node.view.state !== 'answered');
  if (silent.length > 0) {
    problems.push(planProblem('nodes-not-answering', { count: silent.length, names: silent.map((node) => node.name) }));
  }
  const down = topology.nodes.filter((node) => node.view.state === 'answered' && node.view.clusterState === 'fail');
  if (down.length > 0) problems.push(planProblem('cluster-state-fail', { names: down.map((node) => node.name) }));
  return problems;
}

function judgeReplicas(topology: Topology, targets: readonly TopologyNode[]): PlanProblem[] {
  return targets.flatMap((target) => {
    if (target.role !== 'primary') return [];
    const replicas = topology.nodes.filter((node) => node.primaryId === target.id && node.health !== 'failed');
    if (replicas.length === 0) return [planProblem('target-without-replica', factsOf(target))];
    return replicas
      .filter((replica) => replica.replication?.link === 'down')
      .map((replica) => planProblem('replica-link-down', factsOf(replica)));
  });
}

function judgeVersions(topology: Topology): PlanProblem[] {
  const servers = topology.nodes.flatMap((node) => (node.server === null ? [] : [node.server]));
  const versions = [...new Set(servers.map((server) => `${server.flavour} ${server.version}`))].toSorted();
  const problems = versions.length > 1 ? [planProblem('versions-mixed', { versions })] : [];
  const affected = versions.filter((version) => /^redis 7\.(0\.1[3-5]|2\.[0-3])$/.test(version));
  if (affected.length > 0) problems.push(planProblem('returning-owner-bug', { versions: affected }));
  return problems;
}

/** Sources that the plan leaves with nothing. */
export function judgeEmptied(sources: readonly TopologyNode[], given: ReadonlyMap<NodeId, SlotRanges>): PlanProblem[] {
  return sources
    .filter((node) => node.slots.length > 0 && minusSlots(node.slots, given.get(node.id) ?? []).length === 0)
    .map((node) => planProblem('source-left-empty', factsOf(node)));
}
