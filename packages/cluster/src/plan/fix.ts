import { NodeId } from '@slotdeck/model/ids';
import type { Consent, Plan, PlannedCommand, PlannedStep, PlanProblem } from '@slotdeck/model/plan';
import type { FixParams } from '@slotdeck/model/plan-params';
import {
  countSlots,
  eachSlot,
  intersectSlots,
  minusSlots,
  NO_SLOTS,
  parseSlotRanges,
  printSlotRanges,
  slotsOf,
  takeSlots,
  unionSlots,
  type SlotRanges,
} from '@slotdeck/model/slot-ranges';
import { findNode, type Topology, type TopologyNode } from '@slotdeck/model/topology';
import type { SlotEvidence } from '../observe/slot-evidence.ts';
import { judgeSlot, type FixReason, type SlotCase, type SlotVerdict } from './judge-slot.ts';
import { planOfSteps, type StepsInput } from './plan-of-steps.ts';
import { planProblem } from './plan-problems.ts';
import { factsOf } from './reshard-request.ts';
import { ablePrimaries, brokenSlots, silentOwners, slotCases } from './slot-cases.ts';

export interface FixInput extends StepsInput {
  readonly params: FixParams;
  readonly evidence: SlotEvidence;
}

/** Slots of one step: as many as a person can wait for, and a server is told in one write. */
const STEP_SLOTS = 512;

/** Slots that are alike in everything that decides what becomes of them. */
interface Group {
  readonly verdict: Exclude<SlotVerdict, { kind: 'spread' }>;
  readonly sample: SlotCase;
  readonly slots: SlotRanges;
}

/**
 * Makes the plan of a repair: for every slot of which something is wrong, whose it is to be, why, and what is seen of it. First all
 * slots that nobody or more than one claims get their owner, since a cluster with a hole may refuse every write; then keys come
 * together at the owners.
 */
export function planFix(input: FixInput): Plan {
  const { params, topology, evidence } = input;
  const problems: PlanProblem[] = [];
  const silent = silentOwners(topology);
  const lost = params.withUnreachable ? lostWith(silent) : NO_SLOTS;
  const broken = unionSlots(brokenSlots(topology, evidence), lost);
  const slots = readSlots(params, problems, broken);
  const chosen = readChoices(params, topology, slots, problems);
  const groups = groupUp(slotCases(topology, slots, evidence, chosen), topology);
  problems.push(...judgeSilent(silent, params, intersectSlots(lost, slots)));
  problems.push(...judgeCounting(topology, evidence, slots));
  for (const group of groups) problems.push(...judgeGroup(group, topology));
  if (slots.length === 0 && problems.length === 0) problems.push(planProblem('fix-nothing'));
  const steps = stepsFor(groups, topology);
  const plan = planOfSteps(input, {
    asked: { kind: 'fix', params },
    nodes: ablePrimaries(topology),
    steps: slots.length === 0 ? [] : steps,
    commands: commandsFor(groups),
    problems,
    consent: consentFor(intersectSlots(lost, slots), params),
  });
  return { ...plan, slots: countSlots(slots), steps: withMoves(plan.steps) };
}

const FINISH = 'finish';

/** A step that finishes a move has its ends where moves have them. */
function withMoves(steps: readonly PlannedStep[]): PlannedStep[] {
  return steps.map((step) => {
    if (step.component !== FINISH) return step;
    const ranges = parseSlotRanges(String(step.facts['slots']));
    const [from, to] = [NodeId.parse(step.facts['from']), NodeId.parse(step.facts['to'])];
    return { ...step, move: { from, to, slots: ranges.ok ? ranges.slots : NO_SLOTS } };
  });
}

function lostWith(silent: readonly TopologyNode[]): SlotRanges {
  return silent.reduce<SlotRanges>((sum, { slots }) => unionSlots(sum, slots), NO_SLOTS);
}

function readSlots({ slots }: FixParams, problems: PlanProblem[], broken: SlotRanges): SlotRanges {
  if (slots === undefined) return broken;
  const asked = parseSlotRanges(slots);
  if (asked.ok) return intersectSlots(broken, asked.slots);
  problems.push(planProblem('slots-not-readable', { part: asked.part, why: asked.code }));
  return NO_SLOTS;
}

function readChoices(
  { choices }: FixParams,
  topology: Topology,
  slots: SlotRanges,
  problems: PlanProblem[],
): Map<number, NodeId> {
  const chosen = new Map<number, NodeId>();
  const able = new Set<string>(ablePrimaries(topology).map(({ id }) => id));
  for (const choice of choices) {
    const ranges = parseSlotRanges(choice.slots);
    const owner = findNode(topology, choice.owner);
    if (!ranges.ok) problems.push(planProblem('slots-not-readable', { part: ranges.part, why: ranges.code }));
    else if (owner === undefined) problems.push(planProblem('unknown-node', { node: choice.owner }));
    else if (!able.has(owner.id)) problems.push(planProblem('fix-owner-not-able', { ...factsOf(owner) }));
    else {
      const unused = minusSlots(ranges.slots, slots);
      if (unused.length > 0) problems.push(planProblem('fix-choice-unused', { slots: printSlotRanges(unused) }));
      for (const slot of eachSlot(ranges.slots)) chosen.set(slot, owner.id);
    }
  }
  return chosen;
}

function judgeSilent(silent: readonly TopologyNode[], params: FixParams, lost: SlotRanges): PlanProblem[] {
  if (silent.length === 0) return [];
  const names = silent.map(({ name }) => name);
  if (!params.withUnreachable) return [planProblem('fix-primary-silent', { names })];
  const problems = [planProblem('fix-despite-silent', { names })];
  if (lost.length > 0) {
    const facts = { names, slots: printSlotRanges(lost) };
    problems.push(planProblem(params.acceptLoss ? 'fix-loses' : 'fix-would-lose', facts));
  }
  return problems;
}

function judgeCounting(topology: Topology, { unknown, problems }: SlotEvidence, slots: SlotRanges): PlanProblem[] {
  return [...unknown].flatMap(([id, ranges]) => {
    const open = intersectSlots(ranges, slots);
    if (open.length === 0) return [];
    const name = findNode(topology, id)?.name ?? id;
    const seen = problems.find(({ node }) => node === id)?.seen ?? 'no number was told';
    return [planProblem('fix-keys-uncounted', { node: id, name, slots: printSlotRanges(open), seen })];
  });
}

function consentFor(lost: SlotRanges, { acceptLoss }: FixParams): Consent | null {
  if (lost.length === 0 || !acceptLoss) return null;
  return { phrase: 'accept loss', reasons: ['fix-loses'] };
}

function groupUp(cases: ReadonlyMap<number, SlotCase>, topology: Topology): Group[] {
  const found = new Map<string, { verdict: Group['verdict']; sample: SlotCase; slots: number[] }>();
  const add = (slot: number, sample: SlotCase, verdict: Group['verdict']): void => {
    const key = JSON.stringify([
      verdict,
      sample.claimers,
      sample.migrating,
      sample.importing,
      [...sample.holders.keys()],
      sample.uncounted,
      [...sample.named.keys()],
    ]);
    const group = found.get(key);
    if (group === undefined) found.set(key, { verdict, sample, slots: [slot] });
    else group.slots.push(slot);
  };
  const spread: number[] = [];
  for (const [slot, each] of cases) {
    const verdict = judgeSlot(each);
    if (verdict.kind === 'spread') spread.push(slot);
    else add(slot, each, verdict);
  }
  for (const { owner, slots } of spreadEvenly(slotsOf(spread), topology)) {
    for (const slot of eachSlot(slots)) {
      const sample = cases.get(slot);
      if (sample !== undefined) add(slot, sample, { kind: 'gather', owner, reason: 'nobody-holds' });
    }
  }
  return [...found.values()].map(({ slots, ...group }) => ({ ...group, slots: slotsOf(slots) }));
}

/** Whoever has fewest gets the next one; each gets its part in as few ranges as can be. */
function spreadEvenly(slots: SlotRanges, topology: Topology): { owner: NodeId; slots: SlotRanges }[] {
  const able = ablePrimaries(topology);
  const serving = able.filter((node) => node.slots.length > 0);
  const takers = (serving.length > 0 ? serving : able).map(({ id, slots: own }) => ({
    id,
    has: countSlots(own),
    gets: 0,
  }));
  for (let left = countSlots(slots); left > 0; left -= 1) {
    const [next] = takers.toSorted((a, b) => a.has + a.gets - (b.has + b.gets) || (a.id < b.id ? -1 : 1));
    if (next === undefined) return [];
    next.gets += 1;
  }
  let rest = slots;
  return takers.flatMap(({ id, gets }) => {
    if (gets === 0) return [];
    const part = takeSlots(rest, gets);
    rest = minusSlots(rest, part);
    return [{ owner: id, slots: part }];
  });
}

function judgeGroup({ verdict, sample, slots }: Group, topology: Topology): PlanProblem[] {
  const facts = { slots: printSlotRanges(slots), seen: seenOf(sample, topology) };
  const nameOf = (id: string): string => findNode(topology, id)?.name ?? id;
  if (verdict.kind === 'ask') {
    const candidates = verdict.candidates.map(nameOf);
    return [planProblem('fix-needs-choice', { ...facts, why: verdict.why, candidates })];
  }
  const owner = verdict.kind === 'finish' ? verdict.to : verdict.owner;
  const problems = [planProblem(`fix-by-${verdict.reason}`, { ...facts, owner: nameOf(owner), node: owner })];
  const bringers = [...sample.holders.keys()].filter((id) => id !== owner);
  if (verdict.kind === 'gather' && bringers.length > 0) {
    const keys = bringers.reduce((sum, id) => sum + (sample.holders.get(id) ?? 0), 0) * countSlots(slots);
    const about = countSlots(slots) > 1 ? `about ${keys}` : String(keys);
    problems.push(
      planProblem('fix-brings-keys', {
        slots: facts.slots,
        owner: nameOf(owner),
        names: bringers.map(nameOf),
        keys: about,
      }),
    );
  }
  return problems;
}

/** The evidence in a few words per node. Of slots that are alike the first stands for all. */
function seenOf({ claimers, migrating, importing, holders, uncounted, named }: SlotCase, topology: Topology): string[] {
  const nameOf = (id: string): string => findNode(topology, id)?.name ?? id;
  return [
    ...claimers.map((id) => `${nameOf(id)} claims`),
    ...[...named].map(([id, count]) => `${count} node(s) name ${nameOf(id)}`),
    ...migrating.map(({ node, to }) => `${nameOf(node)} migrating to ${nameOf(to)}`),
    ...importing.map(({ node, from }) => `${nameOf(node)} importing from ${nameOf(from)}`),
    ...[...holders].map(([id, keys]) => `${nameOf(id)} holds ${keys} key(s)`),
    ...uncounted.map((id) => `${nameOf(id)} did not say what it holds`),
    ...(claimers.length === 0 && holders.size === 0 ? ['nobody claims it, no keys'] : []),
  ];
}

function stepsFor(groups: readonly Group[], topology: Topology): Omit<PlannedStep, 'move'>[] {
  const nameOf = (id: string): string => findNode(topology, id)?.name ?? id;
  const claims: Omit<PlannedStep, 'move'>[] = [];
  const gathers: Omit<PlannedStep, 'move'>[] = [];
  const finishes: Omit<PlannedStep, 'move'>[] = [];
  for (const { verdict, sample, slots } of groups) {
    for (let rest = slots; rest.length > 0;) {
      const part = takeSlots(rest, STEP_SLOTS);
      rest = minusSlots(rest, part);
      const text = printSlotRanges(part);
      const at = claims.length + gathers.length + finishes.length + 1;
      if (verdict.kind === 'finish') {
        const { from, to, reason } = verdict;
        finishes.push({
          id: `finish-${at}`,
          title: `Slots ${text}: finish the move from ${nameOf(from)} to ${nameOf(to)}`,
          component: FINISH,
          onFailure: 'retry',
          facts: { slots: text, from, to, reason },
        });
      } else if (verdict.kind === 'gather') {
        const { owner, reason } = verdict;
        const facts = gatherFacts(part, owner, reason, sample, nameOf);
        if (sample.claimers.length !== 1 || sample.claimers[0] !== owner) {
          const title = `Slots ${text}: ${nameOf(owner)} becomes their owner`;
          claims.push({ id: `claim-${at}`, title, component: 'claim', onFailure: 'retry', facts });
        }
        const title = `Slots ${text}: bring together at ${nameOf(owner)} what belongs there, and close them`;
        gathers.push({ id: `gather-${at}`, title, component: 'gather', onFailure: 'retry', facts });
      }
    }
  }
  return [...claims, ...gathers, ...finishes];
}

function gatherFacts(
  slots: SlotRanges,
  owner: NodeId,
  reason: FixReason,
  { claimers, holders, uncounted }: SlotCase,
  nameOf: (id: string) => string,
): PlannedStep['facts'] {
  return {
    slots: printSlotRanges(slots),
    owner,
    ownerName: nameOf(owner),
    reason,
    /** Who is expected to claim them; a claim by anybody else is news, and stops the step. */
    claimers: [...claimers],
    /** Who is expected to hold keys of them, seen or not. */
    holders: [...new Set([...holders.keys(), ...uncounted])].filter((id) => id !== owner),
  };
}

function commandsFor(groups: readonly Group[]): PlannedCommand[] {
  return groups.flatMap(({ verdict, sample, slots }): PlannedCommand[] => {
    const repeat = countSlots(slots);
    const first = String(slots[0]?.[0] ?? 0);
    const setSlot = (node: string, words: string[], phase: PlannedCommand['phase']): PlannedCommand => ({
      node,
      command: ['CLUSTER', 'SETSLOT', first, ...words],
      repeat,
      phase,
    });
    switch (verdict.kind) {
      case 'ask':
        return [];
      case 'finish':
        return [
          setSlot(verdict.to, ['IMPORTING', verdict.from], 'open'),
          { node: verdict.from, command: ['MIGRATE', '…'], repeat, phase: 'move' },
          setSlot(verdict.to, ['NODE', verdict.to], 'hand-over'),
        ];
      case 'gather': {
        const { owner } = verdict;
        const losers = sample.claimers.filter((id) => id !== owner);
        const holders = [...sample.holders.keys()].filter((id) => id !== owner);
        const marked = [...sample.migrating, ...sample.importing].map(({ node }) => node);
        return [
          ...losers.map((node) => ({
            node,
            command: ['CLUSTER', 'DELSLOTS', first],
            repeat,
            phase: 'assign' as const,
          })),
          ...(sample.claimers.includes(owner) ? [] : [setSlot(owner, ['NODE', owner], 'assign')]),
          ...holders.flatMap((node) => [
            setSlot(node, ['IMPORTING', owner], 'open'),
            { node, command: ['MIGRATE', '…'], repeat, phase: 'move' as const },
          ]),
          ...[...new Set([...marked, ...holders])].map((node) => setSlot(node, ['STABLE'], 'close')),
        ];
      }
    }
  });
}
