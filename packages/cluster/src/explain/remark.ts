import type { Evidence, Statement } from '@slotdeck/model/incident';
import type { LogFields } from '../logs/log-format.ts';
import type { LogRole } from '../logs/log-line.ts';

/** What one node wrote, or was seen to do, at a moment of the common clock. */
export interface Remark {
  /** Epoch ms, corrected by what is known of the node's clock. */
  readonly at: number;
  /** The node's id; in logs that do not say it, what the log is called. */
  readonly by: string;
  readonly role: LogRole | null;
  readonly pid: number | null;
  /** See `log-vocabulary.ts`. */
  readonly code: string;
  readonly fields: LogFields;
  readonly evidence: Evidence;
}

export function textField({ fields }: Remark, name: string): string | null {
  const value = fields[name];
  return value === undefined ? null : String(value);
}

export function intField({ fields }: Remark, name: string): number | null {
  const value = fields[name];
  return typeof value === 'number' ? value : null;
}

/** The remark as a part of a story: somebody said it, so it is certain that it was said. */
export function told(remark: Remark): Statement {
  const { at, by, code, fields, evidence } = remark;
  return { at, code, node: by, facts: { ...fields }, certainty: 'observed', evidence: [evidence] };
}

export function inferred(
  code: string,
  node: string | null,
  because: readonly Remark[],
  facts: Statement['facts'] = {},
  at: number | null = null,
): Statement {
  return { at, code, node, facts, certainty: 'inferred', evidence: because.map(({ evidence }) => evidence) };
}

/** The last of those before a moment. */
export function lastBefore(remarks: readonly Remark[], at: number, fits: (remark: Remark) => boolean): Remark | null {
  for (let i = remarks.length - 1; i >= 0; i -= 1) {
    const remark = remarks[i];
    if (remark !== undefined && remark.at <= at && fits(remark)) return remark;
  }
  return null;
}
