import type { Clock } from '@slotdeck/model/clock';
import type { NodeId } from '@slotdeck/model/ids';
import type { SlotRanges } from '@slotdeck/model/slot-ranges';
import type { ServerVersion, ViewProblem } from '@slotdeck/model/topology';
import { printAddress } from '../connection/node-address.ts';
import type { NodeAddress, NodeCalls } from '../connection/node-calls.ts';
import { resolveHost } from '../connection/resolve-host.ts';
import { askNode } from './ask-node.ts';
import type { NodeView } from './node-view.ts';

/** What stands at an address that is to become a node of a cluster. */
export type Candidate =
  | {
      readonly state: 'answered';
      readonly address: NodeAddress;
      readonly id: NodeId;
      readonly server: ServerVersion | null;
      readonly role: 'primary' | 'replica' | 'unknown';
      /** Slots it claims, before anybody gave it any. */
      readonly slots: SlotRanges;
      /** Other nodes it lists. */
      readonly knows: readonly NodeId[];
      /** Over all databases; null where it did not say. */
      readonly keys: number | null;
      readonly configEpoch: number;
      readonly zone: string | null;
      /** Function libraries; null where it did not say or knows none (before Redis 7.0). */
      readonly libraries: number | null;
    }
  | { readonly state: 'silent'; readonly address: NodeAddress; readonly problem: ViewProblem }
  /** A name with several addresses at which different nodes answer: which one is meant is not known. */
  | { readonly state: 'ambiguous'; readonly address: NodeAddress; readonly answers: readonly string[] };

/** Asks what stands at an address. A name that leads to several places is asked at each; the first that answers stands for all. */
export async function lookAtCandidate(
  calls: NodeCalls,
  clock: Pick<Clock, 'now' | 'monotonic'>,
  address: NodeAddress,
): Promise<Candidate> {
  const places = await resolveHost(address.host);
  // A single place is dialled by its name, which is what a certificate is made out to.
  const asked = places.length > 1 ? places.map((host) => ({ host, port: address.port })) : [address];
  const views = await Promise.all(asked.map((place) => askNode(calls, clock, place, { depth: 'full' })));
  const answered = views.filter((view) => view.state === 'answered');
  const [first] = answered;
  if (first === undefined) return silent(address, views);
  if (new Set(answered.map(({ nodeId }) => nodeId)).size > 1) {
    return {
      state: 'ambiguous',
      address,
      answers: answered.map((view) => `${printAddress(view.address)} (${view.nodeId})`),
    };
  }
  return describe(first, await countLibraries(calls, first.address));
}

function silent(address: NodeAddress, views: readonly NodeView[]): Candidate {
  const problem = views.flatMap((view) => (view.state === 'silent' ? [view.problem] : []))[0];
  return { state: 'silent', address, problem: problem ?? { code: 'other-error', seen: 'nothing was asked' } };
}

function describe(view: Extract<NodeView, { state: 'answered' }>, libraries: number | null): Candidate {
  const own = view.lines.find((line) => line.isMyself);
  return {
    state: 'answered',
    address: view.address,
    id: view.nodeId,
    server: view.facts?.server ?? null,
    role: own?.role ?? 'unknown',
    slots: own?.slots ?? [],
    knows: view.lines.filter((line) => !line.isMyself).map((line) => line.id),
    keys: view.facts?.keys ?? null,
    configEpoch: own?.configEpoch ?? 0,
    zone: view.facts?.zone ?? null,
    libraries,
  };
}

async function countLibraries(calls: NodeCalls, address: NodeAddress): Promise<number | null> {
  const [outcome] = await calls.pipeline(address, [['FUNCTION', 'LIST']]);
  return outcome?.ok === true && Array.isArray(outcome.reply) ? outcome.reply.length : null;
}
