import { FindingCode, type Finding, type Severity } from '@slotdeck/model/finding';
import type { SlotRanges } from '@slotdeck/model/slot-ranges';
import type { Topology } from '@slotdeck/model/topology';
import type { Stranger } from '../observe/membership.ts';
import { findUnseenCluster } from './cluster-not-seen.ts';
import { findEpochCollisions } from './epoch-collision.ts';
import type { DiagnoseContext, FindingDraft, FindTrouble } from './finding-draft.ts';
import { findFailedNodes } from './node-failed.ts';
import { findHalfJoinedNodes } from './node-half-joined.ts';
import { findHandshakes } from './node-in-handshake.ts';
import { findSilentNodes } from './node-no-answer.ts';
import { findRefusingNodes } from './node-refuses.ts';
import { findSuspectedNodes } from './node-suspected.ts';
import { findLostAddresses } from './node-without-address.ts';
import { findSlotDisputes } from './nodes-disagree-on-slots.ts';
import { findDisagreeingNodes } from './nodes-disagree.ts';
import { findStrangers } from './other-cluster-at-address.ts';
import { findLonePrimaries } from './primary-without-replica.ts';
import { findDownLinks } from './replica-link-down.ts';
import { findSharedHosts } from './replica-on-primary-host.ts';
import { findOpenImportingOnly } from './slot-importing-only.ts';
import { findOpenMigratingOnly } from './slot-migrating-only.ts';
import { findOpenBothSides } from './slot-open-both-sides.ts';
import { findUnassignedSlots } from './slots-unassigned.ts';
import { findUnreachableSlots } from './slots-unreachable.ts';

/** A trouble that is seen and may pass by itself; it becomes a finding when it stays. */
export interface Unsettled {
  readonly key: string;
  /** First seen, epoch ms. */
  readonly since: number;
  /** Looks in a row that showed it. */
  readonly rounds: number;
}

export interface Diagnosis {
  /** Worst first. */
  readonly findings: readonly Finding[];
  readonly unsettled: readonly Unsettled[];
}

export interface DiagnoseOptions {
  /** Epoch ms. */
  readonly now: number;
  /** Of the look before, null at the first: troubles keep their age by it. */
  readonly previous: Diagnosis | null;
  /** Slots that a running operation of ours holds open; they are no findings. */
  readonly ownOpenSlots?: SlotRanges;
  readonly strangers?: readonly Stranger[];
}

const whenSeen: readonly FindTrouble[] = [
  findUnassignedSlots,
  findUnreachableSlots,
  findOpenBothSides,
  findOpenMigratingOnly,
  findOpenImportingOnly,
  findSlotDisputes,
  findDisagreeingNodes,
  findFailedNodes,
  findSuspectedNodes,
  findSilentNodes,
  findRefusingNodes,
  findLonePrimaries,
  findSharedHosts,
  findEpochCollisions,
  findDownLinks,
  findHalfJoinedNodes,
  findHandshakes,
  findLostAddresses,
  findStrangers,
];

/** When nobody answers, the rest of the topology is memory: troubles in it are not known to be there any more. */
const whenUnseen: readonly FindTrouble[] = [findUnseenCluster, findStrangers];

/**
 * What is wrong with a cluster. Call it once per look, with what it gave at the look before: what every failover and hand-over shows
 * for a moment counts only after it has stood for some time and over several looks.
 */
export function diagnose(topology: Topology, options: DiagnoseOptions): Diagnosis {
  const { now, previous, ownOpenSlots = [], strangers = [] } = options;
  const context: DiagnoseContext = { ownOpenSlots, strangers };
  const found = new Map(previous?.findings.map((finding) => [finding.key, finding.since]));
  const pending = new Map(previous?.unsettled.map((each) => [each.key, each]));
  const findings: Finding[] = [];
  const unsettled: Unsettled[] = [];
  const finders = topology.answered === 0 ? whenUnseen : whenSeen;
  for (const draft of finders.flatMap((find) => find(topology, context))) {
    const key = draft.subject === '' ? draft.code : `${draft.code} ${draft.subject}`;
    const waiting = pending.get(key);
    const since = found.get(key) ?? waiting?.since ?? now;
    const rounds = (waiting?.rounds ?? 0) + 1;
    if (found.has(key) || hasSettled(draft, now - since, rounds)) findings.push(finish(draft, key, since));
    else unsettled.push({ key, since, rounds });
  }
  return { findings: findings.sort(worstFirst), unsettled };
}

/** A wall clock that was set back makes an age negative; the number of looks then decides alone in the end. */
function hasSettled({ settling }: FindingDraft, ageMs: number, rounds: number): boolean {
  if (settling === undefined) return true;
  return rounds >= settling.rounds && (ageMs >= settling.ms || ageMs < 0);
}

function finish(draft: FindingDraft, key: string, since: number): Finding {
  const { code, severity, nodes, slots = [], facts, evidence } = draft;
  return {
    key,
    code,
    severity,
    nodes: [...nodes],
    slots,
    facts,
    evidence: evidence.map((each) => ({ ...each })),
    since,
  };
}

const severityRank: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, notice: 2 };

function worstFirst(a: Finding, b: Finding): number {
  return (
    severityRank[a.severity] - severityRank[b.severity] ||
    FindingCode.options.indexOf(a.code) - FindingCode.options.indexOf(b.code) ||
    (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
  );
}
