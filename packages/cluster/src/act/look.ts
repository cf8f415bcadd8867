import type { NodeId } from '@slotdeck/model/ids';
import { hasSlot, NO_SLOTS, type SlotRanges } from '@slotdeck/model/slot-ranges';
import type { ViewProblem } from '@slotdeck/model/topology';
import { clusterNodesCommand, readClusterNodes, type KnownLines } from '../commands/cluster-nodes.ts';
import type { NodeCallError } from '../connection/node-calls.ts';
import type { NodeLine } from '../observe/node-view.ts';
import type { ClusterMember } from './act-context.ts';
import type { CommandSender } from './command-sender.ts';

/** What one member says now. */
export type MemberView =
  | {
      readonly state: 'answered';
      readonly member: ClusterMember;
      readonly self: NodeLine;
      readonly lines: readonly NodeLine[];
    }
  | { readonly state: 'silent'; readonly member: ClusterMember; readonly problem: ViewProblem };

export type AnsweredView = Extract<MemberView, { state: 'answered' }>;

/** What every member says at about the same time. */
export interface Sight {
  readonly views: ReadonlyMap<NodeId, MemberView>;
}

/** Longest wait for one node's table; it is far below any node timeout, so a node that needs longer is in trouble. */
const LOOK_TIMEOUT_MS = 3_000;

/** Asks the members for their tables, all at once. A node that does not answer is part of the answer. */
export async function lookAt({ send }: Pick<CommandSender, 'send'>, members: readonly ClusterMember[]): Promise<Sight> {
  const known: KnownLines = new Map();
  const views = await Promise.all(
    members.map(async (member): Promise<MemberView> => {
      const [outcome] = await send(member, [clusterNodesCommand], { timeoutMs: LOOK_TIMEOUT_MS });
      if (outcome === undefined) throw new Error('a pipeline of one command came back empty');
      if (!outcome.ok) return { state: 'silent', member, problem: problemOf(outcome.error) };
      const table = readClusterNodes(outcome.reply, known);
      if (!table.ok) return { state: 'silent', member, problem: { code: 'broken-reply', seen: table.seen } };
      const self = table.value.find((line) => line.isMyself);
      // Another process at a known address is not the member we mean, whatever it says.
      if (self === undefined || self.id !== member.id) {
        return {
          state: 'silent',
          member,
          problem: { code: 'other-error', seen: `node ${self?.id ?? 'unknown'} answers at this address` },
        };
      }
      return { state: 'answered', member, self, lines: table.value };
    }),
  );
  return { views: new Map(views.map((view) => [view.member.id, view])) };
}

function problemOf({ failure }: NodeCallError): ViewProblem {
  return failure.kind === 'no-reply' ? failure.problem : { code: 'other-error', seen: failure.line };
}

export function answeredViews(sight: Sight): AnsweredView[] {
  return [...sight.views.values()].filter((view) => view.state === 'answered');
}

export function answeredView(sight: Sight, id: NodeId): AnsweredView | null {
  const view = sight.views.get(id);
  return view?.state === 'answered' ? view : null;
}

export function lineOf(view: AnsweredView, id: NodeId): NodeLine | undefined {
  return view.lines.find((line) => line.id === id);
}

/** What this view gives to a node. */
export function slotsInView(view: AnsweredView, id: NodeId): SlotRanges {
  return lineOf(view, id)?.slots ?? NO_SLOTS;
}

/** Slots of the set that a node has open itself, with the nodes they are open towards. */
export function openIn(
  view: AnsweredView,
  slots: SlotRanges,
): { migrating: ReadonlyMap<number, NodeId>; importing: ReadonlyMap<number, NodeId> } {
  return {
    migrating: new Map(
      view.self.migrating.flatMap(({ slot, to }) => (hasSlot(slots, slot) ? [[slot, to] as const] : [])),
    ),
    importing: new Map(
      view.self.importing.flatMap(({ slot, from }) => (hasSlot(slots, slot) ? [[slot, from] as const] : [])),
    ),
  };
}

/** Primaries that vote, as they answer. */
export function votingViews(sight: Sight): AnsweredView[] {
  return answeredViews(sight).filter((view) => view.self.role === 'primary' && view.self.slots.length > 0);
}

/** How many of the answering nodes call it failed (`fail`, not only suspected). */
export function failedIn(sight: Sight, id: NodeId): { by: number; of: number } {
  const others = answeredViews(sight).filter((view) => view.member.id !== id);
  return { by: others.filter((view) => lineOf(view, id)?.flags.includes('fail') === true).length, of: others.length };
}

export function replicasInSight(sight: Sight, primary: NodeId): NodeId[] {
  const own = answeredView(sight, primary);
  const said = own === null ? answeredViews(sight).flatMap((view) => view.lines) : own.lines;
  return [
    ...new Set(said.filter((line) => line.role === 'replica' && line.primaryId === primary).map((line) => line.id)),
  ];
}
