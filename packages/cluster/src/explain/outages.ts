import type { History } from './history.ts';
import type { Remark } from './remark.ts';

/** From the moment a node was declared failed until everybody who had done so took it back. */
export interface Outage {
  readonly node: string;
  /** The first who declared it failed. */
  readonly from: number;
  /** Null: nobody took it back. */
  readonly to: number | null;
  readonly suspicions: readonly Remark[];
  readonly marks: readonly Remark[];
  readonly clears: readonly Remark[];
  /** Its own words while others held it for failed, before they took it back: it lived. */
  readonly ownWords: readonly Remark[];
  readonly cause: OutageCause;
}

/**
 * `stopped`, `crashed`, `killed`: its process ended, in order, with a crash report, or without a word · `cut-off`: it went on writing
 * while the others did not hear it · `silent`: the same process was there before and after and wrote nothing meanwhile; it hung, was
 * stopped, or was cut off · `not-known`: its log is not at hand, or ends there.
 */
export type OutageCause = 'stopped' | 'crashed' | 'killed' | 'cut-off' | 'silent' | 'not-known';

const MARKS = new Set(['node-marked-failing', 'fail-message-received', 'seen-failed']);
const CLEARS = new Set(['fail-cleared', 'fail-cleared-unserved', 'seen-back']);
const SUSPICIONS = new Set(['node-suspected', 'node-reported-unreachable', 'seen-suspected']);
/** Marks that come this long after a node was taken back by somebody begin an outage of their own. */
const AGAIN_MS = 1_000;
/** How long before the mark the first suspicion may be: longer than the node timeout of any cluster that fails over. */
const SUSPICION_MS = 30_000;

const endOf = ({ clears, from }: Open): number => clears.at(-1)?.at ?? from;

/** Suspicions that lead up to a mark come close after one another; one of long before was dropped again. */
const LEADING_MS = 5_000;

function leadingUp(suspicions: readonly Remark[], mark: number): Remark[] {
  let next = mark;
  const first = suspicions.findLastIndex(({ at }) => {
    const isApart = next - at > LEADING_MS;
    next = isApart ? next : at;
    return isApart;
  });
  return suspicions.slice(first + 1);
}

/** Whoever reports another one may be told of by a third. */
function suspecterOf({ by, fields }: Remark): string {
  const reporter = fields['reporter'];
  return typeof reporter === 'string' ? reporter : by;
}

/** Whoever is cut off suspects everybody else. */
function isOut(closed: readonly { node: string; outage: Open }[], node: string, at: number): boolean {
  return closed.some(
    (each) =>
      each.node === node && at > each.outage.from - LOSING_SIGHT_MS && at < endOf(each.outage) + LOSING_SIGHT_MS,
  );
}

type Open = { from: number; marks: Remark[]; clears: Remark[] };

export function findOutages(history: History): Outage[] {
  const open = new Map<string, Open>();
  const closed: { node: string; outage: Open }[] = [];
  const suspicions = new Map<string, Remark[]>();
  for (const remark of history.remarks) {
    const node = remark.fields['node'];
    if (typeof node !== 'string') continue;
    if (SUSPICIONS.has(remark.code)) suspicions.set(node, [...(suspicions.get(node) ?? []), remark]);
    const current = open.get(node);
    if (MARKS.has(remark.code)) {
      const lastClear = current?.clears.at(-1);
      if (current === undefined || (lastClear !== undefined && remark.at - lastClear.at > AGAIN_MS)) {
        if (current !== undefined) closed.push({ node, outage: current });
        open.set(node, { from: remark.at, marks: [remark], clears: [] });
      } else current.marks.push(remark);
    } else if (CLEARS.has(remark.code)) current?.clears.push(remark);
  }
  for (const [node, outage] of open) closed.push({ node, outage });
  return closed
    .map(({ node, outage }): Outage => {
      const to = outage.clears.at(-1)?.at ?? null;
      // What was suspected before an earlier outage belongs to that one.
      const earlier = closed.filter((each) => each.node === node && each.outage.from < outage.from);
      const since = Math.max(outage.from - SUSPICION_MS, ...earlier.map((each) => endOf(each.outage)));
      const early = leadingUp(
        (suspicions.get(node) ?? []).filter(
          (remark) => remark.at <= outage.from && remark.at > since && !isOut(closed, suspecterOf(remark), remark.at),
        ),
        outage.from,
      );
      const lived = ownWords(history, node, outage);
      return {
        node,
        from: outage.from,
        to,
        suspicions: early,
        marks: outage.marks,
        clears: outage.clears,
        ownWords: lived,
        cause: causeOf(history, node, outage, lived),
      };
    })
    .sort((a, b) => a.from - b.from);
}

/**
 * What it wrote well before anybody heard it again. A process that was stopped wakes up and writes before the first of the others
 * takes it back, so the second half of the outage does not count.
 */
function ownWords(history: History, node: string, { from, clears }: Open): Remark[] {
  const back = clears[0]?.at ?? history.until;
  const middle = from + (back - from) / 2;
  const run = history.runs(node).find(({ last, first }) => first.at <= from && last.at >= from);
  if (run === undefined) return [];
  return history.of(node).filter((remark) => {
    const { at, role } = remark;
    if (role === 'child' || at >= middle || at > run.last.at) return false;
    return at > from || (at > from - LOSING_SIGHT_MS && losesSight(history, remark));
  });
}

/** Both sides of a cut run into their time-outs at about the same time. */
const LOSING_SIGHT_MS = 2_000;

/** It says that the cluster is down, which few others say at that time: it is them that it does not hear. */
function losesSight(history: History, { code, fields, at, by }: Remark): boolean {
  const isDown = (remark: Pick<Remark, 'code' | 'fields'>): boolean =>
    remark.code === 'cluster-down' || (remark.code === 'cluster-state-changed' && remark.fields['state'] === 'fail');
  if (!isDown({ code, fields })) return false;
  const also = history.remarks.filter(
    (each) => each.by !== by && Math.abs(each.at - at) < LOSING_SIGHT_MS && isDown(each),
  );
  return new Set(also.map((each) => each.by)).size < history.nodes().length / 2;
}

function causeOf(history: History, node: string, outage: Open, lived: readonly Remark[]): OutageCause {
  const runs = history.runs(node);
  const before = runs.findLast(({ first }) => first.at <= outage.from);
  if (before === undefined) return 'not-known';
  const isOver = before.last.at <= outage.from + AGAIN_MS;
  if (isOver && before.end === 'in-order') return 'stopped';
  if (isOver && before.end === 'crashed') return 'crashed';
  // Another process followed the last word of the one that failed.
  if (isOver && before.end === 'without-a-word') return 'killed';
  if (lived.length > 0) return 'cut-off';
  return before.last.at > outage.from ? 'silent' : 'not-known';
}
