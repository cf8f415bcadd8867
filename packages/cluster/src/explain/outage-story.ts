import type { Statement } from '@slotdeck/model/incident';
import type { History } from './history.ts';
import type { Outage } from './outages.ts';
import { inferred, told, type Remark } from './remark.ts';

/** What is written around an outage and belongs to it, within this time of its first mark and its last clear. */
const AROUND_MS = 2_000;
const STATE = new Set(['cluster-state-changed', 'cluster-down']);

/** The story of a node that was declared failed: who saw it, what became of it, and what the cluster made of it. */
export function outageStory(history: History, outage: Outage): Statement[] {
  const { node, suspicions, marks, clears, cause, from, to } = outage;
  const until = to ?? history.until;
  const story = [...suspicions, ...marks, ...clears].map(told);
  for (const remark of history.remarks) {
    if (remark.at < from - AROUND_MS || remark.at > until + AROUND_MS) continue;
    if (STATE.has(remark.code)) story.push(told(remark));
  }
  const run = history.runs(node).findLast(({ first }) => first.at <= from);
  const next = history
    .runs(node)
    .find(({ start }) => start !== null && start.at > from - AROUND_MS && start.at <= until + AROUND_MS);
  const ends = run?.endRemark ?? null;
  switch (cause) {
    case 'stopped':
    case 'crashed':
      if (ends !== null) story.push(told(ends));
      break;
    case 'killed':
      story.push(
        inferred(
          'process-killed',
          node,
          some(run?.last, next?.start),
          { lastWordAt: run?.last.at ?? null },
          suspicions[0]?.at ?? from,
        ),
      );
      break;
    case 'cut-off':
      story.push(inferred('node-cut-off', node, outage.ownWords.slice(0, 3), {}, outage.ownWords[0]?.at ?? from));
      break;
    case 'silent':
      story.push(inferred('node-silent', node, some(run?.last), {}, from));
      break;
    case 'not-known':
      break;
  }
  if (next !== undefined) {
    if (next.start !== null) story.push(told(next.start));
    if (next.loaded === 'none' || next.loaded === 'no-keys')
      story.push(inferred('came-back-empty', node, some(next.start), {}, next.first.at));
  }
  return story;
}

/** What else would leave the same traces. */
export function otherCauses({ cause, node, marks }: Outage): Statement[] {
  const because = marks.slice(0, 1);
  switch (cause) {
    case 'silent':
      return [inferred('maybe-hung', node, because), inferred('maybe-cut-off', node, because)];
    case 'not-known':
      return [
        inferred('maybe-killed', node, because),
        inferred('maybe-hung', node, because),
        inferred('maybe-cut-off', node, because),
      ];
    case 'killed':
      return [inferred('maybe-machine-lost', node, because)];
    default:
      return [];
  }
}

/** In order of time; what has no moment of its own comes last. The same line is told once. */
export function inOrder(story: readonly Statement[]): Statement[] {
  const seen = new Set<string>();
  return story
    .filter((statement) => {
      const key = JSON.stringify([statement.code, statement.node, statement.at, statement.evidence]);
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    })
    .sort((a, b) => momentOf(a) - momentOf(b) || turnOf(a) - turnOf(b));
}

const momentOf = ({ at }: Statement): number => at ?? Number.POSITIVE_INFINITY;

/** Within one millisecond, or with clocks a little apart, what causes comes before what follows from it. */
const TURNS: readonly string[] = [
  'process-killed',
  'node-suspected',
  'node-reported-unreachable',
  'node-marked-failing',
  'fail-message-received',
  'manual-failover-accepted',
  'forced-failover-accepted',
  'manual-failover-requested',
  'manual-offset-received',
  'manual-caught-up',
  'best-rank',
  'election-delayed',
  'election-started',
  'vote-granted',
  'failover-blocked',
  'votes-so-far',
  'takeover-accepted',
  'election-won',
  'epoch-raised',
  'epoch-after-failover',
  'promoted-in-shard',
  'replaced-primary',
  'failover-seen',
  'process-starting',
  'became-replica',
  'fail-cleared',
];
const turnOf = ({ code }: Statement): number => {
  const turn = TURNS.indexOf(code);
  return turn < 0 ? TURNS.length : turn;
};

export function some(...remarks: readonly (Remark | null | undefined)[]): Remark[] {
  return remarks.filter((remark) => remark !== null && remark !== undefined);
}
