import { z } from 'zod';
import { NodeId } from './ids.ts';
import { SlotRanges } from './slot-ranges.ts';

export const Severity = z.enum(['critical', 'warning', 'notice']);
export type Severity = z.infer<typeof Severity>;

/** Something that is wrong or at risk, with the evidence that shows it. Wording is made at the edge from code and facts. */
export const FindingCode = z.enum([
  'slots-unassigned',
  'slots-unreachable',
  'slot-open-both-sides',
  'slot-migrating-only',
  'slot-importing-only',
  'nodes-disagree-on-slots',
  'nodes-disagree',
  'node-failed',
  'node-suspected',
  'node-no-answer',
  'node-refuses',
  'primary-without-replica',
  'replica-on-primary-host',
  'epoch-collision',
  'replica-link-down',
  'node-half-joined',
  'node-in-handshake',
  'node-without-address',
  'cluster-not-seen',
  'other-cluster-at-address',
]);
export type FindingCode = z.infer<typeof FindingCode>;

const FactValue = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]);
export const Facts = z.record(z.string(), FactValue);
export type Facts = z.infer<typeof Facts>;

export const Finding = z.object({
  /** `code` and subject together: the same trouble keeps its key while it lasts. */
  key: z.string(),
  code: FindingCode,
  severity: Severity,
  nodes: z.array(NodeId),
  slots: SlotRanges,
  /** Names and numbers for the sentence: `node`, `primary`, `count`, … */
  facts: Facts,
  /** Who says what, raw. */
  evidence: z.array(z.object({ node: NodeId.nullable(), says: z.string() })),
  /** First seen, epoch ms. */
  since: z.number(),
});
export type Finding = z.infer<typeof Finding>;

/** How a cluster fares: its worst finding, or that it was not seen. Worst first. */
export const ClusterHealth = z.enum(['critical', 'warning', 'unknown', 'partial', 'healthy']);
export type ClusterHealth = z.infer<typeof ClusterHealth>;

export function clusterHealth(findings: readonly Finding[], answered: number, known: number): ClusterHealth {
  if (known === 0 || answered === 0) return 'unknown';
  if (findings.some((finding) => finding.severity === 'critical')) return 'critical';
  if (findings.some((finding) => finding.severity === 'warning')) return 'warning';
  return answered < known ? 'partial' : 'healthy';
}
