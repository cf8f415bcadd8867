import { z } from 'zod';
import type { Clock } from '@slotdeck/model/clock';
import { ClusterId, OperationId, PlanId } from '@slotdeck/model/ids';
import { isEnded } from '@slotdeck/model/operation';
import { OperationEvent, TranscriptLine, type NewOperationEvent } from '@slotdeck/model/operation-events';
import { Plan } from '@slotdeck/model/plan';
import {
  isHandover,
  JournalError,
  type OperationJournal,
  type OperationRecord,
} from '@slotdeck/operations/engine/journal';
import type { ClusterLeases, Lease } from '@slotdeck/operations/engine/single-flight';
import { jsonColumn } from './json-column.ts';
import type { SqliteFile } from './sqlite-file.ts';
import { StoreError } from './store-error.ts';

const RecordRow = z
  .object({ id: OperationId, cluster_id: ClusterId, plan: jsonColumn(Plan) })
  .transform((row): OperationRecord => ({ id: row.id, clusterId: row.cluster_id, plan: row.plan }));
const EventRow = z.object({ body: jsonColumn(OperationEvent) }).transform((row) => row.body);
const LineRow = z.object({ body: jsonColumn(TranscriptLine) }).transform((row) => row.body);
const LeaseRow = z
  .object({ cluster_id: ClusterId, operation_id: OperationId, holder: z.string(), fence: z.number() })
  .transform((row): Lease => ({
    clusterId: row.cluster_id,
    operationId: row.operation_id,
    holder: row.holder,
    fence: row.fence,
  }));
const IdRow = z.object({ id: OperationId });
const BoundsRow = z.object({ first: z.number().nullable(), last: z.number().nullable() });

/** Newest first; older ones are found by their id. */
const LISTED = 50;
const RECORDS_KEPT = 500;

/** About 15 MB: the commands of a few hundred thousand moved keys. Older lines are dropped and counted. */
const LINES_KEPT = 50_000;

/** The reverse plan hangs on the operation, beside its journal. */
export interface ReversePlans {
  of(id: OperationId): PlanId | null;
  set(id: OperationId, plan: PlanId): void;
}

export interface OperationStore {
  readonly journal: OperationJournal;
  readonly leases: ClusterLeases;
  readonly reversePlans: ReversePlans;
  /** Drops the transcripts of ended operations that began before that, all but their last line; their events stay. */
  removeTranscripts(before: number): void;
}

/** The store's refusals in the words of the journal: the engine decides by them whether it may go on. */
function asJournal<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof StoreError)
      throw new JournalError(
        error.code === 'storage-full' ? 'storage-full' : 'storage-failed',
        { seen: error.message },
        { cause: error },
      );
    throw error;
  }
}

export function makeOperationStore(db: SqliteFile, clock: Clock, linesKept: number = LINES_KEPT): OperationStore {
  const leases = makeLeases(db);

  /** A record never changes, and a plan of a large cluster takes a while to read. */
  const records = new Map<OperationId, OperationRecord>();

  function recordOf(id: OperationId): OperationRecord | null {
    const known = records.get(id);
    if (known !== undefined) return known;
    const record = db.get(RecordRow, 'SELECT id, cluster_id, plan FROM operations WHERE id = ?', id);
    if (record !== null) {
      records.set(id, record);
      const [oldest] = records.keys();
      if (records.size > RECORDS_KEPT && oldest !== undefined) records.delete(oldest);
    }
    return record;
  }

  function recordsOf(ids: readonly { id: OperationId }[]): OperationRecord[] {
    return ids.flatMap(({ id }) => recordOf(id) ?? []);
  }

  const clusterOf = (id: OperationId): ClusterId => {
    const record = recordOf(id);
    if (record === null) throw new JournalError('no-such-operation', { operation: id });
    return record.clusterId;
  };

  function checkFence(clusterId: ClusterId, id: OperationId, fence: number): void {
    const lease = leases.current(clusterId);
    if (lease === null || lease.operationId !== id || lease.fence !== fence)
      throw new JournalError('fenced', { operation: id, fence, current: lease?.fence ?? null });
  }

  function write(id: OperationId, events: readonly NewOperationEvent[], fence: number): OperationEvent[] {
    const last = db.get(
      z.object({ last: z.number() }),
      'SELECT coalesce(max(idx), -1) AS last FROM operation_events WHERE operation_id = ?',
      id,
    );
    const first = (last?.last ?? -1) + 1;
    const at = clock.now();
    return events.map((event, offset): OperationEvent => {
      const written: OperationEvent = { ...event, index: first + offset, at };
      db.run(
        'INSERT INTO operation_events (operation_id, idx, fence, body) VALUES (?, ?, ?, ?)',
        id,
        written.index,
        fence,
        JSON.stringify(written),
      );
      if (written.type === 'status')
        db.run('UPDATE operations SET is_ended = ? WHERE id = ?', isEnded(written.status) ? 1 : 0, id);
      return written;
    });
  }

  const bounds = (id: OperationId): { first: number; last: number } => {
    const row = db.get(
      BoundsRow,
      'SELECT min(idx) AS first, max(idx) AS last FROM transcript WHERE operation_id = ?',
      id,
    );
    return { first: row?.first ?? 0, last: row?.last ?? -1 };
  };

  const journal: OperationJournal = {
    create: (record, events, fence) =>
      asJournal(() =>
        db.transaction(() => {
          checkFence(record.clusterId, record.id, fence);
          const isNew = db.insertIfNew(
            'INSERT INTO operations (id, cluster_id, plan_id, kind, created_at, plan) VALUES (?, ?, ?, ?, ?, ?)',
            record.id,
            record.clusterId,
            record.plan.id,
            record.plan.kind,
            clock.now(),
            JSON.stringify(record.plan),
          );
          if (!isNew) throw new JournalError('operation-exists', { operation: record.id });
          return write(record.id, events, fence);
        }),
      ),
    append: (id, events, fence) =>
      asJournal(() =>
        db.transaction(() => {
          checkFence(clusterOf(id), id, fence);
          return write(id, events, fence);
        }),
      ),
    record: (id) => asJournal(() => recordOf(id)),
    events: (id, after = -1, limit = Number.MAX_SAFE_INTEGER) =>
      asJournal(() =>
        db.all(
          EventRow,
          'SELECT body FROM operation_events WHERE operation_id = ? AND idx > ? ORDER BY idx LIMIT ?',
          id,
          after,
          limit,
        ),
      ),
    unfinished: () =>
      asJournal(() =>
        recordsOf(db.all(IdRow, 'SELECT id FROM operations WHERE is_ended = 0 ORDER BY created_at, rowid')),
      ),
    list: (clusterId) =>
      asJournal(() =>
        recordsOf(
          db.all(
            IdRow,
            'SELECT id FROM operations WHERE cluster_id = ? ORDER BY created_at DESC, rowid DESC LIMIT ?',
            clusterId,
            LISTED,
          ),
        ),
      ),
    appendTranscript: (id, lines, fence) =>
      asJournal(() =>
        db.transaction(() => {
          checkFence(clusterOf(id), id, fence);
          const { last } = bounds(id);
          const written = lines.map((line, offset): TranscriptLine => ({ ...line, index: last + 1 + offset }));
          for (const line of written) {
            db.run(
              'INSERT INTO transcript (operation_id, idx, outcome, is_handover, body) VALUES (?, ?, ?, ?, ?)',
              id,
              line.index,
              line.outcome,
              isHandover(line) ? 1 : 0,
              JSON.stringify(line),
            );
          }
          // The newest line always stays, so that the last index tells how many there ever were.
          db.run(
            'DELETE FROM transcript WHERE operation_id = ? AND idx <= ?',
            id,
            last + written.length - Math.max(1, linesKept),
          );
          return written;
        }),
      ),
    transcript: (id, { before = Number.MAX_SAFE_INTEGER, limit, filter = 'all' }) =>
      asJournal(() => {
        clusterOf(id);
        const { first, last } = bounds(id);
        const lines = db.all(
          LineRow,
          `SELECT body FROM transcript WHERE operation_id = ? AND idx < ?
             AND (? = 'all' OR (? = 'errors' AND outcome = 'error') OR (? = 'handovers' AND is_handover = 1))
           ORDER BY idx DESC LIMIT ?`,
          id,
          before,
          filter,
          filter,
          filter,
          limit,
        );
        return { lines, total: last + 1, dropped: first };
      }),
  };

  return {
    journal,
    leases,
    removeTranscripts: (before) => {
      db.run(
        `DELETE FROM transcript
           WHERE operation_id IN (SELECT id FROM operations WHERE is_ended = 1 AND created_at < ?)
             AND idx < (SELECT max(idx) FROM transcript AS kept WHERE kept.operation_id = transcript.operation_id)`,
        before,
      );
    },
    reversePlans: {
      of: (id) =>
        db.get(
          z.object({ reverse_plan_id: PlanId.nullable() }),
          'SELECT reverse_plan_id FROM operations WHERE id = ?',
          id,
        )?.reverse_plan_id ?? null,
      set: (id, plan) => {
        db.run('UPDATE operations SET reverse_plan_id = ? WHERE id = ?', plan, id);
      },
    },
  };
}

function makeLeases(db: SqliteFile): ClusterLeases {
  const columns = 'cluster_id, operation_id, holder, fence';
  const current = (clusterId: ClusterId): Lease | null =>
    asJournal(() =>
      db.get(LeaseRow, `SELECT ${columns} FROM leases WHERE cluster_id = ? AND operation_id IS NOT NULL`, clusterId),
    );
  return {
    take: ({ clusterId, operationId, holder }) =>
      asJournal(() =>
        db.transaction(() => {
          const held = current(clusterId);
          if (held !== null && held.operationId !== operationId)
            return { ok: false as const, heldBy: held.operationId };
          // The row outlives the release, so that the fence never starts again.
          const row = db.get(
            z.object({ fence: z.number() }),
            `INSERT INTO leases (cluster_id, operation_id, holder, fence) VALUES (?, ?, ?, 1)
             ON CONFLICT (cluster_id) DO UPDATE SET operation_id = excluded.operation_id, holder = excluded.holder, fence = fence + 1
             RETURNING fence`,
            clusterId,
            operationId,
            holder,
          );
          if (row === null) throw new StoreError('storage-failed', 'The lease was not written.', { clusterId });
          return { ok: true as const, fence: row.fence };
        }),
      ),
    release: (clusterId, fence) => {
      asJournal(() =>
        db.run(
          'UPDATE leases SET operation_id = NULL, holder = NULL WHERE cluster_id = ? AND fence = ?',
          clusterId,
          fence,
        ),
      );
    },
    current,
    held: () => asJournal(() => db.all(LeaseRow, `SELECT ${columns} FROM leases WHERE operation_id IS NOT NULL`)),
  };
}
