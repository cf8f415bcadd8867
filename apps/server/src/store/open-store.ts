import { chmodSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { makeAudit, type Audit } from './audit.ts';
import { makeClusterEvents, type ClusterEvents } from './cluster-events.ts';
import { makeClusterRows, type ClusterRows } from './cluster-rows.ts';
import { holdDataFolder } from './data-folder.ts';
import type { Clock } from '@slotdeck/model/clock';
import { makeImportLogins, type ImportLogins } from './import-logins.ts';
import { migrate } from './migrations.ts';
import { makeOperationStore, type OperationStore } from './operation-journal.ts';
import { makePlans, type Plans } from './plans.ts';
import { makeTopologyHistory, type TopologyHistory } from './topology-history.ts';
import { openSqliteFile, type SqliteFile } from './sqlite-file.ts';
import { makeSessionRows, makeUsers, type SessionRows, type Users } from './users.ts';

/** Small facts about the folder itself. */
export interface Marks {
  get(name: string): string | null;
  set(name: string, value: string): void;
}

/** Everything that is kept, part by part; whoever needs one part is given that part. */
export interface Store {
  readonly folder: string;
  readonly users: Users;
  readonly sessions: SessionRows;
  readonly clusters: ClusterRows;
  readonly events: ClusterEvents;
  readonly topologies: TopologyHistory;
  readonly plans: Plans;
  readonly importLogins: ImportLogins;
  readonly operations: OperationStore;
  readonly audit: Audit;
  readonly marks: Marks;
  /** Several changes, all or nothing. */
  together<T>(work: () => T): T;
  close(): void;
}

/**
 * Opens the data folder for this process alone and brings it to this program's format.
 * @throws StoreError
 */
export async function openStore(folder: string, clock: Clock, options: { maxPages?: number } = {}): Promise<Store> {
  const held = await holdDataFolder(folder);
  try {
    const path = resolve(held.path, 'slotdeck.db');
    const db = await openSqliteFile(path);
    try {
      prepare(db);
      // A test's stand-in for a disk that fills up: SQLite then answers with the same SQLITE_FULL.
      if (options.maxPages !== undefined) db.exec(`PRAGMA max_page_count = ${options.maxPages}`);
      chmodSync(path, 0o600);
      return {
        folder: held.path,
        users: makeUsers(db),
        sessions: makeSessionRows(db),
        clusters: makeClusterRows(db),
        events: makeClusterEvents(db),
        topologies: makeTopologyHistory(db),
        plans: makePlans(db),
        importLogins: makeImportLogins(db),
        operations: makeOperationStore(db, clock),
        audit: makeAudit(db),
        marks: makeMarks(db),
        together: (work) => db.transaction(work),
        close: () => {
          db.close();
          held.release();
        },
      };
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    held.release();
    throw error;
  }
}

/** One fsync per commit: the journal and the audit must survive a power cut, and the rest shares their file. */
function prepare(db: SqliteFile): void {
  db.exec('PRAGMA journal_mode = WAL');
  db.exec('PRAGMA synchronous = FULL');
  db.exec('PRAGMA foreign_keys = ON');
  db.exec('PRAGMA busy_timeout = 2000');
  migrate(db);
}

function makeMarks(db: SqliteFile): Marks {
  return {
    get: (name) =>
      db.get(z.object({ value: z.string() }), 'SELECT value FROM marks WHERE name = ?', name)?.value ?? null,
    set: (name, value) => {
      db.run(
        'INSERT INTO marks (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
        name,
        value,
      );
    },
  };
}
