import type { ClusterId, OperationId } from '@slotdeck/model/ids';
import type { NewOperationEvent, OperationEvent, TranscriptLine } from '@slotdeck/model/operation-events';
import type { Facts } from '@slotdeck/model/finding';
import type { Plan } from '@slotdeck/model/plan';

/** What an operation is, apart from what happened to it. */
export interface OperationRecord {
  readonly id: OperationId;
  readonly clusterId: ClusterId;
  /** As it was when the operation was made; never changed after. */
  readonly plan: Plan;
}

/** A line before the journal gave it its index. */
export type NewTranscriptLine = Omit<TranscriptLine, 'index'>;

export interface TranscriptPage {
  /** Newest first. */
  readonly lines: readonly TranscriptLine[];
  /** All lines ever written, dropped ones too. */
  readonly total: number;
  /** The oldest lines, no longer kept because the transcript is bounded. */
  readonly dropped: number;
}

/**
 * Where the events of operations are kept. Synchronous on purpose: between "it is written" and "it is announced" no other
 * code of this process can run, so nobody ever hears of an event that a crash could undo.
 *
 * Every method that writes is durable when it returns, writes all of its events or none, and is refused with
 * - `fenced` when `fence` is not the cluster's current lease for this operation,
 * - `storage-full` or `storage-failed` when the storage cannot take it.
 */
export interface OperationJournal {
  /** @throws JournalError also `operation-exists`. */
  create(record: OperationRecord, events: readonly NewOperationEvent[], fence: number): OperationEvent[];
  /** Gives each event its index and time. @throws JournalError */
  append(id: OperationId, events: readonly NewOperationEvent[], fence: number): OperationEvent[];
  record(id: OperationId): OperationRecord | null;
  /** In order, those with an index greater than `after` (default: all). Not judged: whoever folds them does that. */
  events(id: OperationId, after?: number, limit?: number): OperationEvent[];
  /** Operations whose last status event names no end, oldest first. */
  unfinished(): OperationRecord[];
  /** Newest first. */
  list(clusterId: ClusterId): OperationRecord[];
  /** Bounded: drops the oldest lines of this operation and counts them. @throws JournalError */
  appendTranscript(id: OperationId, lines: readonly NewTranscriptLine[], fence: number): TranscriptLine[];
  transcript(
    id: OperationId,
    page: {
      readonly before?: number | undefined;
      readonly limit: number;
      readonly filter?: 'all' | 'handovers' | 'errors';
    },
  ): TranscriptPage;
}

export type JournalErrorCode = 'fenced' | 'storage-full' | 'storage-failed' | 'operation-exists' | 'no-such-operation';

const sentences: Record<JournalErrorCode, (facts: Facts) => string> = {
  fenced: () => 'Another process has taken this operation over.',
  'storage-full': () => 'The disk of the data folder is full: what cannot be journalled is not done.',
  'storage-failed': (facts) =>
    `The journal could not be written${seenIn(facts)}: what cannot be journalled is not done.`,
  'operation-exists': () => 'An operation with this id is in the journal already.',
  'no-such-operation': () => 'The journal has no operation with this id.',
};

function seenIn({ seen }: Facts): string {
  return typeof seen === 'string' ? ` (${seen})` : '';
}

/** The journal did not take what was to be written; nothing of it was kept. */
export class JournalError extends Error {
  readonly code: JournalErrorCode;
  readonly facts: Facts;
  constructor(code: JournalErrorCode, facts: Facts, options?: ErrorOptions) {
    super(sentences[code](facts), options);
    this.name = 'JournalError';
    this.code = code;
    this.facts = facts;
  }
}

/** The lines a transcript shows when only the commands that hand slots over are wanted. */
export function isHandover(line: Pick<TranscriptLine, 'command'>): boolean {
  const [command, sub, , action] = line.command.map((word) => word.toUpperCase());
  return command === 'CLUSTER' && sub === 'SETSLOT' && action === 'NODE';
}
