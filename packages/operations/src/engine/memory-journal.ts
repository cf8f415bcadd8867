import type { Clock } from '@slotdeck/model/clock';
import type { ClusterId, OperationId } from '@slotdeck/model/ids';
import { isEnded } from '@slotdeck/model/operation';
import type { NewOperationEvent, OperationEvent, TranscriptLine } from '@slotdeck/model/operation-events';
import { isHandover, JournalError, type OperationJournal, type OperationRecord } from './journal.ts';
import type { ClusterLeases, Lease } from './single-flight.ts';

/** Journal and leases that live as long as this object: for tests, and for a terminal that carries out one plan and ends. */
export interface MemoryStore {
  readonly journal: OperationJournal;
  readonly leases: ClusterLeases;
}

type Kept = { record: OperationRecord; events: OperationEvent[]; lines: TranscriptLine[]; dropped: number };

const LINES_KEPT = 50_000;

export function createMemoryStore({
  clock,
  linesKept = LINES_KEPT,
}: {
  clock: Clock;
  linesKept?: number;
}): MemoryStore {
  const operations = new Map<OperationId, Kept>();
  const leases = createMemoryLeases();

  function keptOf(id: OperationId): Kept {
    const kept = operations.get(id);
    if (kept === undefined) throw new JournalError('no-such-operation', { operation: id });
    return kept;
  }

  function checkFence(record: OperationRecord, fence: number): void {
    const lease = leases.current(record.clusterId);
    if (lease === null || lease.operationId !== record.id || lease.fence !== fence)
      throw new JournalError('fenced', { operation: record.id, fence, current: lease?.fence ?? null });
  }

  function write(kept: Kept, events: readonly NewOperationEvent[]): OperationEvent[] {
    const at = clock.now();
    const first = kept.events.length;
    const written = events.map((event, offset): OperationEvent => ({ ...event, index: first + offset, at }));
    kept.events.push(...written);
    return written;
  }

  const journal: OperationJournal = {
    create(record, events, fence) {
      if (operations.has(record.id)) throw new JournalError('operation-exists', { operation: record.id });
      checkFence(record, fence);
      const kept: Kept = { record, events: [], lines: [], dropped: 0 };
      operations.set(record.id, kept);
      return write(kept, events);
    },
    append(id, events, fence) {
      const kept = keptOf(id);
      checkFence(kept.record, fence);
      return write(kept, events);
    },
    record: (id) => operations.get(id)?.record ?? null,
    events(id, after = -1, limit = Number.MAX_SAFE_INTEGER) {
      const all = operations.get(id)?.events ?? [];
      return all.slice(after + 1, after + 1 + limit);
    },
    unfinished: () => [...operations.values()].filter((kept) => !hasEnded(kept.events)).map((kept) => kept.record),
    list: (clusterId) =>
      [...operations.values()]
        .map((kept) => kept.record)
        .filter((record) => record.clusterId === clusterId)
        .toReversed(),
    appendTranscript(id, lines, fence) {
      const kept = keptOf(id);
      checkFence(kept.record, fence);
      const first = kept.dropped + kept.lines.length;
      const written = lines.map((line, offset) => ({ ...line, index: first + offset }));
      kept.lines.push(...written);
      const surplus = kept.lines.length - linesKept;
      if (surplus > 0) {
        kept.lines.splice(0, surplus);
        kept.dropped += surplus;
      }
      return written;
    },
    transcript(id, { before = Number.MAX_SAFE_INTEGER, limit, filter = 'all' }) {
      const { lines, dropped } = keptOf(id);
      const wanted = lines.filter(
        (line) =>
          line.index < before &&
          (filter === 'all' || (filter === 'errors' ? line.outcome === 'error' : isHandover(line))),
      );
      return { lines: wanted.slice(-limit).toReversed(), total: dropped + lines.length, dropped };
    },
  };
  return { journal, leases };
}

function hasEnded(events: readonly OperationEvent[]): boolean {
  const last = events.findLast((event) => event.type === 'status');
  return last !== undefined && last.type === 'status' && isEnded(last.status);
}

function createMemoryLeases(): ClusterLeases {
  const current = new Map<ClusterId, Lease>();
  const fences = new Map<ClusterId, number>();
  return {
    take({ clusterId, operationId, holder }) {
      const lease = current.get(clusterId);
      if (lease !== undefined && lease.operationId !== operationId) return { ok: false, heldBy: lease.operationId };
      const fence = (fences.get(clusterId) ?? 0) + 1;
      fences.set(clusterId, fence);
      current.set(clusterId, { clusterId, operationId, holder, fence });
      return { ok: true, fence };
    },
    release(clusterId, fence) {
      if (current.get(clusterId)?.fence === fence) current.delete(clusterId);
    },
    current: (clusterId) => current.get(clusterId) ?? null,
    held: () => [...current.values()],
  };
}
