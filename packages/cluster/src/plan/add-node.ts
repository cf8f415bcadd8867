import type { Plan, PlannedCommand, PlanProblem } from '@slotdeck/model/plan';
import type { AddNodeParams } from '@slotdeck/model/plan-params';
import { findNode, type Topology, type TopologyNode } from '@slotdeck/model/topology';
import type { Candidate } from '../observe/candidate.ts';
import { choosePrimary, primariesForReplicas, standsTogether } from './choose-primary.ts';
import { judgeNode, judgeOthers, judgeQuorum } from './cluster-readiness.ts';
import { judgeCandidate, nameOfCandidate, type AnsweredCandidate } from './judge-candidate.ts';
import { planOfSteps, type DecidedSteps, type StepsInput } from './plan-of-steps.ts';
import { planProblem } from './plan-problems.ts';
import { factsOf } from './reshard-request.ts';

export interface AddNodeInput extends StepsInput {
  readonly params: AddNodeParams;
  readonly candidate: Candidate;
}

/**
 * Makes the plan that takes an empty node into the cluster: functions first (a primary without them answers FCALL with an error), then
 * CLUSTER MEET and the wait until every node knows it, then, for a replica, the copy of its primary.
 */
export function planAddNode(input: AddNodeInput): Plan {
  const { params, topology, candidate } = input;
  const member = candidate.state === 'answered' ? findNode(topology, candidate.id) : undefined;
  const primary = params.as === 'replica' ? primaryFor(params, topology, candidate) : null;
  const problems: PlanProblem[] = [
    ...judgeQuorum(topology),
    ...(member === undefined
      ? judgeCandidate(candidate, params.as)
      : [planProblem('candidate-is-member', { ...factsOf(member) })]),
    ...(candidate.state === 'answered' ? judgeAge(candidate, topology) : []),
    ...(params.as === 'replica' ? judgePrimary(params, primary, candidate) : []),
    ...judgeOthers(topology, primary === null ? [] : [primary]),
  ];
  const isMakeable = candidate.state === 'answered' && (params.as === 'primary' || primary !== null);
  return planOfSteps(input, {
    asked: { kind: 'add-node', params },
    nodes: primary === null ? [] : [primary],
    steps: isMakeable ? stepsFor(candidate, primary) : [],
    commands: isMakeable ? commandsFor(candidate, primary, topology) : [],
    problems,
  });
}

function primaryFor(params: AddNodeParams, topology: Topology, candidate: Candidate): TopologyNode | null {
  if (params.primary !== undefined) return findNode(topology, params.primary) ?? null;
  const zone = candidate.state === 'answered' ? candidate.zone : null;
  return choosePrimary(topology, { host: candidate.address.host, zone }, primariesForReplicas(topology));
}

function judgePrimary(params: AddNodeParams, primary: TopologyNode | null, candidate: Candidate): PlanProblem[] {
  if (primary === null) {
    return params.primary === undefined
      ? [planProblem('add-no-primary')]
      : [planProblem('add-primary-unknown', { node: params.primary })];
  }
  const facts = { ...factsOf(primary), name: nameOfCandidate(candidate), primary: primary.name };
  const problems: PlanProblem[] = [...judgeNode(primary)];
  if (primary.role !== 'primary') problems.push(planProblem('replicate-not-a-primary', facts));
  const zone = candidate.state === 'answered' ? candidate.zone : null;
  if (standsTogether(primary, { host: candidate.address.host, zone })) {
    problems.push(planProblem('add-on-same-host', facts));
  }
  return problems;
}

function judgeAge(candidate: AnsweredCandidate, topology: Topology): PlanProblem[] {
  const { server } = candidate;
  if (server === null) return [];
  const others = topology.nodes.flatMap((node) =>
    node.server?.flavour === server.flavour ? [node.server.version] : [],
  );
  const newest = others.toSorted(compareVersions).at(-1);
  if (newest === undefined || compareVersions(server.version, newest) >= 0) return [];
  return [
    planProblem('candidate-older', {
      node: candidate.id,
      name: nameOfCandidate(candidate),
      version: server.version,
      newest,
    }),
  ];
}

function compareVersions(a: string, b: string): number {
  const [x, y] = [a.split('.').map(Number), b.split('.').map(Number)];
  return (x[0] ?? 0) - (y[0] ?? 0) || (x[1] ?? 0) - (y[1] ?? 0) || (x[2] ?? 0) - (y[2] ?? 0);
}

function stepsFor(candidate: AnsweredCandidate, primary: TopologyNode | null): DecidedSteps['steps'] {
  const name = nameOfCandidate(candidate);
  const facts = { node: candidate.id, name, host: candidate.address.host, port: candidate.address.port };
  const introduce = {
    id: 'introduce',
    title: `Introduce ${name} to every node`,
    component: 'introduce',
    onFailure: 'retry' as const,
    facts,
  };
  if (primary === null) {
    const functions = {
      id: 'functions',
      title: `Copy the functions of the cluster to ${name}`,
      component: 'copy-functions',
      onFailure: 'retry' as const,
      facts,
    };
    return [functions, introduce];
  }
  return [
    introduce,
    {
      id: 'follow',
      title: `${name} follows ${primary.name}`,
      component: 'follow',
      onFailure: 'retry',
      facts: { node: candidate.id, name, primary: primary.id, primaryName: primary.name },
    },
  ];
}

function commandsFor(
  candidate: AnsweredCandidate,
  primary: TopologyNode | null,
  topology: Topology,
): readonly PlannedCommand[] {
  const node = nameOfCandidate(candidate);
  const [through] = primariesForReplicas(topology);
  const place = through ?? topology.nodes[0];
  const meet = ['CLUSTER', 'MEET', place?.host ?? '', String(place?.port ?? '')];
  const introduced: PlannedCommand = { node, command: meet, repeat: 1, phase: 'introduce' };
  if (primary === null) {
    return [
      { node: place?.id ?? '', command: ['FUNCTION', 'DUMP'], repeat: 1, phase: 'configure' },
      { node, command: ['FUNCTION', 'RESTORE', '<the dump>', 'REPLACE'], repeat: 1, phase: 'configure' },
      introduced,
    ];
  }
  return [introduced, { node, command: ['CLUSTER', 'REPLICATE', primary.id], repeat: 1, phase: 'replicate' }];
}
