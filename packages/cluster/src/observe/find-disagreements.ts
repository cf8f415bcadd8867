import type { NodeId } from '@slotdeck/model/ids';
import type { Disagreement } from '@slotdeck/model/topology';
import { observersWho, weighOpinions, type Claim, type Opinion, type Subject } from './claims.ts';
import type { AnsweredView } from './membership.ts';

/** Everything but slot ownership on which answering nodes differ; ownership is in `merge-slots.ts`. */
export function findDisagreements(
  views: readonly AnsweredView[],
  subjects: ReadonlyMap<NodeId, Subject>,
  unknownTo: (id: NodeId) => readonly NodeId[],
): Disagreement[] {
  const found: Disagreement[] = [];
  for (const { id, claims } of subjects.values()) {
    const settled = claims.filter(({ line }) => !line.flags.includes('handshake'));
    const add = (about: Disagreement['about'], opinions: readonly Opinion<string | number>[]): void => {
      if (opinions.length > 1) found.push({ about, subject: id, opinions: printOpinions(opinions) });
    };
    add(
      'role',
      weighOpinions(settled, (line) => (line.role === 'unknown' ? null : line.role)),
    );
    add(
      'primary',
      weighOpinions(settled, (line) => (line.role === 'replica' ? (line.primaryId ?? '-') : null)),
    );
    // A replica's line carries its primary's epoch, as far as the observer has heard of it.
    add(
      'config-epoch',
      weighOpinions(settled, (line) => (line.role === 'primary' ? line.configEpoch : null)),
    );
    add(
      'address',
      weighOpinions(settled, (line) => (line.host === '' ? null : `${line.host}:${line.port}`)),
    );
    add('membership', membershipOpinions(settled, unknownTo(id)));
  }
  found.sort((a, b) => compare(a.about, b.about) || compare(a.subject ?? '', b.subject ?? ''));
  return [...clusterWide(views), ...found];
}

function membershipOpinions(claims: readonly Claim[], unknownTo: readonly NodeId[]): Opinion<string>[] {
  const knownTo = observersWho(claims, () => true);
  if (unknownTo.length === 0 || knownTo.length === 0) return [];
  const opinions = [
    { value: 'known', observers: knownTo },
    { value: 'unknown', observers: unknownTo },
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
