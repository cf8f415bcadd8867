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
  return weigh(claims, valueOf).map(({ value }) => ({
    value,
    observers: observersWho(claims, (line) => valueOf(line) === value),
  }));
}

/** The value of the largest camp; null when nobody says anything. */
export function mostSaid<T extends string | number>(
  claims: readonly Claim[],
  valueOf: (line: NodeLine) => T | null,
): T | null {
  return weigh(claims, valueOf)[0]?.value ?? null;
}

/** Whether there are two who say different things: most often not, and then nobody needs to be listed. */
export function hasTwoOpinions(claims: readonly Claim[], valueOf: (line: NodeLine) => string | number | null): boolean {
  const values = new Set(claims.map(({ line }) => valueOf(line)));
  values.delete(null);
  return values.size > 1;
}

/** Only counted: with hundreds of observers, gathering and sorting them for every field of every node is what takes the time. */
function weigh<T extends string | number>(
  claims: readonly Claim[],
  valueOf: (line: NodeLine) => T | null,
): { value: T; count: number; epoch: number }[] {
  const camps = new Map<T, { value: T; count: number; epoch: number }>();
  for (const { line, observers } of claims) {
    const value = valueOf(line);
    if (value === null) continue;
    const camp = camps.get(value);
    if (camp === undefined) camps.set(value, { value, count: observers.length, epoch: line.configEpoch });
    else {
      camp.count += observers.length;
      camp.epoch = Math.max(camp.epoch, line.configEpoch);
    }
  }
  if (camps.size === 1) return [...camps.values()];
  return [...camps.values()].sort(
    (a, b) => b.count - a.count || b.epoch - a.epoch || (String(a.value) < String(b.value) ? -1 : 1),
  );
}

/** Everybody whose claim fits, in order of id. */
export function observersWho(claims: readonly Claim[], fits: (line: NodeLine) => boolean): NodeId[] {
  return claims.flatMap((claim) => (fits(claim.line) ? claim.observers : [])).sort();
}
