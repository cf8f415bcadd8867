import type { History } from './history.ts';
import { intField, textField, type Remark } from './remark.ts';

export type PromotionHow = 'automatic' | 'manual' | 'forced' | 'takeover' | 'on-shutdown';

/** A replica that became primary. */
export interface Promotion {
  readonly node: string;
  readonly at: number;
  /** When it was asked for, or the first election for it began. */
  readonly from: number;
  readonly how: PromotionHow;
  readonly epoch: number | null;
  readonly old: { readonly primary: string; readonly because: Remark; readonly isCertain: boolean } | null;
  /** Its own words about it; empty when its log is not at hand. */
  readonly own: readonly Remark[];
  readonly granted: readonly Remark[];
  readonly denied: readonly Remark[];
  /** Elections that it started; all but the last were in vain. */
  readonly elections: readonly Remark[];
  /** Who tells of it besides. */
  readonly told: readonly Remark[];
}

/** A replica that wanted to become primary and did not. */
export interface VainAttempt {
  readonly node: string;
  readonly from: number;
  readonly to: number;
  readonly how: PromotionHow;
  readonly own: readonly Remark[];
  readonly denied: readonly Remark[];
  readonly granted: readonly Remark[];
}

const REQUESTS: Readonly<Record<string, PromotionHow>> = {
  'manual-failover-accepted': 'manual',
  'forced-failover-accepted': 'forced',
};
const OF_ELECTION = new Set([
  'election-delayed',
  'rank-updated',
  'primary-rank-updated',
  'best-rank',
  'best-rank-reached',
  'election-started',
  'failover-blocked',
  'votes-so-far',
  'election-overtaken',
  'election-reset-by-manual',
  'manual-offset-received',
  'manual-caught-up',
]);
/** A request is forgotten by the server after its time-out; nobody sets one longer than this. */
const REQUEST_MS = 60_000;
/** What belongs to one event is written within this time. */
const TOGETHER_MS = 2_000;
/** Attempts of one replica that are further apart are separate. */
const APART_MS = 120_000;

export function findPromotions(history: History): { promotions: Promotion[]; vain: VainAttempt[] } {
  const promotions: Promotion[] = [];
  const vain: VainAttempt[] = [];
  for (const node of history.nodes()) readOwn(history, node, promotions, vain);
  promotions.push(...fromOthers(history, promotions));
  return { promotions: promotions.sort((a, b) => a.at - b.at), vain: vain.sort((a, b) => a.from - b.from) };
}

function readOwn(history: History, node: string, promotions: Promotion[], vain: VainAttempt[]): void {
  const own = history.of(node);
  let pending: Remark[] = [];
  let how: PromotionHow = 'automatic';

  const giveUp = (): void => {
    const tried = pending.some(
      ({ code }) => code in REQUESTS || code === 'election-started' || code === 'failover-blocked',
    );
    const [first] = pending;
    const last = pending.at(-1);
    if (tried && first !== undefined && last !== undefined) {
      const votes = votesFor(history, node, first.at - TOGETHER_MS, last.at + TOGETHER_MS);
      vain.push({ node, from: first.at, to: last.at, how, own: pending, ...votes });
    }
    pending = [];
    how = 'automatic';
  };

  own.forEach((remark, i) => {
    const { code, at } = remark;
    const last = pending.at(-1);
    if (last !== undefined && at - last.at > APART_MS) giveUp();
    const asked = REQUESTS[code];
    if (code === 'process-starting' || code === 'became-replica') giveUp();
    else if (asked !== undefined) {
      // A person who asks during an election puts an end to it.
      how = asked === 'forced' && textOf(remark).startsWith('Forced failover primary request') ? 'on-shutdown' : asked;
      pending.push(remark);
    } else if (code === 'manual-failover-timed-out') {
      if (pending.length === 0) return;
      pending.push(remark);
      giveUp();
    } else if (OF_ELECTION.has(code)) pending.push(remark);
    else if (code === 'election-won' || code === 'takeover-accepted') {
      const request = pending.findLast((each) => each.code in REQUESTS);
      const isAsked = request !== undefined && at - request.at < REQUEST_MS;
      const kind: PromotionHow = code === 'takeover-accepted' ? 'takeover' : isAsked ? how : 'automatic';
      const after = own.slice(i + 1, i + 8).filter((each) => each.at - at <= TOGETHER_MS);
      promotions.push(makePromotion(history, node, kind, [...pending, remark], after));
      pending = [];
      how = 'automatic';
    }
  });
  giveUp();
}

const textOf = ({ evidence }: Remark): string => (evidence.from === 'log' ? evidence.text : '');

function makePromotion(
  history: History,
  node: string,
  how: PromotionHow,
  words: readonly Remark[],
  after: readonly Remark[],
): Promotion {
  const won = words.at(-1);
  const at = won?.at ?? 0;
  const elections = words.filter(({ code }) => code === 'election-started');
  const raised = after.find(
    ({ code }) => code === 'epoch-after-failover' || (how === 'takeover' && code === 'epoch-raised'),
  );
  const inShard = after.find(({ code }) => code === 'promoted-in-shard');
  const epoch = intOf(raised, 'epoch') ?? intOf(elections.at(-1), 'epoch');
  const own = [...words, ...[raised, inShard].filter((each) => each !== undefined)];
  const first = how === 'automatic' ? (words[0]?.at ?? at) : (words.findLast(({ code }) => code in REQUESTS)?.at ?? at);
  const votes = votesFor(history, node, (elections[0]?.at ?? first) - TOGETHER_MS, at + TOGETHER_MS);
  return {
    node,
    at,
    from: first,
    how,
    epoch,
    old: oldPrimaryOf(history, node, at, inShard ?? null),
    own,
    ...votes,
    elections,
    told: toldBy(history, node, at),
  };
}

const intOf = (remark: Remark | undefined, field: string): number | null =>
  remark === undefined ? null : intField(remark, field);

function votesFor(history: History, node: string, from: number, to: number): Pick<Promotion, 'granted' | 'denied'> {
  const about = history.remarks.filter(({ at, fields }) => at >= from && at <= to && fields['to'] === node);
  return {
    granted: about.filter(({ code }) => code === 'vote-granted'),
    denied: about.filter(({ code }) => code.startsWith('vote-denied')),
  };
}

/** What others write when they see that it is the primary now. */
function toldBy(history: History, node: string, at: number): Remark[] {
  return history.remarks.filter(
    ({ at: when, code, fields }) =>
      when >= at - TOGETHER_MS &&
      when <= at + 5 * TOGETHER_MS &&
      ((code === 'failover-seen' && fields['to'] === node) ||
        (code === 'became-replica' && fields['of'] === node) ||
        (code === 'seen-promoted' && fields['node'] === node)),
  );
}

/** In order of how sure the word is: its own, that of the one it replaced, that of others; and whom it followed when it was promoted. */
function oldPrimaryOf(history: History, node: string, at: number, inShard: Remark | null): Promotion['old'] {
  const said = inShard === null ? null : textField(inShard, 'oldPrimary');
  if (inShard !== null && said !== null) return { primary: said, because: inShard, isCertain: true };
  const near = history.remarks.filter((remark) => Math.abs(remark.at - at) < 5 * TOGETHER_MS);
  const asked = near.find(
    ({ code, fields, at: when }) =>
      code === 'manual-failover-requested' && fields['replica'] === node && when <= at + 100,
  );
  if (asked !== undefined) return { primary: asked.by, because: asked, isCertain: true };
  const seen = near.find(({ code, fields }) => code === 'failover-seen' && fields['to'] === node);
  const from = seen === undefined ? null : textField(seen, 'from');
  if (seen !== undefined && from !== null) return { primary: from, because: seen, isCertain: true };
  const followed = history.primaryAt(node, at - 1);
  if (followed !== null) return { primary: followed.primary, because: followed.remark, isCertain: false };
  const failed = history.remarks.filter(
    ({ code, at: when, fields }) =>
      (code === 'node-marked-failing' || code === 'fail-message-received') &&
      when <= at &&
      at - when < 5 * TOGETHER_MS &&
      history.roleAt(String(fields['node']), when) !== 'replica',
  );
  const nodes = new Set(failed.map(({ fields }) => String(fields['node'])));
  const [only] = nodes;
  const [because] = failed;
  return only !== undefined && because !== undefined && nodes.size === 1
    ? { primary: only, because, isCertain: false }
    : null;
}

/** Promotions of nodes whose own log is not at hand: voters and those who follow them tell of them. */
function fromOthers(history: History, known: readonly Promotion[]): Promotion[] {
  const found = new Map<string, Promotion>();
  for (const remark of history.remarks) {
    // That somebody follows it now is not enough: a primary that gave its last slot away does the same.
    const node = remark.code === 'vote-granted' || remark.code === 'failover-seen' ? textField(remark, 'to') : null;
    if (node === null || history.hasWord(node)) continue;
    if (known.some((each) => each.node === node && Math.abs(each.at - remark.at) < 5 * TOGETHER_MS)) continue;
    const epoch = intField(remark, 'epoch');
    const same = [...found.values()].find(
      (each) => each.node === node && (each.epoch === epoch || Math.abs(each.at - remark.at) < 5 * TOGETHER_MS),
    );
    if (same !== undefined) continue;
    if (isFirstWordOfRun(history, remark)) continue;
    const at = remark.at;
    const votes = votesFor(history, node, at - TOGETHER_MS, at + 2 * TOGETHER_MS);
    const told = toldBy(history, node, at);
    if (told.length === 0 && votes.granted.length < 2) continue;
    const asked = history.remarks.find(
      ({ code, fields, at: when }) =>
        code === 'manual-failover-requested' && fields['replica'] === node && Math.abs(when - at) < 5 * TOGETHER_MS,
    );
    found.set(`${node} ${at}`, {
      node,
      at: Math.max(at, votes.granted.at(-1)?.at ?? at),
      from: asked?.at ?? at,
      how: asked !== undefined ? 'manual' : votes.granted.length > 0 ? 'automatic' : 'takeover',
      epoch: intField(votes.granted[0] ?? remark, 'epoch'),
      old: oldPrimaryOf(history, node, at, null),
      own: [],
      ...votes,
      elections: [],
      told,
    });
  }
  return [...found.values()];
}

/** Somebody who starts anew finds out about failovers of long ago. */
function isFirstWordOfRun(history: History, remark: Remark): boolean {
  return history
    .runs(remark.by)
    .some(({ start }) => start !== null && remark.at - start.at >= 0 && remark.at - start.at < TOGETHER_MS);
}
