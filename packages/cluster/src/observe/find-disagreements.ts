import type { NodeId } from '@slotdeck/model/ids';
import type { Disagreement } from '@slotdeck/model/topology';
import { hasTwoOpinions, observersWho, weighOpinions, type Claim, type Opinion, type Subject } from './claims.ts';
import type { AnsweredView } from './membership.ts';
import type { NodeLine } from './node-view.ts';

/** Everything but slot ownership on which answering nodes differ; ownership is in `merge-slots.ts`. */
export function findDisagreements(
  views: readonly AnsweredView[],
  subjects: ReadonlyMap<NodeId, Subject>,
  unknownTo: (id: NodeId) => readonly NodeId[],
): Disagreement[] {
  const found: Disagreement[] = [];
  for (const { id, claims } of subjects.values()) {
    const settled = claims.filter(({ line }) => !line.flags.includes('handshake'));
    const compareBy = (about: Disagreement['about'], valueOf: (line: NodeLine) => string | number | null): void => {
      if (!hasTwoOpinions(settled, valueOf)) return;
      found.push({ about, subject: id, opinions: printOpinions(weighOpinions(settled, valueOf)) });
    };
    compareBy('role', (line) => (line.role === 'unknown' ? null : line.role));
    compareBy('primary', (line) => (line.role === 'replica' ? (line.primaryId ?? '-') : null));
    // A replica's line carries its primary's epoch, as far as the observer has heard of it.
    compareBy('config-epoch', (line) => (line.role === 'primary' ? line.configEpoch : null));
    compareBy('address', (line) => (line.host === '' ? null : `${line.host}:${line.port}`));
    const strangersTo = unknownTo(id);
    if (strangersTo.length > 0 && settled.length > 0) {
      found.push({ about: 'membership', subject: id, opinions: membershipOpinions(settled, strangersTo) });
    }
  }
  found.sort((a, b) => compare(a.about, b.about) || compare(a.subject ?? '', b.subject ?? ''));
  return [...clusterWide(views), ...found];
}

function membershipOpinions(claims: readonly Claim[], unknownTo: readonly NodeId[]): Disagreement['opinions'] {
  const opinions = [
    { value: 'known', observers: observersWho(claims, () => true) },
    { value: 'unknown', observers: [...unknownTo] },
  ];
  return opinions.sort((a, b) => b.observers.length - a.observers.length);
}

function clusterWide(views: readonly AnsweredView[]): Disagreement[] {
  const byState = campsOf(views, (view) => view.facts?.clusterState ?? null);
  const byEpoch = campsOf(views, (view) => view.facts?.currentEpoch?.toString() ?? null);
  const found: Disagreement[] = [];
  if (byState.length > 1) found.push({ about: 'cluster-state', subject: null, opinions: byState });
  if (byEpoch.length > 1) found.push({ about: 'current-epoch', subject: null, opinions: byEpoch });
  return found;
}

function campsOf(
  views: readonly AnsweredView[],
  valueOf: (view: AnsweredView) => string | null,
): Disagreement['opinions'] {
  const camps = new Map<string, NodeId[]>();
  for (const view of views) {
    const value = valueOf(view);
    if (value === null) continue;
    const camp = camps.get(value);
    if (camp === undefined) camps.set(value, [view.nodeId]);
    else camp.push(view.nodeId);
  }
  return [...camps]
    .map(([value, observers]) => ({ value, observers: observers.sort() }))
    .sort((a, b) => b.observers.length - a.observers.length || compare(a.value, b.value));
}

function printOpinions(opinions: readonly Opinion<string | number>[]): Disagreement['opinions'] {
  return opinions.map(({ value, observers }) => ({ value: String(value), observers: [...observers] }));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
