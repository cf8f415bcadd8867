import { z } from 'zod';
import { ClusterEvent } from '@slotdeck/contract/clusters';
import type { ClusterId } from '@slotdeck/model/ids';
import { jsonColumn } from './json-column.ts';
import type { SqliteFile } from './sqlite-file.ts';

const EventRow = z
  .object({
    id: z.number(),
    at: z.number(),
    code: z.string(),
    node: z.string().nullable(),
    facts: jsonColumn(z.record(z.string(), z.unknown())),
  })
  .pipe(ClusterEvent);

export type NewClusterEvent = Omit<ClusterEvent, 'id'>;

/** What was seen to change. Bounded by age and by number per cluster. */
export interface ClusterEvents {
  append(id: ClusterId, events: readonly NewClusterEvent[]): void;
  /** Newest first. */
  list(id: ClusterId, range: { from?: number | undefined; to?: number | undefined; limit: number }): ClusterEvent[];
  trim(id: ClusterId, olderThan: number): void;
}

/** A flapping cluster may write for ever; the newest hundred thousand are about 30 MB. */
const KEPT_PER_CLUSTER = 100_000;

export function makeClusterEvents(db: SqliteFile): ClusterEvents {
  return {
    append: (id, events) =>
      db.transaction(() => {
        for (const event of events) {
          db.run(
            'INSERT INTO cluster_events (cluster_id, at, code, node, facts) VALUES (?, ?, ?, ?, ?)',
            id,
            event.at,
            event.code,
            event.node,
            JSON.stringify(event.facts),
          );
        }
      }),
    list: (id, { from, to, limit }) =>
      db.all(
        EventRow,
        'SELECT id, at, code, node, facts FROM cluster_events WHERE cluster_id = ? AND at >= ? AND at <= ? ORDER BY at DESC, id DESC LIMIT ?',
        id,
        from ?? 0,
        to ?? Number.MAX_SAFE_INTEGER,
        limit,
      ),
    trim: (id, olderThan) =>
      db.transaction(() => {
        db.run('DELETE FROM cluster_events WHERE cluster_id = ? AND at < ?', id, olderThan);
        db.run(
          `DELETE FROM cluster_events WHERE cluster_id = ? AND id <=
             (SELECT id FROM cluster_events WHERE cluster_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?)`,
          id,
          id,
          KEPT_PER_CLUSTER,
        );
      }),
  };
}
