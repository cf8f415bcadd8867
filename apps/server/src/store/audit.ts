import type { SqliteFile } from './sqlite-file.ts';

/** Who did what. Written together with the change or not at all. */
export interface AuditEntry {
  at: number;
  userId: string | null;
  userName: string;
  /** Where the request came from. */
  address: string;
  action: string;
  /** The id of what was changed. */
  subject: string;
  facts: Readonly<Record<string, unknown>>;
}

export interface Audit {
  write(entry: AuditEntry): void;
}

export function makeAudit(db: SqliteFile): Audit {
  return {
    write: (entry) => {
      db.run(
        'INSERT INTO audit (at, user_id, user_name, address, action, subject, facts) VALUES (?, ?, ?, ?, ?, ?, ?)',
        entry.at,
        entry.userId,
        entry.userName,
        entry.address,
        entry.action,
        entry.subject,
        JSON.stringify(entry.facts),
      );
    },
  };
}
