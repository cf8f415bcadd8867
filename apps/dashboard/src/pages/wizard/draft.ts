import { z } from 'zod';
import { PlanId } from '@slotdeck/model/ids';
import { Pace } from '@slotdeck/model/pace';
import { SlotDriver } from '@slotdeck/model/plan';
import type { ReshardParams } from '@slotdeck/model/plan-params';
import {
  countSlots,
  intersectSlots,
  parseSlotRanges,
  printSlotRanges,
  type SlotRanges,
} from '@slotdeck/model/slot-ranges';
import type { Topology, TopologyNode } from '@slotdeck/model/topology';

/**
 * The wizard's draft. All of it stands in the URL's search, so that a draft survives a reload and can be sent to a colleague;
 * it becomes a request in one place, `requestOf`.
 */
export const STEPS = ['what', 'where', 'checks', 'review'] as const;
export type Step = (typeof STEPS)[number];

/** How the slots are named: by number, or only how many. */
export type How = 'named' | 'count';

export interface Draft {
  readonly how: How;
  /** As typed, `0-99,200`. */
  readonly slots: string;
  /** As typed. */
  readonly count: string;
  /** Node ids; empty: every primary that owns slots. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly step: Step;
  /** The plan that Checks made or that a link names; null before. */
  readonly plan: PlanId | null;
  readonly pace: Pace;
  readonly driver: SlotDriver;
  /** Slots with large keys stay where they are. */
  readonly leavesLarge: boolean;
}

/** What may stand in the URL. A value that makes no sense is left out rather than refused: half a draft is still a draft. */
export const DraftSearch = z.object({
  slots: z.coerce.string().optional().catch(undefined),
  count: z.coerce.string().optional().catch(undefined),
  from: z.string().optional().catch(undefined),
  to: z.string().optional().catch(undefined),
  step: z.enum(STEPS).optional().catch(undefined),
  plan: PlanId.optional().catch(undefined),
  pace: Pace.optional().catch(undefined),
  driver: SlotDriver.optional().catch(undefined),
  largeKeys: z.enum(['move', 'leave']).optional().catch(undefined),
});
export type DraftSearch = z.infer<typeof DraftSearch>;

const nodeList = (text: string | undefined): string[] =>
  text === undefined || text === 'all' ? [] : text.split(',').filter((id) => id !== '');

export function draftOf(search: DraftSearch): Draft {
  return {
    how: search.count !== undefined && search.slots === undefined ? 'count' : 'named',
    slots: search.slots ?? '',
    count: search.count ?? '',
    from: nodeList(search.from),
    to: nodeList(search.to),
    step: search.step ?? (search.plan === undefined ? 'what' : 'review'),
    plan: search.plan ?? null,
    pace: search.pace ?? 'balanced',
    driver: search.driver ?? 'classic',
    leavesLarge: search.largeKeys === 'leave',
  };
}

export function searchOf(draft: Draft): DraftSearch {
  return {
    ...(draft.how === 'named' ? { slots: draft.slots } : { count: draft.count }),
    ...(draft.from.length === 0 ? {} : { from: draft.from.join(',') }),
    ...(draft.to.length === 0 ? {} : { to: draft.to.join(',') }),
    step: draft.step,
    ...(draft.plan === null ? {} : { plan: draft.plan }),
    ...(draft.pace === 'balanced' ? {} : { pace: draft.pace }),
    ...(draft.driver === 'classic' ? {} : { driver: draft.driver }),
    ...(draft.leavesLarge ? { largeKeys: 'leave' } : {}),
  };
}

/** Why a step cannot be left yet. Codes are worded by the wizard's catalogue. */
export type DraftProblem =
  | { code: 'no-slots-named' }
  | { code: 'not-a-slot' | 'out-of-range' | 'reversed'; part: string }
  | { code: 'no-count' }
  | { code: 'count-not-a-number'; part: string }
  | { code: 'count-too-large'; available: number }
  | { code: 'no-target' }
  | { code: 'node-gone'; node: string }
  | { code: 'target-not-possible'; node: string; why: Exclude<NotATarget, null> }
  | { code: 'all-there-already' };

export type NotATarget = 'replica' | 'role-unknown' | 'failed' | 'no-answer' | 'is-source' | 'owns-them-all' | null;

export function namedSlots(draft: Draft): SlotRanges {
  const parsed = parseSlotRanges(draft.slots);
  return parsed.ok ? parsed.slots : [];
}

/** Digits, with the grouping people paste along. */
function readCount(text: string): number | null {
  const digits = text.replace(/[\s,_]/g, '');
  return /^\d{1,6}$/.test(digits) ? Number(digits) : null;
}

/** Primaries that own slots and so can give some. */
export function sourcesOf(topology: Topology): TopologyNode[] {
  return topology.nodes.filter((node) => node.role === 'primary' && node.slots.length > 0);
}

export function whatProblem(draft: Draft, topology: Topology): DraftProblem | null {
  if (draft.how === 'named') {
    const parsed = parseSlotRanges(draft.slots);
    if (parsed.ok) return null;
    return parsed.code === 'empty' ? { code: 'no-slots-named' } : { code: parsed.code, part: parsed.part };
  }
  const gone = draft.from.find((id) => !topology.nodes.some((node) => node.id === id));
  if (gone !== undefined) return { code: 'node-gone', node: gone };
  if (draft.count.trim() === '') return { code: 'no-count' };
  const count = readCount(draft.count);
  if (count === null || count < 1) return { code: 'count-not-a-number', part: draft.count };
  const available = availableSlots(draft, topology);
  return count > available ? { code: 'count-too-large', available } : null;
}

/** How many slots the chosen sources hold. */
export function availableSlots(draft: Draft, topology: Topology): number {
  return sourcesOf(topology)
    .filter((node) => draft.from.length === 0 || draft.from.includes(node.id))
    .reduce((sum, node) => sum + countSlots(node.slots), 0);
}

export function whereProblem(draft: Draft, topology: Topology): DraftProblem | null {
  if (draft.to.length === 0) return { code: 'no-target' };
  for (const id of draft.to) {
    const node = topology.nodes.find((each) => each.id === id);
    if (node === undefined) return { code: 'node-gone', node: id };
    const why = notATarget(node, draft);
    if (why === 'owns-them-all') return { code: 'all-there-already' };
    if (why !== null) return { code: 'target-not-possible', node: node.name, why };
  }
  return null;
}

/** Why a node cannot take the slots; null when it can. The server judges again: this only spares a click. */
export function notATarget(node: TopologyNode, draft: Draft): NotATarget {
  if (node.role === 'replica') return 'replica';
  if (node.role === 'unknown') return 'role-unknown';
  if (node.health === 'failed') return 'failed';
  if (node.view.state === 'silent') return 'no-answer';
  if (draft.how === 'count' && draft.from.includes(node.id)) return 'is-source';
  const named = draft.how === 'named' ? namedSlots(draft) : [];
  if (named.length > 0 && countSlots(intersectSlots(named, node.slots)) === countSlots(named)) return 'owns-them-all';
  return null;
}

export type PlanRequestDraft = { ok: true; params: ReshardParams } | { ok: false; problem: DraftProblem; step: Step };

/** The draft as the server wants it, or the step at which something is missing. */
export function requestOf(draft: Draft, topology: Topology): PlanRequestDraft {
  const what = whatProblem(draft, topology);
  if (what !== null) return { ok: false, problem: what, step: 'what' };
  const where = whereProblem(draft, topology);
  if (where !== null) return { ok: false, problem: where, step: 'where' };
  const from = draft.how === 'named' || draft.from.length === 0 ? ['all'] : [...draft.from];
  const ends = {
    from,
    to: [...draft.to],
    ...(draft.driver === 'classic' ? {} : { driver: draft.driver }),
    ...(draft.leavesLarge ? { largeKeys: 'leave' as const } : {}),
  };
  if (draft.how === 'named') return { ok: true, params: { slots: printSlotRanges(namedSlots(draft)), ...ends } };
  return { ok: true, params: { count: readCount(draft.count) ?? 0, ...ends } };
}

/** The steps one may go to: each needs those before it to be in order. */
export function furthestStep(draft: Draft, topology: Topology): Step {
  if (draft.plan !== null) return 'review';
  if (whatProblem(draft, topology) !== null) return 'what';
  return whereProblem(draft, topology) !== null ? 'where' : 'checks';
}

/** The draft after a change of what moves or where to: a plan made from the old answers is no longer its plan. */
export function changeDraft(draft: Draft, change: Partial<Omit<Draft, 'plan' | 'step'>>): Draft {
  const changed: Draft = { ...draft, ...change };
  const onlyPace = Object.keys(change).every((key) => key === 'pace');
  return onlyPace ? changed : { ...changed, plan: null };
}
