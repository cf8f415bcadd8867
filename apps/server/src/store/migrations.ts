import type { SqliteFile } from './sqlite-file.ts';
import { StoreError } from './store-error.ts';
import { z } from 'zod';

/**
 * The data folder's history, forward only: entry n brings version n to n + 1. An entry that was released is never edited.
 * Times are milliseconds since 1970. JSON columns hold what the schemas of the model wrote.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE users (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE, role TEXT NOT NULL,
    password_hash TEXT NOT NULL, created_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE sessions (
    token_hash BLOB PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL, last_seen_at INTEGER NOT NULL, expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX sessions_by_expiry ON sessions(expires_at);
  CREATE TABLE clusters (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, seeds TEXT NOT NULL, nat_map TEXT NOT NULL, username TEXT,
    has_password INTEGER NOT NULL, tls TEXT NOT NULL, sealed BLOB, added_at INTEGER NOT NULL, added_by TEXT NOT NULL
  ) STRICT;
  CREATE TABLE known_nodes (
    cluster_id TEXT NOT NULL REFERENCES clusters(id) ON DELETE CASCADE, node_id TEXT NOT NULL,
    host TEXT NOT NULL, port INTEGER NOT NULL, last_seen_at INTEGER NOT NULL,
    PRIMARY KEY (cluster_id, node_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX known_nodes_by_node ON known_nodes(node_id);
  CREATE TABLE plans (
    id TEXT PRIMARY KEY, cluster_id TEXT NOT NULL, kind TEXT NOT NULL, created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL, slots INTEGER NOT NULL, body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX plans_by_cluster ON plans(cluster_id, created_at);
  CREATE TABLE operations (
    id TEXT PRIMARY KEY, cluster_id TEXT NOT NULL, plan_id TEXT NOT NULL, kind TEXT NOT NULL,
    created_at INTEGER NOT NULL, plan TEXT NOT NULL, is_ended INTEGER NOT NULL DEFAULT 0, reverse_plan_id TEXT
  ) STRICT;
  CREATE INDEX operations_by_cluster ON operations(cluster_id, created_at);
  CREATE INDEX operations_by_plan ON operations(plan_id);
  CREATE TABLE operation_events (
    operation_id TEXT NOT NULL, idx INTEGER NOT NULL, fence INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (operation_id, idx)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE transcript (
    operation_id TEXT NOT NULL, idx INTEGER NOT NULL, outcome TEXT NOT NULL, is_handover INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (operation_id, idx)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE leases (
    cluster_id TEXT PRIMARY KEY, operation_id TEXT, holder TEXT, fence INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE cluster_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, cluster_id TEXT NOT NULL, at INTEGER NOT NULL, code TEXT NOT NULL,
    node TEXT, facts TEXT NOT NULL
  ) STRICT;
  CREATE INDEX cluster_events_by_time ON cluster_events(cluster_id, at);
  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, user_id TEXT, user_name TEXT NOT NULL, address TEXT NOT NULL,
    action TEXT NOT NULL, subject TEXT NOT NULL, facts TEXT NOT NULL
  ) STRICT;
  CREATE TABLE marks (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  `,
  `
  CREATE TABLE import_logins (
    cluster_id TEXT NOT NULL, address TEXT NOT NULL, username TEXT NOT NULL, sealed BLOB NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (cluster_id, address, username)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE topology_history (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, cluster_id TEXT NOT NULL, at INTEGER NOT NULL, seen_until INTEGER NOT NULL,
    is_whole INTEGER NOT NULL, body BLOB NOT NULL
  ) STRICT;
  CREATE INDEX topology_history_by_time ON topology_history(cluster_id, at);
  CREATE INDEX topology_history_whole ON topology_history(cluster_id, is_whole, seq);
  `,
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/** @throws StoreError `folder-newer` when a newer program has been here. */
export function migrate(db: SqliteFile, steps: readonly string[] = MIGRATIONS): void {
  const row = db.get(z.object({ user_version: z.number() }), 'PRAGMA user_version');
  const found = row?.user_version ?? 0;
  if (found > steps.length) {
    throw new StoreError(
      'folder-newer',
      `The data folder was written by a newer Slotdeck (format ${found}; this one writes ${steps.length}). Start the newer program, or point SLOTDECK_DATA to another folder.`,
      { found, writes: steps.length },
    );
  }
  steps.slice(found).forEach((sql, offset) => {
    db.transaction(() => {
      db.exec(sql);
      // A pragma takes no bound value; the number is ours.
      db.exec(`PRAGMA user_version = ${found + offset + 1}`);
    });
  });
}
