import type { Incident } from '@slotdeck/model/incident';
import type { NodeLog } from '../logs/read-log.ts';
import type { ClockOffset } from './clock-skew.ts';
import { failoverIncident, vainIncident } from './failover-incidents.ts';
import { makeHistory, type History } from './history.ts';
import { remarksOfLogs } from './log-remarks.ts';
import { lossIncident, mergeFlapping, partitionIncident } from './outage-incidents.ts';
import { findOutages, type Outage } from './outages.ts';
import { findPromotions, type Promotion, type VainAttempt } from './promotions.ts';
import type { Remark } from './remark.ts';
import { findSmallIncidents } from './small-incidents.ts';
import type { LogOwner } from './whose-log.ts';

export interface LogStory {
  readonly incidents: readonly Incident[];
  readonly owners: readonly LogOwner[];
  readonly clocks: readonly ClockOffset[];
  /** The span of all remarks, epoch ms by the corrected clocks; null when there is none. */
  readonly from: number | null;
  readonly to: number | null;
}

/** What happened to a cluster, from the logs of some or all of its nodes and nothing else. */
export function explainLogs(logs: readonly NodeLog[]): LogStory {
  const { remarks, owners, clocks, byPort } = remarksOfLogs(logs);
  const incidents = explainRemarks(remarks, byPort);
  return { incidents, owners, clocks, from: remarks[0]?.at ?? null, to: remarks.at(-1)?.at ?? null };
}

/** @param remarks in order of time */
export function explainRemarks(
  remarks: readonly Remark[],
  byPort: ReadonlyMap<number, string> = new Map(),
): Incident[] {
  const history = makeHistory(remarks, byPort);
  const outages = findOutages(history);
  const { promotions, vain } = findPromotions(history);
  const incidents = groupOutages(history, outages, promotions, vain);
  const small = findSmallIncidents(history, outages, promotions);
  return [...incidents, ...small].sort((a, b) => a.from - b.from || (a.id < b.id ? -1 : 1));
}

/** A node that others have just taken back may still be replaced by those who have not heard of it. */
const LATE_MS = 3_000;
/** Two nodes that are cut off together are declared failed within this time of each other. */
const TOGETHER_MS = 5_000;

function groupOutages(
  history: History,
  outages: readonly Outage[],
  promotions: readonly Promotion[],
  vain: readonly VainAttempt[],
): Incident[] {
  const left = new Set(promotions);
  const vainLeft = new Set(vain);
  const heirs = new Map<Outage, Promotion>();
  for (const promotion of promotions) {
    const outage = promotion.how === 'manual' ? undefined : outages.findLast((each) => isAnsweredBy(each, promotion));
    if (outage === undefined || heirs.has(outage)) continue;
    heirs.set(outage, promotion);
    left.delete(promotion);
  }
  const vainOf = (outage: Outage): VainAttempt[] => {
    const own = [...vainLeft].filter(
      ({ node, from, to, how }) =>
        how === 'automatic' &&
        to >= outage.from - 500 &&
        from <= (outage.to ?? history.until) + TOGETHER_MS &&
        follows(history, node, outage.node, from),
    );
    for (const each of own) vainLeft.delete(each);
    return own;
  };
  const told = outages.map((outage) => ({ outage, promotion: heirs.get(outage) ?? null, vain: vainOf(outage) }));
  const incidents: Incident[] = [];
  const cut = told.filter(({ outage }) => outage.cause === 'cut-off');
  const rest = told.filter((each) => !cut.includes(each));
  while (cut.length > 0) {
    const [first] = cut;
    if (first === undefined) break;
    const same = cut.filter(({ outage }) => outage.from - first.outage.from <= TOGETHER_MS);
    incidents.push(partitionIncident(history, same));
    cut.splice(0, same.length);
  }
  const losses: Incident[] = [];
  for (const { outage, promotion, vain: tried } of rest) {
    if (promotion !== null) incidents.push(failoverIncident(history, promotion, outage, tried));
    else losses.push(lossIncident(history, outage, tried));
  }
  incidents.push(...mergeFlapping(losses));
  for (const promotion of left) incidents.push(failoverIncident(history, promotion, null, []));
  for (const attempt of vainLeft) incidents.push(vainIncident(attempt));
  return incidents;
}

/** The last outage of the old primary before the promotion is the one that it answers. */
function isAnsweredBy({ node, from, to }: Outage, { old, at }: Promotion): boolean {
  return old?.primary === node && at >= from - 500 && at <= (to ?? Number.POSITIVE_INFINITY) + LATE_MS;
}

function follows(history: History, replica: string, primary: string, at: number): boolean {
  const followed = history.primaryAt(replica, at);
  return followed === null || followed.primary === primary;
}
