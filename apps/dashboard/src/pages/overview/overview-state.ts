import type { ClusterLive } from '@slotdeck/contract/stream';
import type { Finding } from '@slotdeck/model/finding';
import { countSlots, SLOT_COUNT } from '@slotdeck/model/slot-ranges';
import type { Topology } from '@slotdeck/model/topology';
import type { Words } from '../../words/words.ts';
import { explainFinding } from '../../api/explain-finding.ts';

/** What the page says first, decided from what is known; the wording is made from it. */
export type Standing =
  | { readonly kind: 'not-seen' }
  | { readonly kind: 'critical'; readonly top: Finding; readonly unserved: number }
  | { readonly kind: 'warnings'; readonly count: number }
  | { readonly kind: 'partial'; readonly silent: number }
  | { readonly kind: 'healthy'; readonly notices: number };

export function unservedSlots(topology: Topology): number {
  return countSlots(topology.unassigned) + countSlots(topology.unreachable);
}

export function standingOf({ topology, findings }: Pick<ClusterLive, 'topology' | 'findings'>): Standing {
  if (topology === null) return { kind: 'not-seen' };
  const critical = findings.find((finding) => finding.severity === 'critical');
  if (critical !== undefined) return { kind: 'critical', top: critical, unserved: unservedSlots(topology) };
  const warnings = findings.filter((finding) => finding.severity === 'warning').length;
  if (warnings > 0) return { kind: 'warnings', count: warnings };
  const silent = topology.nodes.length - topology.answered;
  return silent > 0 ? { kind: 'partial', silent } : { kind: 'healthy', notices: findings.length };
}

export function sayStanding(standing: Standing, topology: Topology | null, words: Words): string {
  const { t } = words;
  switch (standing.kind) {
    case 'not-seen':
      return t('overview.notSeen');
    case 'critical':
      return standing.unserved > 0
        ? t('overview.notServed', { n: standing.unserved })
        : explainFinding(standing.top, topology, words).title.replace(/[.。]$/, '');
    case 'warnings':
      return t('overview.withFindings', { n: standing.count });
    case 'partial':
      return t('overview.partial', { n: standing.silent });
    case 'healthy':
      return standing.notices === 0 ? t('overview.healthy') : t('overview.healthyNotices', { n: standing.notices });
  }
}

/** Whether slots are served and nodes agree, in two short sentences. */
export function sayAgreement(topology: Topology, { t }: Words): string {
  const unserved = unservedSlots(topology);
  const served = unserved === 0 ? t('overview.allServed') : t('overview.served', { served: SLOT_COUNT - unserved });
  const differing = topology.disputes.length + topology.disagreements.length;
  const agree =
    differing > 0
      ? t('overview.disagree', { n: differing })
      : topology.answered === topology.nodes.length
        ? t('overview.allAgree', { n: topology.nodes.length })
        : '';
  return `${served} ${agree}`.trim();
}
