import type { NodeLog } from '../logs/read-log.ts';
import { nameAt, type LogOwner } from './whose-log.ts';

/** How far the clock (or the zone) of a log is ahead of that of the log which all are compared with. */
export interface ClockOffset {
  readonly log: string;
  readonly aheadMs: number;
  /** Pairs of lines of two logs that tell the same event, from which it was judged. */
  readonly pairs: number;
}

/** A message takes no longer than this from node to node, unless one of them hangs; zones differ by more. */
const LONGEST_DELAY_MS = 5_000;
/** Clocks that differ by less do not change the order of a story much, and the delay of messages is of that size. */
const WORTH_MS = 50;
const AGREE_MS = 500;
const NEVER_LATE_MS = 600_000;

interface Sent {
  readonly from: number;
  readonly to: number;
  /** What the clock of the receiver showed less that of the sender: their difference and the time on the way. */
  readonly diff: number;
}

/**
 * Judges the clocks by messages that two logs tell of: a vote and the election it was for, the word that a node has failed and its
 * arrival, the steps of a manual failover. A message never arrives before it was sent; the quickest ones of both directions bound the
 * difference. Without anything against it, clocks are taken to be right.
 */
export function judgeClocks(owners: readonly LogOwner[]): ClockOffset[] {
  const bounds = new Map<string, Bound>();
  const pairs = owners.map(() => 0);
  for (const { from, to, diff } of findMessages(owners)) {
    const key = `${from} ${to}`;
    const { quickest, next } = bounds.get(key) ?? NO_BOUND;
    bounds.set(key, { quickest: Math.min(diff, quickest), next: Math.max(quickest, Math.min(diff, next)) });
    pairs[from] = (pairs[from] ?? 0) + 1;
    pairs[to] = (pairs[to] ?? 0) + 1;
  }
  const ahead = owners.map((): number | null => null);
  for (;;) {
    // The log that most others can be compared with is the measure; a log that prints its offset before those that do not.
    const start = ahead
      .map((known, i) => ({ i, known, worth: (pairs[i] ?? 0) + (isAbsolute(owners[i]?.log) ? 1_000_000 : 0) }))
      .filter(({ known }) => known === null)
      .sort((a, b) => b.worth - a.worth)[0];
    if (start === undefined) break;
    ahead[start.i] = 0;
    spread(start.i);
  }
  return owners.map(({ log }, i) => ({ log: log.name, aheadMs: ahead[i] ?? 0, pairs: pairs[i] ?? 0 }));

  function spread(from: number): void {
    const queue = [from];
    for (let i = queue.shift(); i !== undefined; i = queue.shift()) {
      for (const j of owners.keys()) {
        if (ahead[j] !== null) continue;
        const there = bounds.get(`${i} ${j}`);
        const back = bounds.get(`${j} ${i}`);
        if (there === undefined && back === undefined) continue;
        ahead[j] = (ahead[i] ?? 0) + differenceOf(there, back);
        queue.push(j);
      }
    }
  }
}

/** The two smallest differences in one direction. */
interface Bound {
  readonly quickest: number;
  readonly next: number;
}
const NO_BOUND: Bound = { quickest: Number.POSITIVE_INFINITY, next: Number.POSITIVE_INFINITY };

/**
 * How far the receiver of `there` is ahead. A node that hung or was cut off reads messages long after they were sent: a large
 * difference in one direction only counts when two messages agree on it, or when no message is ever that late.
 */
function differenceOf(there: Bound | undefined, back: Bound | undefined): number {
  if (there !== undefined && back !== undefined) {
    const [most, least] = [there.quickest, -back.quickest];
    if (least <= WORTH_MS && most >= -WORTH_MS) return 0;
    return Math.round((most + least) / 2);
  }
  if (there !== undefined) return isSkew(there) ? there.quickest : 0;
  return back !== undefined && isSkew(back) ? -back.quickest : 0;
}

function isSkew({ quickest, next }: Bound): boolean {
  const agree = next - quickest < AGREE_MS;
  // Before it was sent: by the clocks, or because two lines do not belong together.
  if (quickest < -WORTH_MS) return agree || quickest > -LONGEST_DELAY_MS || quickest < -NEVER_LATE_MS;
  return (quickest > LONGEST_DELAY_MS && agree) || quickest > NEVER_LATE_MS;
}

function isAbsolute(log: NodeLog | undefined): boolean {
  return log?.remarks.some((remark) => remark.isAbsolute) ?? false;
}

type Seen = { readonly log: number; readonly at: number; readonly key: string };

type Step = 'started' | 'granted' | 'marked' | 'heard' | 'accepted' | 'requested' | 'offset';

function findMessages(owners: readonly LogOwner[]): Sent[] {
  const seen: Record<Step, Seen[]> = {
    started: [],
    granted: [],
    marked: [],
    heard: [],
    accepted: [],
    requested: [],
    offset: [],
  };
  owners.forEach((owner, log) => {
    for (const { message, at, line } of owner.log.remarks) {
      const me = nameAt(owner, line);
      const { fields } = message;
      const note = (list: Seen[], ...key: unknown[]): void => void list.push({ log, at, key: key.join(' ') });
      if (message.code === 'election-started') note(seen.started, me, fields['epoch']);
      else if (message.code === 'vote-granted') note(seen.granted, fields['to'], fields['epoch']);
      else if (message.code === 'node-marked-failing') note(seen.marked, me, fields['node']);
      else if (message.code === 'fail-message-received') note(seen.heard, fields['from'], fields['node']);
      else if (message.code === 'manual-failover-accepted') note(seen.accepted, me);
      else if (message.code === 'manual-failover-requested') note(seen.requested, fields['replica']);
      else if (message.code === 'manual-offset-received') note(seen.offset, me);
    }
  });
  return [
    ...inTurn(seen.started, seen.granted),
    ...inTurn(seen.marked, seen.heard),
    ...inTurn(seen.accepted, seen.requested),
    ...inTurn(seen.requested, seen.offset),
  ];
}

/** The first that was sent belongs to the first that arrived in each log, and so on; logs that tell different numbers of them are left out. */
function inTurn(sent: readonly Seen[], arrived: readonly Seen[]): Sent[] {
  const group = (list: readonly Seen[]): Map<string, Seen[]> => {
    const groups = new Map<string, Seen[]>();
    for (const each of list) {
      const key = `${each.log}|${each.key}`;
      groups.set(key, [...(groups.get(key) ?? []), each]);
    }
    return groups;
  };
  const senders = group(sent);
  const messages: Sent[] = [];
  for (const there of group(arrived).values()) {
    for (const here of senders.values()) {
      const [first] = here;
      if (first === undefined || first.key !== there[0]?.key || first.log === there[0].log) continue;
      if (here.length !== there.length) continue;
      here.forEach((each, i) => {
        const other = there[i];
        if (other !== undefined) messages.push({ from: each.log, to: other.log, diff: other.at - each.at });
      });
    }
  }
  return messages;
}
