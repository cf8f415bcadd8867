import type { RespValue } from './resp.ts';

/** What is known of one key's writes. Versions count up from 1; each key has one writer, which waits for each answer. */
export type KeyRecord = {
  readonly name: string;
  /** The highest version that the server has acknowledged; 0 when none. */
  acknowledged: number;
  /** Wall time, epoch ms, of that acknowledgement. */
  acknowledgedAt: number;
  /** The highest version that was sent. */
  attempted: number;
};

export type LostWrite = {
  readonly key: string;
  readonly acknowledgedVersion: number;
  /** Null: the key is gone. */
  readonly foundVersion: number | null;
  /** Wall time, epoch ms, at which the acknowledgement arrived. */
  readonly acknowledgedAt: number;
};

export type Judgement =
  | { readonly kind: 'kept' }
  | { readonly kind: 'lost'; readonly lost: LostWrite }
  /** A version that was never sent, or no version at all: something else wrote here. */
  | { readonly kind: 'foreign'; readonly value: string };

/** The value is the version, a colon and padding up to the wished length. */
export function valueOf(version: number, bytes: number): string {
  return `${version}:`.padEnd(bytes, 'x');
}

/** Judges what a read found. Between acknowledged and attempted everything is right: an unanswered write may or may not have happened. */
export function judgeValue(record: KeyRecord, found: RespValue): Judgement {
  if (found === null) return record.acknowledged === 0 ? { kind: 'kept' } : lose(record, null);
  const version = typeof found === 'string' ? Number(/^(\d+):/.exec(found)?.[1] ?? NaN) : NaN;
  if (!Number.isInteger(version) || version > record.attempted)
    return { kind: 'foreign', value: JSON.stringify(found).slice(0, 40) };
  return version < record.acknowledged ? lose(record, version) : { kind: 'kept' };
}

function lose(record: KeyRecord, foundVersion: number | null): Judgement {
  const { name, acknowledged, acknowledgedAt } = record;
  return { kind: 'lost', lost: { key: name, acknowledgedVersion: acknowledged, foundVersion, acknowledgedAt } };
}
