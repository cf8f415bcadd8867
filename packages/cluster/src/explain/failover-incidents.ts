import type { Incident, IncidentKind, Statement } from '@slotdeck/model/incident';
import type { History } from './history.ts';
import type { Outage } from './outages.ts';
import type { Promotion, PromotionHow, VainAttempt } from './promotions.ts';
import { inferred, told, type Remark } from './remark.ts';
import { inOrder, outageStory, otherCauses } from './outage-story.ts';

const KINDS: Readonly<Record<PromotionHow, IncidentKind>> = {
  automatic: 'failover-automatic',
  manual: 'failover-manual',
  forced: 'failover-forced',
  takeover: 'failover-takeover',
  'on-shutdown': 'failover-on-shutdown',
};

/** What follows a promotion is written within this time: replicas that turn to the new primary, the old one that comes back as one. */
const AFTERMATH_MS = 10_000;

/** The story of a promotion alone, for an incident of its own or as a part of a larger one. */
export function promotionStory(history: History, promotion: Promotion): Statement[] {
  const { node, own, granted, denied, told: others, old, at, elections } = promotion;
  const story = [...own, ...granted, ...denied, ...others].map(told);
  if (old !== null && !old.isCertain)
    story.push(inferred('replaced-primary', node, [old.because], { primary: old.primary }, at));
  if (elections.length > 1)
    story.push(inferred('election-repeated', node, elections, { count: elections.length }, elections.at(-1)?.at ?? at));
  if (old !== null) {
    const returned = history
      .of(old.primary)
      .find(({ code, fields, at: when }) => code === 'became-replica' && fields['of'] === node && when >= at - 100);
    if (returned !== undefined) story.push(told(returned));
  }
  const asked = own.find(({ code }) => code === 'manual-failover-accepted');
  const paused = history.remarks.find(
    ({ code, fields, at: when }) =>
      code === 'manual-failover-requested' &&
      fields['replica'] === node &&
      when >= (asked?.at ?? at) - 500 &&
      when <= at + 500,
  );
  if (paused !== undefined) story.push(told(paused));
  return story;
}

export function failoverIncident(
  history: History,
  promotion: Promotion,
  outage: Outage | null,
  vain: readonly VainAttempt[],
): Incident {
  const { node, at, how, epoch, old, granted } = promotion;
  const story = [
    ...promotionStory(history, promotion),
    ...vain.flatMap(({ own, denied }) => [...own, ...denied].map(told)),
    ...(outage === null ? [] : outageStory(history, outage)),
  ];
  const lost = lossRisk(promotion, outage);
  if (lost !== null) story.push(lost);
  const from = Math.min(promotion.from, outage?.suspicions[0]?.at ?? at, outage?.from ?? at);
  const returned = outage === null ? at : outage.to;
  return {
    id: `${KINDS[how]}-${node.slice(0, 8)}-${Math.round(at)}`,
    kind: KINDS[how],
    from,
    to: returned,
    nodes: [
      ...(old === null ? [] : [{ node: old.primary, part: 'old-primary' as const }]),
      { node, part: 'new-primary' },
      ...granted.map(({ by }) => ({ node: by, part: 'voter' as const })),
      ...vain.filter((each) => each.node !== node).map((each) => ({ node: each.node, part: 'candidate' as const })),
    ],
    epoch,
    unavailable: unavailableBy(history, promotion, outage),
    story: inOrder(story),
    otherwise: outage === null ? [] : otherCauses(outage),
  };
}

/** A replica that asked and did not become primary, with nobody failed. */
export function vainIncident({ node, from, to, own, denied, granted, how }: VainAttempt): Incident {
  return {
    id: `failover-not-done-${node.slice(0, 8)}-${Math.round(from)}`,
    kind: 'failover-not-done',
    from,
    to,
    nodes: [{ node, part: 'candidate' }, ...granted.map(({ by }) => ({ node: by, part: 'voter' as const }))],
    epoch: null,
    unavailable: null,
    story: inOrder([
      ...own.map(told),
      ...granted.map(told),
      ...denied.map(told),
      inferred('asked-in-vain', node, own.slice(-1), { how }, to),
    ]),
    otherwise: [],
  };
}

/**
 * Slots of the old primary were not served from its last sign of life until the promotion. Of a manual failover, from the moment the
 * primary began to hold writes back.
 */
function unavailableBy(history: History, promotion: Promotion, outage: Outage | null): Incident['unavailable'] {
  const { node, at, old, how } = promotion;
  if (how === 'manual') {
    const paused = history.remarks.findLast(
      ({ code, fields, at: when }) =>
        code === 'manual-failover-requested' && fields['replica'] === node && when <= at + 500,
    );
    const from = paused?.at ?? promotion.own.find(({ code }) => code === 'manual-failover-accepted')?.at;
    return from === undefined ? null : { from, to: at, certainty: paused === undefined ? 'inferred' : 'observed' };
  }
  if (outage === null) return null;
  const from = lastSign(history, outage, old?.primary ?? null, node);
  return { from: from.at, to: at, certainty: 'inferred' };
}

/** The latest of what shows that the old primary was still there, or the earliest that shows that it was not. */
function lastSign(history: History, outage: Outage, primary: string | null, heir: string): Pick<Remark, 'at'> {
  const before = (remarks: readonly Remark[], codes: readonly string[]): Remark | undefined =>
    remarks.findLast(
      ({ code, at }) => codes.includes(code) && at <= outage.from + 100 && at > outage.from - AFTERMATH_MS * 6,
    );
  if (primary !== null) {
    const ended = before(history.of(primary), ['process-ended', 'process-crashed', 'signal-received']);
    if (ended !== undefined && (outage.cause === 'stopped' || outage.cause === 'crashed')) return ended;
  }
  const lost = before(history.of(heir), ['primary-link-lost', 'primary-silent']);
  if (lost !== undefined && outage.cause !== 'silent' && outage.cause !== 'cut-off') return lost;
  return outage.suspicions[0] ?? { at: outage.from };
}

/** Replication is asynchronous: what the old primary acknowledged last may not have reached the one that took its place. */
function lossRisk({ how, node, old, own }: Promotion, outage: Outage | null): Statement | null {
  if (how === 'manual' || how === 'on-shutdown' || old === null) return null;
  const offset = own.find(({ code }) => code === 'election-delayed')?.fields['offset'];
  const because = own.filter(
    ({ code }) => code === 'election-delayed' || code === 'election-won' || code === 'takeover-accepted',
  );
  return inferred('writes-may-be-lost', node, because.length > 0 ? because : (outage?.marks.slice(0, 1) ?? []), {
    primary: old.primary,
    offset: typeof offset === 'number' ? offset : null,
  });
}
