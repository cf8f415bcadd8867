import type { NodeId } from '@slotdeck/model/ids';
import type { AnsweredView } from './membership.ts';
import type { NodeLine } from './node-view.ts';

/** One way in which a node is described, and who describes it so. */
export interface Claim {
  readonly line: NodeLine;
  readonly observers: readonly NodeId[];
}

/** All that is said about one node. */
export interface Subject {
  readonly id: NodeId;
  readonly claims: readonly Claim[];
  /** What it says of itself, when it answered. */
  readonly own: NodeLine | null;
}

/** A value with those who say it; the list of them has the largest camp first. */
export interface Opinion<T> {
  readonly value: T;
  readonly observers: readonly NodeId[];
}

/**
 * Who says what of whom. Equal lines are one object when they come from one observer (see `KnownLines`), so this is one step per
 * line and everything after it works on few distinct claims.
 */
export function collectClaims(views: readonly AnsweredView[]): Map<NodeId, Subject> {
  const claims = new Map<NodeLine, NodeId[]>();
  const own = new Map<NodeId, NodeLine>();
  for (const view of views) {
    for (const line of view.lines) {
      const observers = claims.get(line);
      if (observers === undefined) claims.set(line, [view.nodeId]);
      else observers.push(view.nodeId);
      if (line.isMyself) own.set(line.id, line);
    }
  }
  const established = new Set<string>();
  for (const { host, port, flags } of claims.keys())
    if (!flags.includes('handshake')) established.add(`${host} ${port}`);
  const subjects = new Map<NodeId, Subject & { claims: Claim[] }>();
  for (const [line, observers] of claims) {
    // A handshake with a node that others know already runs under a random id: it is the same node, not one more.
    if (line.flags.includes('handshake') && !line.isMyself && established.has(`${line.host} ${line.port}`)) continue;
    const subject = subjects.get(line.id);
    if (subject === undefined)
      subjects.set(line.id, { id: line.id, claims: [{ line, observers }], own: own.get(line.id) ?? null });
    else subject.claims.push({ line, observers });
  }
  return subjects;
}

/** What is said, by value; `null` leaves a claim out. Largest camp first, then the newer config epoch, then by text. */
export function weighOpinions<T extends string | number>(
  claims: readonly Claim[],
  valueOf: (line: NodeLine) => T | null,
): Opinion<T>[] {
  const camps = new Map<T, { observers: NodeId[]; epoch: number }>();
  for (const { line, observers } of claims) {
    const value = valueOf(line);
    if (value === null) continue;
    const camp = camps.get(value);
    if (camp === undefined) camps.set(value, { observers: [...observers], epoch: line.configEpoch });
    else {
      camp.observers.push(...observers);
      camp.epoch = Math.max(camp.epoch, line.configEpoch);
    }
  }
  return [...camps]
    .toSorted(
      ([left, a], [right, b]) =>
        b.observers.length - a.observers.length || b.epoch - a.epoch || (String(left) < String(right) ? -1 : 1),
    )
    .map(([value, { observers }]) => ({ value, observers: observers.sort() }));
}

/** Everybody whose claim fits, in order of id. */
export function observersWho(claims: readonly Claim[], fits: (line: NodeLine) => boolean): NodeId[] {
  return claims.flatMap((claim) => (fits(claim.line) ? claim.observers : [])).sort();
}
