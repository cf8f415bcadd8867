import type { Plan, PlanProblem } from '@slotdeck/model/plan';
import type { RebalanceParams } from '@slotdeck/model/plan-params';
import { countSlots } from '@slotdeck/model/slot-ranges';
import { findNode, type Topology, type TopologyNode } from '@slotdeck/model/topology';
import { judgeNode } from './cluster-readiness.ts';
import { chooseSlots, type ChosenMove } from './choose-slots.ts';
import { fairShares, isOverThreshold, type Holding } from './fair-shares.ts';
import { levelByWeight } from './level-by-weight.ts';
import { planProblem } from './plan-problems.ts';
import { planOfMoves, type PlanInput } from './reshard.ts';
import { factsOf } from './reshard-request.ts';
import { weightOf, type SlotWeights } from './slot-weights.ts';

export interface RebalanceInput extends PlanInput {
  readonly params: RebalanceParams;
}

interface Participant {
  readonly node: TopologyNode;
  readonly weight: number;
}

/**
 * Makes the plan that gives every primary its share, by number of slots, by keys or by bytes. Always a plan: one that cannot be
 * carried out has blockers and no moves; a cluster that is level within the threshold gets a plan without moves that says so.
 *
 * By slots each primary ends within one slot of its exact share and the fewest possible slots move. By keys or bytes slots are not
 * divisible, so primaries come near their shares only.
 */
export function planRebalance(input: RebalanceInput): Plan {
  const { params, topology } = input;
  const { moves, problems } = rebalanceMoves(input);
  const ends = new Set(moves.flatMap((move) => [move.from, move.to]));
  const givers = new Set(moves.map((move) => move.from));
  const involved = topology.nodes.filter((node) => ends.has(node.id));
  return planOfMoves(input, {
    asked: { kind: 'rebalance', params },
    sources: involved.filter((node) => givers.has(node.id)),
    targets: involved.filter((node) => !givers.has(node.id)),
    moves,
    problems,
  });
}

/** Only which slots go where, and what was found wrong on the way. The same input gives the same moves. */
export function rebalanceMoves({
  params,
  topology,
  weights,
}: Pick<RebalanceInput, 'params' | 'topology' | 'weights'>): {
  moves: readonly ChosenMove[];
  problems: readonly PlanProblem[];
} {
  const problems: PlanProblem[] = [];
  const participants = participantsOf(params, topology, problems);
  const isRefused = problems.some(({ severity }) => severity === 'blocker');
  const moves = isRefused ? [] : decide(params, participants, weights, problems);
  return { moves, problems };
}

/** Primaries with slots; empty ones where that is asked for, or where a weight names them. */
function participantsOf(params: RebalanceParams, topology: Topology, problems: PlanProblem[]): Participant[] {
  for (const id of Object.keys(params.weights)) {
    const node = findNode(topology, id);
    if (node === undefined) problems.push(planProblem('unknown-node', { node: id }));
    else if (node.role !== 'primary') {
      problems.push(planProblem('weight-not-for-a-primary', { ...factsOf(node), role: node.role }));
    }
  }
  const participants = topology.nodes
    .filter((node) => node.role === 'primary')
    .filter((node) => node.slots.length > 0 || params.useEmpty || Object.hasOwn(params.weights, node.id))
    .map((node) => ({ node, weight: params.weights[node.id] ?? 1 }))
    // An empty node that is to have nothing takes no part.
    .filter(({ node, weight }) => node.slots.length > 0 || weight > 0);
  // Shares are reckoned over all of them, so each must be there, also one from which or to which nothing moves.
  for (const { node } of participants) problems.push(...judgeNode(node));
  if (!participants.some(({ node }) => node.slots.length > 0)) problems.push(planProblem('no-slots-to-level'));
  else if (!participants.some(({ weight }) => weight > 0)) problems.push(planProblem('all-weights-zero'));
  return participants;
}

function decide(
  params: RebalanceParams,
  participants: readonly Participant[],
  weights: SlotWeights,
  problems: PlanProblem[],
): ChosenMove[] {
  const moves =
    params.by === 'slots' ? bySlots(participants, params.threshold) : byWeight(params, participants, weights, problems);
  if (moves.length === 0 && problems.every(({ severity }) => severity !== 'blocker')) {
    problems.push(planProblem('balanced-already', { threshold: params.threshold, by: params.by }));
  }
  return moves;
}

function bySlots(participants: readonly Participant[], threshold: number): ChosenMove[] {
  const holdings = participants.map(({ node, weight }) => ({ holds: countSlots(node.slots), weight }));
  const shares = fairShares(holdings);
  if (!isOverThreshold(holdings, shares, threshold)) return [];
  const change = (at: number): number => (shares[at] ?? 0) - (holdings[at]?.holds ?? 0);
  return chooseSlots(
    participants.map(({ node }, at) => ({ id: node.id, slots: node.slots, gives: Math.max(0, -change(at)) })),
    participants.map(({ node }, at) => ({ id: node.id, slots: node.slots, gets: Math.max(0, change(at)) })),
  );
}

function byWeight(
  { by, threshold }: RebalanceParams,
  participants: readonly Participant[],
  weights: SlotWeights,
  problems: PlanProblem[],
): ChosenMove[] {
  const sums = participants.map(({ node }) => weightOf(node.slots, weights));
  const holds = sums.map((sum) => (by === 'keys' ? sum.keys : sum.bytes));
  const unknown = participants.filter((_, at) => holds[at] === null);
  if (unknown.length > 0) {
    const names = unknown.map(({ node }) => node.name);
    problems.push(planProblem(by === 'keys' ? 'keys-unknown' : 'memory-per-slot-unknown', { names }));
    return [];
  }
  const holdings: Holding[] = participants.map(({ weight }, at) => ({ holds: holds[at] ?? 0, weight }));
  const total = holdings.reduce((sum, each) => sum + each.holds, 0);
  const all = holdings.reduce((sum, each) => sum + each.weight, 0);
  const shares = holdings.map(({ weight }) => (total * weight) / all);
  const mustEmpty = participants.some(({ node, weight }) => weight === 0 && node.slots.length > 0);
  if (!mustEmpty && !isOverThreshold(holdings, shares, threshold)) return [];
  const nodes = participants.map(({ node, weight }, at) => ({
    id: node.id,
    slots: node.slots,
    share: shares[at] ?? 0,
    isEmptied: weight === 0,
  }));
  return levelByWeight(nodes, (slot) => {
    const found = weights.get(slot);
    return (by === 'keys' ? found?.keys : found?.bytes) ?? 0;
  });
}
