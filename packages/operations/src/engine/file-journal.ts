import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '@slotdeck/model/clock';
import { ClusterId, OperationId } from '@slotdeck/model/ids';
import { isEnded } from '@slotdeck/model/operation';
import { OperationEvent, TranscriptLine, type NewOperationEvent } from '@slotdeck/model/operation-events';
import { Plan } from '@slotdeck/model/plan';
import { createFileLeases } from './file-leases.ts';
import { isHandover, JournalError, type OperationJournal, type OperationRecord } from './journal.ts';
import { appendLine, asJournal, fileSize, readLines, replaceFile, syncFolder } from './line-file.ts';
import type { ClusterLeases } from './single-flight.ts';

export interface FileStore {
  readonly journal: OperationJournal;
  readonly leases: ClusterLeases;
}

/** One line of an operation's file: the events of one write, so that a write is kept as a whole or not at all. */
const Written = z.object({ fence: z.number().int(), events: z.array(OperationEvent) });
/** The first line also says what the operation is. */
const Opening = Written.extend({ id: OperationId, clusterId: ClusterId, createdAt: z.number(), plan: Plan });
const WrittenLines = z.array(TranscriptLine);

/** What a file said when it had this size. Files only grow, or are replaced by the one process that writes them. */
interface Kept {
  size: number;
  readonly record: OperationRecord;
  readonly createdAt: number;
  readonly firstFence: number;
  readonly events: OperationEvent[];
}
interface KeptLines {
  size: number;
  lines: TranscriptLine[];
}

const LINES_KEPT = 50_000;

/**
 * Journal and leases in a folder, for a terminal that works without a server. An operation is a file of JSON lines that only
 * grows; each write is one line, on the disk before the call returns. A last line that a crash cut off was never announced and
 * counts as not written. Several processes may read; who may write is told by the lease (see `createFileLeases`).
 */
export function openFileStore({
  folder,
  clock,
  linesKept = LINES_KEPT,
}: {
  folder: string;
  clock: Clock;
  linesKept?: number;
}): FileStore {
  const operations = join(folder, 'operations');
  asJournal(() => mkdirSync(operations, { recursive: true, mode: 0o700 }));
  const leases = createFileLeases(join(folder, 'leases'));
  const known = new Map<OperationId, Kept>();
  const knownLines = new Map<OperationId, KeptLines>();
  const fileOf = (id: OperationId): string => join(operations, `${id}.jsonl`);
  const linesFileOf = (id: OperationId): string => join(operations, `${id}.transcript`);

  function keptOf(id: OperationId): Kept | null {
    const size = fileSize(fileOf(id));
    const cached = known.get(id);
    if (cached?.size === size) return cached;
    const kept = size === 0 ? null : readOperation(fileOf(id));
    if (kept !== null) known.set(id, kept);
    return kept;
  }

  function needed(id: OperationId): Kept {
    const kept = keptOf(id);
    if (kept === null) throw new JournalError('no-such-operation', { operation: id });
    return kept;
  }

  function checkFence({ clusterId, id }: OperationRecord, fence: number): void {
    const lease = leases.current(clusterId);
    if (lease === null || lease.operationId !== id || lease.fence !== fence)
      throw new JournalError('fenced', { operation: id, fence, current: lease?.fence ?? null });
  }

  function numbered(events: readonly NewOperationEvent[], first: number): OperationEvent[] {
    const at = clock.now();
    return events.map((event, offset): OperationEvent => ({ ...event, index: first + offset, at }));
  }

  function linesOf(id: OperationId): KeptLines {
    const path = linesFileOf(id);
    const size = fileSize(path);
    const cached = knownLines.get(id);
    if (cached?.size === size) return cached;
    const lines = readLines(path).flatMap((line) => WrittenLines.parse(line));
    const kept = { size, lines };
    knownLines.set(id, kept);
    return kept;
  }

  function all(): Kept[] {
    return readdirSync(operations)
      .flatMap((name) => {
        const id = OperationId.safeParse(name.replace(/\.jsonl$/, ''));
        return name.endsWith('.jsonl') && id.success ? (keptOf(id.data) ?? []) : [];
      })
      .toSorted((a, b) => a.createdAt - b.createdAt || a.firstFence - b.firstFence);
  }

  const journal: OperationJournal = {
    create: (record, events, fence) =>
      asJournal(() => {
        checkFence(record, fence);
        if (keptOf(record.id) !== null) throw new JournalError('operation-exists', { operation: record.id });
        const written = numbered(events, 0);
        const opening = { ...record, createdAt: clock.now(), fence, events: written };
        const isNew = !existsSync(fileOf(record.id));
        appendLine(fileOf(record.id), opening);
        if (isNew) syncFolder(operations);
        checkFence(record, fence);
        return written;
      }),
    append: (id, events, fence) =>
      asJournal(() => {
        const kept = needed(id);
        checkFence(kept.record, fence);
        const written = numbered(events, kept.events.length);
        const size = appendLine(fileOf(id), { fence, events: written });
        kept.events.push(...written);
        kept.size = size;
        // Whoever took the operation over while this was written has read the file before or after it: it is no longer ours to tell.
        checkFence(kept.record, fence);
        return written;
      }),
    record: (id) => asJournal(() => keptOf(id)?.record ?? null),
    events: (id, after = -1, limit = Number.MAX_SAFE_INTEGER) =>
      asJournal(() => (keptOf(id)?.events ?? []).slice(after + 1, after + 1 + limit)),
    unfinished: () =>
      asJournal(() =>
        all()
          .filter(({ events }) => !hasEnded(events))
          .map(({ record }) => record),
      ),
    list: (clusterId) =>
      asJournal(() =>
        all()
          .map(({ record }) => record)
          .filter((record) => record.clusterId === clusterId)
          .toReversed(),
      ),
    appendTranscript: (id, lines, fence) =>
      asJournal(() => {
        checkFence(needed(id).record, fence);
        const kept = linesOf(id);
        const first = (kept.lines.at(-1)?.index ?? -1) + 1;
        const written = lines.map((line, offset): TranscriptLine => ({ ...line, index: first + offset }));
        const path = linesFileOf(id);
        const isNew = kept.size === 0;
        kept.size = appendLine(path, written);
        kept.lines.push(...written);
        if (isNew) syncFolder(operations);
        // Written anew once in a while, not for every line.
        if (kept.lines.length > 2 * linesKept) {
          kept.lines = kept.lines.slice(-linesKept);
          replaceFile(path, kept.lines.map((line) => `${JSON.stringify([line])}\n`).join(''));
          kept.size = fileSize(path);
        }
        return written;
      }),
    transcript: (id, { before = Number.MAX_SAFE_INTEGER, limit, filter = 'all' }) =>
      asJournal(() => {
        needed(id);
        const { lines } = linesOf(id);
        const shown = lines.slice(-linesKept);
        const wanted = shown.filter(
          (line) =>
            line.index < before &&
            (filter === 'all' || (filter === 'errors' ? line.outcome === 'error' : isHandover(line))),
        );
        const total = (lines.at(-1)?.index ?? -1) + 1;
        return { lines: wanted.slice(-limit).toReversed(), total, dropped: total - shown.length };
      }),
  };
  return { journal, leases };
}

/** Null when the process that made the file died before its first line was whole: the operation was never begun. */
function readOperation(path: string): Kept | null {
  const size = fileSize(path);
  const [first, ...later] = readLines(path);
  if (first === undefined) return null;
  const { id, clusterId, plan, createdAt, fence, events } = Opening.parse(first);
  const kept: Kept = { size, record: { id, clusterId, plan }, createdAt, firstFence: fence, events: [...events] };
  let newest = fence;
  for (const line of later) {
    const written = Written.parse(line);
    // Written by a process at the very moment it was replaced: it was told so, and the one that replaced it goes on without.
    if (written.fence < newest) continue;
    newest = written.fence;
    const next = written.events[0]?.index ?? kept.events.length;
    if (next !== kept.events.length)
      throw new JournalError('storage-failed', { path, seen: `event ${kept.events.length} is missing in ${path}` });
    kept.events.push(...written.events);
  }
  return kept;
}

function hasEnded(events: readonly OperationEvent[]): boolean {
  const last = events.findLast((event) => event.type === 'status');
  return last !== undefined && last.type === 'status' && isEnded(last.status);
}
