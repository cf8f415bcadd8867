import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import type { ClusterId } from '@slotdeck/model/ids';
import { Topology } from '@slotdeck/model/topology';
import { applyPatch, makePatch, TopologyPatch } from '@slotdeck/model/topology-patch';
import type { SqliteFile } from './sqlite-file.ts';

/** A topology as it was observed, and for how long it is known to have stood. */
export interface PastTopology {
  readonly topology: Topology;
  /** When it was first seen, epoch ms. */
  readonly since: number;
  /** The last moment at which it was seen to stand. Between this and the next one nobody looked. */
  readonly seenUntil: number;
}

/**
 * Every topology that was observed, rebuilt exactly for any moment: now and then a whole one, between them what changed from one to
 * the next. Bounded by age and by size.
 */
export interface TopologyHistory {
  /** A topology that differs from the one before. When the clock was set back, it counts from the moment of that one. */
  record(id: ClusterId, topology: Topology, at: number): void;
  /** It still stands. Written at most once a minute. */
  stands(id: ClusterId, at: number): void;
  /** What was observed at the moment or last before it; null before the first. */
  at(id: ClusterId, moment: number): PastTopology | null;
  /** The first and the last moment that is kept. */
  span(id: ClusterId): { readonly from: number; readonly to: number } | null;
  /** Keeps what is needed for the time after `olderThan`, and of that the newest that fits. */
  trim(id: ClusterId, olderThan: number, mostBytes: number): void;
}

/** So many changes at most are put on top of a whole one to rebuild a moment. */
const CHANGES_PER_WHOLE = 64;
const STANDS_EVERY_MS = 60_000;

const HistoryRow = z.object({
  seq: z.number(),
  at: z.number(),
  seen_until: z.number(),
  is_whole: z.number(),
  body: z.instanceof(Uint8Array),
});
type HistoryRow = z.infer<typeof HistoryRow>;

/** What was written last, so that the next change can be told as one. Unknown after a start: then a whole one is written. */
interface Last {
  readonly seq: number;
  readonly topology: Topology;
  readonly at: number;
  readonly changes: number;
  stoodAt: number;
}

export function makeTopologyHistory(db: SqliteFile): TopologyHistory {
  const last = new Map<ClusterId, Last>();

  function record(id: ClusterId, topology: Topology, seenAt: number): void {
    const before = last.get(id);
    const at = Math.max(seenAt, before?.at ?? seenAt);
    const patch = before === undefined ? null : makePatch(before.topology, topology);
    const isWhole = patch === null || (before?.changes ?? 0) >= CHANGES_PER_WHOLE;
    const seq = db.transaction(() => {
      if (before !== undefined) db.run('UPDATE topology_history SET seen_until = ? WHERE seq = ?', at, before.seq);
      return db.run(
        'INSERT INTO topology_history (cluster_id, at, seen_until, is_whole, body) VALUES (?, ?, ?, ?, ?)',
        id,
        at,
        at,
        isWhole ? 1 : 0,
        pack(isWhole ? topology : patch),
      ).lastRowId;
    });
    last.set(id, { seq, topology, at, changes: isWhole ? 0 : (before?.changes ?? 0) + 1, stoodAt: at });
  }

  function rebuild(row: HistoryRow, id: ClusterId): Topology {
    const rows = db.all(
      HistoryRow,
      `SELECT seq, at, seen_until, is_whole, body FROM topology_history WHERE cluster_id = ? AND seq <= ? AND seq >=
         (SELECT MAX(seq) FROM topology_history WHERE cluster_id = ? AND is_whole = 1 AND seq <= ?) ORDER BY seq`,
      id,
      row.seq,
      id,
      row.seq,
    );
    const [whole, ...changes] = rows;
    if (whole === undefined || whole.is_whole !== 1) throw new Error('a history that begins in the middle');
    return changes.reduce(
      (topology, change) => applyPatch(topology, TopologyPatch.parse(unpack(change.body))),
      Topology.parse(unpack(whole.body)),
    );
  }

  return {
    record,
    stands(id, at) {
      const now = last.get(id);
      if (now === undefined || at - now.stoodAt < STANDS_EVERY_MS) return;
      db.run('UPDATE topology_history SET seen_until = ? WHERE seq = ?', at, now.seq);
      now.stoodAt = at;
    },
    at(id, moment) {
      const row = db.get(
        HistoryRow,
        `SELECT seq, at, seen_until, is_whole, body FROM topology_history
           WHERE cluster_id = ? AND at <= ? ORDER BY at DESC, seq DESC LIMIT 1`,
        id,
        moment,
      );
      if (row === null) return null;
      return { topology: rebuild(row, id), since: row.at, seenUntil: row.seen_until };
    },
    span(id) {
      const row = db.get(
        z.object({ first: z.number().nullable(), last: z.number().nullable() }),
        'SELECT MIN(at) AS first, MAX(seen_until) AS last FROM topology_history WHERE cluster_id = ?',
        id,
      );
      return row === null || row.first === null || row.last === null ? null : { from: row.first, to: row.last };
    },
    trim(id, olderThan, mostBytes) {
      db.transaction(() => {
        cutBefore(id, olderThan);
        for (;;) {
          const size = db.get(
            z.object({ bytes: z.number() }),
            'SELECT COALESCE(SUM(LENGTH(body)), 0) AS bytes FROM topology_history WHERE cluster_id = ?',
            id,
          );
          const next = db.get(
            z.object({ at: z.number() }),
            `SELECT at FROM topology_history WHERE cluster_id = ? AND is_whole = 1 ORDER BY seq LIMIT 1 OFFSET 1`,
            id,
          );
          // The newest whole one and what follows it are always kept: without them there would be no present.
          if (size === null || size.bytes <= mostBytes || next === null) return;
          cutBefore(id, next.at);
        }
      });
    },
  };

  /** What stood at the moment stays: the last whole one before it is where its changes begin. */
  function cutBefore(id: ClusterId, moment: number): void {
    db.run(
      `DELETE FROM topology_history WHERE cluster_id = ? AND seq <
         (SELECT MAX(seq) FROM topology_history WHERE cluster_id = ? AND is_whole = 1 AND at <= ?)`,
      id,
      id,
      moment,
    );
  }
}

const pack = (value: unknown): Uint8Array => deflateRawSync(JSON.stringify(value));

function unpack(body: Uint8Array): unknown {
  return JSON.parse(inflateRawSync(body).toString('utf8'));
}
