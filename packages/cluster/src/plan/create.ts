import type { Plan, PlannedCommand, PlannedStep, PlanProblem, NodeShare } from '@slotdeck/model/plan';
import type { CreateParams } from '@slotdeck/model/plan-params';
import { isBlocked } from '@slotdeck/model/plan';
import { countSlots, printSlotRanges, SLOT_COUNT, type SlotRange } from '@slotdeck/model/slot-ranges';
import type { Candidate } from '../observe/candidate.ts';
import { judgeCandidate, nameOfCandidate, type AnsweredCandidate } from './judge-candidate.ts';
import { placeNodes, type Placement } from './place-nodes.ts';
import { planOfSteps, type DecidedSteps, type StepsInput } from './plan-of-steps.ts';
import { planProblem } from './plan-problems.ts';

export interface CreateInput extends StepsInput {
  readonly params: CreateParams;
  /** What was seen at each of `params.nodes`, in that order. */
  readonly candidates: readonly Candidate[];
}

/** One node of the cluster that is to be. */
interface Member {
  readonly candidate: AnsweredCandidate;
  readonly name: string;
  /** Distinct for all, from 1: without it every pair of nodes would have to settle a collision first. */
  readonly epoch: number;
  /** Empty for a replica. */
  readonly slots: readonly SlotRange[];
  /** Whom a replica follows. */
  readonly primary: AnsweredCandidate | null;
}

/**
 * Makes the plan of a new cluster out of empty nodes: who becomes a primary with which slots, whom the others follow, and in which
 * order that is told. Nothing is assumed of nodes that give no answer: with one of them there is no plan.
 */
export function planCreate(input: CreateInput): Plan {
  const { params, candidates } = input;
  const answered = candidates.filter((candidate) => candidate.state === 'answered');
  const problems: PlanProblem[] = [
    ...candidates.flatMap((candidate) => judgeCandidate(candidate, 'primary')),
    ...judgeTwice(answered),
    ...judgeServers(answered),
    ...judgeNumbers(params),
  ];
  const placement = isBlocked({ problems }) ? null : place(answered, params);
  if (placement !== null) problems.push(...judgePlacement(placement, params));
  const members = placement === null ? [] : membersOf(answered, placement);
  const plan = planOfSteps(input, {
    asked: { kind: 'create', params },
    nodes: [],
    steps: stepsFor(members),
    commands: commandsFor(members),
    problems,
  });
  return { ...plan, before: [], after: isBlocked(plan) ? [] : sharesOf(members) };
}

const keyOf = ({ address: { host, port } }: AnsweredCandidate): string => `${host} ${port}`;

function place(answered: readonly AnsweredCandidate[], { zones, replicas }: CreateParams): Placement {
  const places = answered.map((candidate) => ({
    key: keyOf(candidate),
    zone: zones[nameOfCandidate(candidate)] ?? candidate.zone ?? candidate.address.host,
  }));
  return placeNodes(places, replicas);
}

function judgeTwice(answered: readonly AnsweredCandidate[]): PlanProblem[] {
  const first = new Map<string, AnsweredCandidate>();
  return answered.flatMap((candidate) => {
    const other = first.get(candidate.id);
    if (other !== undefined) {
      const facts = { node: candidate.id, name: nameOfCandidate(candidate), other: nameOfCandidate(other) };
      return [planProblem('candidate-named-twice', facts)];
    }
    first.set(candidate.id, candidate);
    return [];
  });
}

function judgeServers(answered: readonly AnsweredCandidate[]): PlanProblem[] {
  const kinds = new Set(
    answered.flatMap(({ server }) => (server === null ? [] : [`${server.flavour} ${server.version}`])),
  );
  return kinds.size > 1 ? [planProblem('create-mixed-servers', { servers: [...kinds].toSorted() })] : [];
}

function judgeNumbers({ nodes, replicas, allowFew }: CreateParams): PlanProblem[] {
  const primaries = Math.floor(nodes.length / (replicas + 1));
  if (primaries === 0) return [planProblem('create-too-few-nodes', { nodes: nodes.length, replicas })];
  if (primaries >= 3) return [];
  return [planProblem(allowFew ? 'create-few-accepted' : 'create-few-primaries', { primaries })];
}

function judgePlacement(placement: Placement, { allowSameZone }: CreateParams): PlanProblem[] {
  const problems: PlanProblem[] = [];
  const { sameZone, fullest, primaries, extra } = placement;
  if (sameZone.length > 0) {
    const facts = { count: sameZone.length, names: sameZone.map((key) => key.replace(' ', ':')) };
    problems.push(planProblem(allowSameZone ? 'placement-accepted' : 'placement-same-zone', facts));
  }
  if (primaries.length > 1 && fullest.primaries * 2 > primaries.length) {
    const facts = { zone: fullest.zone, primaries: fullest.primaries, of: primaries.length };
    problems.push(planProblem('placement-zone-majority', facts));
  }
  if (extra > 0) problems.push(planProblem('create-extra-replicas', { count: extra }));
  return problems;
}

function membersOf(answered: readonly AnsweredCandidate[], placement: Placement): Member[] {
  const byKey = new Map(answered.map((candidate) => [keyOf(candidate), candidate]));
  const get = (key: string): AnsweredCandidate => {
    const candidate = byKey.get(key);
    if (candidate === undefined) throw new Error(`${key} was placed and is no candidate`);
    return candidate;
  };
  const count = placement.primaries.length;
  // The same boundaries as redis-cli draws, so that a cluster looks alike whoever made it.
  const boundary = (at: number): number => Math.round((at * SLOT_COUNT) / count);
  const primaries = placement.primaries.map((key, at): Member => {
    const candidate = get(key);
    const slots: SlotRange[] = [[boundary(at), boundary(at + 1) - 1]];
    return { candidate, name: nameOfCandidate(candidate), epoch: at + 1, slots, primary: null };
  });
  const replicas = placement.replicas.map(({ key, primary }, at): Member => {
    const candidate = get(key);
    return {
      candidate,
      name: nameOfCandidate(candidate),
      epoch: count + at + 1,
      slots: [],
      primary: get(primary),
    };
  });
  return [...primaries, ...replicas];
}

/** Facts are flat texts, so the members stand in them column by column. */
function columnsOf(members: readonly Member[]): PlannedStep['facts'] {
  return {
    ids: members.map(({ candidate }) => candidate.id),
    names: members.map(({ name }) => name),
    hosts: members.map(({ candidate }) => candidate.address.host),
    ports: members.map(({ candidate }) => String(candidate.address.port)),
    epochs: members.map(({ epoch }) => String(epoch)),
    slots: members.map(({ slots }) => printSlotRanges(slots)),
    /** Empty text: it is a primary itself. */
    primaries: members.map(({ primary }) => primary?.id ?? ''),
  };
}

function stepsFor(members: readonly Member[]): DecidedSteps['steps'] {
  const facts = columnsOf(members);
  const step = (id: string, title: string): DecidedSteps['steps'][number] => ({
    id,
    title,
    component: id,
    onFailure: 'retry',
    facts,
  });
  const replicas = members.filter(({ primary }) => primary !== null).length;
  return [
    step('configure', `Give ${members.length - replicas} primaries their slots and every node its epoch`),
    ...(replicas === 0 ? [] : [step('replicate', `Let ${replicas} replicas follow their primaries`)]),
    step('introduce', `Introduce the ${members.length} nodes to each other`),
    step('verify', 'Ask every node whether it sees the cluster as it was planned'),
  ];
}

function commandsFor(members: readonly Member[]): PlannedCommand[] {
  const command = (member: Member, words: string[], phase: PlannedCommand['phase']): PlannedCommand => ({
    node: member.name,
    command: ['CLUSTER', ...words],
    repeat: 1,
    phase,
  });
  const [first] = members;
  return [
    ...members.map((member) => command(member, ['SET-CONFIG-EPOCH', String(member.epoch)], 'configure')),
    ...members.flatMap((member) =>
      member.slots.map(([from, to]) => command(member, ['ADDSLOTSRANGE', String(from), String(to)], 'assign')),
    ),
    ...members.flatMap((member) =>
      member.primary === null ? [] : [command(member, ['REPLICATE', member.primary.id], 'replicate')],
    ),
    ...members.flatMap((member) =>
      member === first || first === undefined
        ? []
        : [command(member, ['MEET', first.candidate.address.host, String(first.candidate.address.port)], 'introduce')],
    ),
  ];
}

function sharesOf(members: readonly Member[]): NodeShare[] {
  return members
    .filter(({ primary }) => primary === null)
    .map(({ candidate, name, slots }) => ({
      node: candidate.id,
      name,
      slots: countSlots(slots),
      slotRanges: [...slots],
      fragments: slots.length,
      keys: 0,
      bytes: null,
    }));
}
