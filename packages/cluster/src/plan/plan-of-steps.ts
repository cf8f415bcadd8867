import {
  isBlocked,
  type Consent,
  type Plan,
  type PlanAsked,
  type PlannedCommand,
  type PlannedStep,
  type PlanProblem,
} from '@slotdeck/model/plan';
import type { TopologyNode } from '@slotdeck/model/topology';
import { sharesBeforeAndAfter } from './node-shares.ts';
import { sortProblems } from './plan-problems.ts';
import { basisOf, type PlanInput } from './reshard.ts';

/** What such a plan is made from. */
export type StepsInput = Omit<PlanInput, 'weights' | 'pace'>;

/** A change that is decided step by step and moves no slots. */
export interface DecidedSteps {
  readonly asked: PlanAsked;
  /** Nodes whose state the plan rests on; their replicas are added. */
  readonly nodes: readonly TopologyNode[];
  /** Without `check`, which comes first by itself. */
  readonly steps: readonly Omit<PlannedStep, 'move'>[];
  readonly commands: readonly PlannedCommand[];
  readonly problems: readonly PlanProblem[];
  /** What a person must type first; null where nothing can be lost. */
  readonly consent?: Consent | null;
}

/** Writes the plan around decided steps. With blockers among the problems it has no steps and no commands. */
export function planOfSteps(input: StepsInput, decided: DecidedSteps): Plan {
  const { topology } = input;
  const isRefused = isBlocked(decided);
  const check: PlannedStep = {
    id: 'check',
    title: 'Check that the cluster is still as planned',
    component: 'check',
    onFailure: 'pause',
    facts: {},
    move: null,
  };
  return {
    id: input.planId,
    clusterId: topology.clusterId,
    ...decided.asked,
    createdAt: input.now,
    createdBy: input.createdBy,
    parent: input.parent,
    basis: basisOf(topology, decided.nodes),
    moves: [],
    ...sharesBeforeAndAfter(topology, [], input.stats),
    slots: 0,
    keys: 0,
    bytes: 0,
    estimate: null,
    problems: sortProblems(decided.problems),
    commands: isRefused ? [] : [...decided.commands],
    steps: isRefused ? [] : [check, ...decided.steps.map((step): PlannedStep => ({ ...step, move: null }))],
    consent: decided.consent ?? null,
  };
}
