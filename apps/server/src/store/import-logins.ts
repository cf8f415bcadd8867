import { z } from 'zod';
import type { ClusterId } from '@slotdeck/model/ids';
import type { SqliteFile } from './sqlite-file.ts';

const LoginRow = z.object({
  sealed: z.instanceof(Uint8Array).transform((bytes): Uint8Array => bytes),
});

/** A server whose keys are imported into a cluster, and as whom it is asked. */
export interface ImportLoginOf {
  readonly clusterId: ClusterId;
  /** `host:port` as it was asked for. */
  readonly address: string;
  /** Empty: the default user. */
  readonly username: string;
}

/** Sealed passwords of import sources: an import must be able to go on after a restart. */
export interface ImportLogins {
  put(of: ImportLoginOf, sealed: Uint8Array, at: number): void;
  get(of: ImportLoginOf): Uint8Array | null;
  /** Drops what was given before that moment, unless an import into that cluster is under way. */
  removeOlder(before: number): number;
}

export function makeImportLogins(db: SqliteFile): ImportLogins {
  return {
    put: ({ clusterId, address, username }, sealed, at) => {
      db.run(
        `INSERT INTO import_logins (cluster_id, address, username, sealed, at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (cluster_id, address, username) DO UPDATE SET sealed = excluded.sealed, at = excluded.at`,
        clusterId,
        address,
        username,
        sealed,
        at,
      );
    },
    get: ({ clusterId, address, username }) =>
      db.get(
        LoginRow,
        'SELECT sealed FROM import_logins WHERE cluster_id = ? AND address = ? AND username = ?',
        clusterId,
        address,
        username,
      )?.sealed ?? null,
    removeOlder: (before) =>
      db.run(
        `DELETE FROM import_logins WHERE at < ? AND cluster_id NOT IN
           (SELECT cluster_id FROM operations WHERE kind = 'import' AND is_ended = 0)`,
        before,
      ).changes,
  };
}
