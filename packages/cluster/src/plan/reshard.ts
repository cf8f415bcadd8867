import type { NodeId, PlanId } from '@slotdeck/model/ids';
import { type Pace } from '@slotdeck/model/pace';
import {
  isBlocked,
  type Plan,
  type PlanAsked,
  type PlanBasis,
  type PlanProblem,
  type SlotDriver,
  type SlotMove,
} from '@slotdeck/model/plan';
import type { ReshardParams } from '@slotdeck/model/plan-params';
import { countSlots, NO_SLOTS, slotsOf, unionSlots, type SlotRanges } from '@slotdeck/model/slot-ranges';
import { findNode, type NodeStats, type Topology, type TopologyNode } from '@slotdeck/model/topology';
import { isEarlyAtomic, movesAtomically } from '@slotdeck/model/atomic-servers';
import { chooseSlots, type ChosenMove } from './choose-slots.ts';
import { judgeEmptied, judgeReadiness } from './cluster-readiness.ts';
import type { LargeKeys } from '../observe/large-keys.ts';
import { judgeLargeKeys, withoutLarge } from './judge-large-keys.ts';
import { estimateMove } from './estimate-move.ts';
import { commandsForMoves } from './move-commands.ts';
import { stepsForMoves } from './move-steps.ts';
import { sharesBeforeAndAfter } from './node-shares.ts';
import { planProblem, sortProblems } from './plan-problems.ts';
import { readReshardRequest } from './reshard-request.ts';
import { weightOf, type SlotWeights } from './slot-weights.ts';

/** What every plan of moves is made from. */
export interface PlanInput {
  readonly planId: PlanId;
  readonly topology: Topology;
  /** What is known of the slots' contents; an empty map when nothing was counted. */
  readonly weights: SlotWeights;
  /** Large keys among what may move; null or absent: nobody could or would look. */
  readonly large?: LargeKeys | null;
  /** The shortest `cluster-node-timeout` of any node; null or absent: not known. Milliseconds. */
  readonly nodeTimeoutMs?: number | null;
  /** Live numbers of nodes, for memory limits and round trips. */
  readonly stats: readonly NodeStats[];
  readonly pace: Pace;
  /** Epoch ms. */
  readonly now: number;
  readonly createdBy: string;
  readonly parent: Plan['parent'];
}

export interface ReshardInput extends PlanInput {
  readonly params: ReshardParams;
}

/**
 * Makes the plan of a reshard. Always a plan: one that cannot be carried out has blockers among its problems and no moves. The
 * same input gives the same plan.
 */
export function planReshard(input: ReshardInput): Plan {
  const request = readReshardRequest(input.params, input.topology);
  return planOfMoves(input, {
    ...request,
    asked: { kind: 'reshard', params: input.params },
    moves: chooseSlots(request.givers, request.receivers),
  });
}

/** The kinds of plan that are made of moves and nothing else. */
export type MovesAsked = Extract<PlanAsked, { kind: 'reshard' | 'rebalance' | 'drain' }>;

/** Moves that are decided, by whomever, and what was found wrong on the way to them. */
export interface DecidedMoves {
  readonly asked: MovesAsked;
  readonly sources: readonly TopologyNode[];
  readonly targets: readonly TopologyNode[];
  readonly moves: readonly ChosenMove[];
  readonly problems: readonly PlanProblem[];
}

/** Judges decided moves and writes the plan around them: shares, commands, steps, estimate. */
export function planOfMoves(input: PlanInput, decided: DecidedMoves): Plan {
  const { topology } = input;
  const { driver, objections } = chooseDriver(decided, topology);
  const large = input.large ?? null;
  const { moves: chosen, left } =
    decided.asked.params.largeKeys === 'leave'
      ? withoutLarge(decided.moves, large)
      : { moves: decided.moves, left: NO_SLOTS };
  const moves = chosen.map((move) => ({ ...weighMove(move, input), ...driver }));
  const moving = moves.reduce<SlotRanges>((sum, move) => unionSlots(sum, move.slots), []);
  const problems = [
    ...decided.problems,
    ...objections,
    ...judgeReadiness(topology, decided.sources, decided.targets, moving),
    ...judgeMoves(input, decided.sources, moves),
    ...(left.length > 0 || moves.some((move) => move.keys !== 0)
      ? judgeLargeKeys({ topology, moves, large, left, nodeTimeoutMs: input.nodeTimeoutMs ?? null })
      : []),
  ];
  const keys = sumOf(moves.map((move) => move.keys));
  const bytes = sumOf(moves.map((move) => move.bytes));
  const nameOf = (id: string): string => findNode(topology, id)?.name ?? id;
  const isRefused = isBlocked({ problems });
  const made = isRefused ? [] : moves;
  return {
    id: input.planId,
    clusterId: topology.clusterId,
    ...decided.asked,
    createdAt: input.now,
    createdBy: input.createdBy,
    parent: input.parent,
    basis: basisOf(topology, [...decided.sources, ...decided.targets]),
    moves: made,
    ...sharesBeforeAndAfter(topology, made, input.stats),
    slots: isRefused ? 0 : countSlots(moving),
    keys: isRefused ? 0 : keys,
    bytes: isRefused ? 0 : bytes,
    estimate: estimateMove(made, input.pace, slowestRoundTrip(input, made)),
    problems: sortProblems(withoutRepeats(problems)),
    commands: commandsForMoves(topology, made),
    steps: stepsForMoves(made, nameOf, slotsOf(large?.keys.map(({ slot }) => slot) ?? [])),
  };
}

/** The servers' own way only where it was asked for: the classic one is the one whose every step we can vouch for. */
function chooseDriver(
  { asked, moves }: DecidedMoves,
  topology: Topology,
): { readonly driver: { driver?: SlotDriver }; readonly objections: readonly PlanProblem[] } {
  if (asked.params.driver !== 'atomic' || moves.length === 0) return { driver: {}, objections: [] };
  const ends = moves.map(({ from, to }) => [findNode(topology, from), findNode(topology, to)] as const);
  const unable = ends.find(([from, to]) => !movesAtomically(from?.server ?? null, to?.server ?? null));
  if (unable !== undefined) {
    const [from, to] = unable;
    const facts = { source: from?.name ?? 'unknown', target: to?.name ?? 'unknown', servers: versionsOf(unable) };
    return { driver: {}, objections: [planProblem('atomic-not-possible', facts)] };
  }
  const early = ends.flat().find((node) => isEarlyAtomic(node?.server ?? null));
  return {
    driver: { driver: 'atomic' },
    objections: [
      planProblem('atomic-holds-writes'),
      ...(early === undefined
        ? []
        : [planProblem('atomic-early-version', { name: early.name, servers: versionsOf([early]) })]),
    ],
  };
}

function versionsOf(nodes: readonly (TopologyNode | undefined)[]): string[] {
  return [
    ...new Set(
      nodes.map((node) => (node?.server == null ? 'unknown' : `${node.server.flavour} ${node.server.version}`)),
    ),
  ];
}

/** A node that is asked about for two reasons is told of once. */
function withoutRepeats(problems: readonly PlanProblem[]): PlanProblem[] {
  const told = new Map(problems.map((problem) => [`${problem.code} ${JSON.stringify(problem.facts)}`, problem]));
  return [...told.values()];
}

/** The nodes the plan speaks of, with their replicas: a failover to one of them must be noticed too. */
export function basisOf(topology: Topology, nodes: readonly TopologyNode[]): PlanBasis {
  const ids = new Set(nodes.map((node) => node.id));
  const listed = topology.nodes.filter(
    (node) => ids.has(node.id) || (node.primaryId !== null && ids.has(node.primaryId)),
  );
  return {
    topologyVersion: topology.version,
    observedAt: topology.since,
    nodes: listed.map((node) => ({
      id: node.id,
      address: `${node.host}:${node.port}`,
      role: node.role,
      primaryId: node.primaryId,
      configEpoch: node.configEpoch,
      slots: node.slots,
    })),
  };
}

/** Share of the memory limit from which on a target is called tight. */
const TIGHT = 0.85;

function judgeMoves(input: PlanInput, sources: readonly TopologyNode[], moves: readonly SlotMove[]): PlanProblem[] {
  if (moves.length === 0) return [];
  const given = new Map<NodeId, SlotRanges>();
  for (const move of moves) given.set(move.from, unionSlots(given.get(move.from) ?? [], move.slots));
  const problems = [...judgeEmptied(sources, given), ...judgeMemory(input, moves)];
  if (moves.some((move) => move.keys === null)) problems.push(planProblem('keys-not-counted'));
  if (moves.some((move) => move.bytes !== null && weightOf(move.slots, input.weights).bytes === null)) {
    problems.push(planProblem('bytes-estimated'));
  }
  return problems;
}

function judgeMemory({ topology, stats }: PlanInput, moves: readonly SlotMove[]): PlanProblem[] {
  const problems: PlanProblem[] = [];
  for (const to of new Set(moves.map((move) => move.to))) {
    const node = findNode(topology, to);
    const now = stats.find((each) => each.id === to);
    const limit = now?.maxMemoryBytes ?? null;
    const used = now?.usedMemoryBytes ?? null;
    if (node === undefined || limit === null || used === null) continue;
    const incoming = moves.filter((move) => move.to === to).map((move) => move.bytes);
    const known = incoming.filter((bytes) => bytes !== null);
    const needed = used + known.reduce((a, b) => a + b, 0);
    const facts = { node: to, name: node.name, needed: Math.round(needed), limit, used };
    if (needed > limit) problems.push(planProblem('memory-exceeded', facts));
    else if (needed > limit * TIGHT) {
      problems.push(planProblem('memory-tight', { ...facts, percent: Math.round((100 * needed) / limit) }));
    }
  }
  return problems;
}

/** Keys and bytes of a move; bytes that no server tells are estimated, which `judgeMoves` says. */
function weighMove(move: ChosenMove, { weights, stats }: PlanInput): SlotMove {
  const { keys, bytes } = weightOf(move.slots, weights);
  return { ...move, keys, bytes: bytes ?? estimateBytes(stats, move.from, keys) };
}

/** Where bytes per slot are unknown: the source's memory shared out over its keys. */
function estimateBytes(stats: readonly NodeStats[], from: NodeId, moving: number | null): number | null {
  if (moving === 0 || moving === null) return moving;
  const source = stats.find((each) => each.id === from);
  const keys = source?.keys ?? 0;
  const used = source?.usedMemoryBytes ?? null;
  return keys === 0 || used === null ? null : Math.round((used / keys) * moving);
}

function sumOf(amounts: readonly (number | null)[]): number | null {
  return amounts.reduce<number | null>((sum, amount) => (sum === null || amount === null ? null : sum + amount), 0);
}

function slowestRoundTrip({ stats }: PlanInput, moves: readonly SlotMove[]): number | null {
  const involved = new Set(moves.flatMap((move) => [move.from, move.to]));
  const trips = stats.filter((each) => involved.has(each.id)).flatMap((each) => each.roundTripMs ?? []);
  return trips.length === 0 ? null : Math.max(...trips);
}
