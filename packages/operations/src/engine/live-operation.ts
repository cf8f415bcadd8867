import { setMaxListeners } from 'node:events';
import type { Clock } from '@slotdeck/model/clock';
import type { ClusterId, OperationId } from '@slotdeck/model/ids';
import { nextStatus, type OperationProblem, type Progress, type StatusCause } from '@slotdeck/model/operation';
import type { NewOperationEvent, OperationEvent, TranscriptLine } from '@slotdeck/model/operation-events';
import { emptyView, fold, foldAll, type OperationView } from '@slotdeck/model/operation-view';
import type { Asked } from './define-operation.ts';
import { JournalError, type NewTranscriptLine, type OperationJournal, type OperationRecord } from './journal.ts';

/** What subscribers hear of an operation, always after it was written down. */
export type OperationNews =
  | { readonly type: 'event'; readonly event: OperationEvent; readonly view: OperationView }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'transcript'; readonly lines: readonly TranscriptLine[] }
  /** The view changed without an event: this process had to stop acting. */
  | { readonly type: 'view'; readonly view: OperationView };

export type OperationNewsFor = OperationNews & { readonly operationId: OperationId; readonly clusterId: ClusterId };

/** Why this process no longer acts on an operation although the journal does not say that it rests. */
export type Halt = { readonly problem: OperationProblem; readonly canResume: boolean };

export interface LiveOperation {
  readonly record: OperationRecord;
  /** With a halt shown as a pause with its problem, and the newest progress. */
  view(): OperationView;
  /** What the journal says, folded. */
  journalled(): OperationView;
  events(): readonly OperationEvent[];
  /** Takes in events that were written already, and announces them. */
  adopt(written: readonly OperationEvent[]): void;
  /** Checks that the events can follow, writes them, then announces them. @throws JournalError after halting the operation. */
  append(events: readonly NewOperationEvent[]): void;
  changeStatus(cause: StatusCause, by: string | null, problem?: OperationProblem | null): void;
  progress(progress: Progress): void;
  transcript(line: NewTranscriptLine): void;
  /** Writes the lines that were collected. @throws JournalError after halting the operation. */
  flush(): void;
  asked(): Asked;
  readonly signal: AbortSignal;
  readonly stopNow: AbortSignal;
  /** Tells waits to end because something was asked. */
  interrupt(): void;
  /** Lets waits wait again; called when it is to go on. */
  proceed(): void;
  /** The process wants to end: stop at the next safe point and write nothing about it. */
  leave(): void;
  readonly leaving: boolean;
  /** From now on nothing may be written by this process; whatever still tries is stopped by an error. */
  abandon(): void;
  readonly halted: Halt | null;
  halt(halt: Halt): void;
  /** Announces nothing: the event that is written next does. */
  unhalt(): void;
}

/** Lines are written in groups: one durable write per command would slow the move more than the commands do. */
const LINES_PER_WRITE = 100;
const LONGEST_UNWRITTEN_MS = 250;

export function createLiveOperation(
  { record, history, fence }: { record: OperationRecord; history: readonly OperationEvent[]; fence: number },
  {
    journal,
    clock,
    announce,
  }: {
    journal: OperationJournal;
    clock: Clock;
    /** Must not throw. */
    announce: (news: OperationNews) => void;
  },
): LiveOperation {
  const events = [...history];
  let view = foldAll(events, emptyView);
  let progress: Progress | null = view.progress;
  let halted: Halt | null = null;
  let leaving = false;
  let abandoned = false;
  let waits = newAbort();
  let acting = newAbort();
  let unwritten: NewTranscriptLine[] = [];
  let oldestUnwritten = 0;
  const news: OperationNews[] = [];
  let isTelling = false;

  function shown(): OperationView {
    const current = { ...view, progress };
    return halted === null ? current : { ...current, status: 'paused', problem: halted.problem };
  }

  function halt(next: Halt): void {
    halted = next;
    waits.abort();
    acting.abort();
    tell({ type: 'view', view: shown() });
  }

  function write<T>(work: () => T): T {
    if (abandoned) throw new JournalError('fenced', { operation: record.id, fence, current: null });
    if (halted !== null)
      throw new JournalError(halted.canResume ? 'storage-failed' : 'fenced', { operation: record.id, fence });
    try {
      return work();
    } catch (error) {
      if (error instanceof JournalError) halt(haltBy(error));
      throw error;
    }
  }

  function flush(): void {
    if (unwritten.length === 0) return;
    const lines = write(() => journal.appendTranscript(record.id, unwritten, fence));
    unwritten = [];
    tell({ type: 'transcript', lines });
  }

  function append(added: readonly NewOperationEvent[]): void {
    flush();
    const at = clock.now();
    // An impossible event is a mistake of this program; it must not reach the journal.
    foldAll(
      added.map((event, offset): OperationEvent => ({ ...event, index: view.lastIndex + 1 + offset, at })),
      view,
    );
    adopt(write(() => journal.append(record.id, added, fence)));
  }

  /** All is folded before anything is told: a listener may well ask for the next change. */
  function adopt(written: readonly OperationEvent[]): void {
    for (const event of written) {
      events.push(event);
      view = fold(view, event);
      if (event.type === 'counted') progress = event.progress;
      news.push({ type: 'event', event, view: shown() });
    }
    tellAll();
  }

  /** In order, also when a listener causes further news while it is told. */
  function tellAll(): void {
    if (isTelling) return;
    isTelling = true;
    try {
      for (let next = news.shift(); next !== undefined; next = news.shift()) announce(next);
    } finally {
      isTelling = false;
    }
  }

  function tell(one: OperationNews): void {
    news.push(one);
    tellAll();
  }

  return {
    record,
    view: shown,
    journalled: () => view,
    events: () => events,
    adopt,
    append,
    changeStatus(cause, by, problem = null) {
      const status = nextStatus(view.status, cause);
      if (status === null) throw new Error(`${cause} leads nowhere from ${view.status}`);
      append([{ type: 'status', status, cause, by, problem }]);
    },
    progress(next) {
      if (abandoned) return;
      progress = next;
      tell({ type: 'progress', progress: next });
    },
    transcript(line) {
      if (unwritten.length === 0) oldestUnwritten = clock.monotonic();
      unwritten.push(line);
      if (unwritten.length >= LINES_PER_WRITE || clock.monotonic() - oldestUnwritten >= LONGEST_UNWRITTEN_MS) flush();
    },
    flush,
    asked() {
      if (view.status === 'cancelling') return 'cancel';
      return view.status === 'running' && halted === null && !leaving && !abandoned ? 'go-on' : 'pause';
    },
    get signal() {
      return waits.signal;
    },
    get stopNow() {
      return acting.signal;
    },
    interrupt: () => waits.abort(),
    proceed() {
      if (waits.signal.aborted && !leaving) waits = newAbort();
      if (acting.signal.aborted && !abandoned) acting = newAbort();
    },
    leave() {
      leaving = true;
      waits.abort();
    },
    get leaving() {
      return leaving;
    },
    abandon() {
      abandoned = true;
      waits.abort();
      acting.abort();
    },
    get halted() {
      return halted;
    },
    halt,
    unhalt() {
      halted = null;
    },
  };
}

/** Storage that is full may have room again later; a newer fence means that another process has taken over for good. */
export function haltBy(error: JournalError): Halt {
  return {
    problem: { code: error.code, message: error.message, facts: error.facts },
    canResume: error.code === 'storage-full' || error.code === 'storage-failed',
  };
}

/** Each load that rests listens to it while it does, and an import has a dozen at a time: more than what Node takes for a leak. */
function newAbort(): AbortController {
  const abort = new AbortController();
  setMaxListeners(100, abort.signal);
  return abort;
}
