import { z } from 'zod';
import { Role } from '@slotdeck/model/access';
import { UserId } from '@slotdeck/model/ids';
import type { SqliteFile } from './sqlite-file.ts';

const UserRow = z
  .object({ id: UserId, name: z.string(), role: Role, password_hash: z.string(), created_at: z.number() })
  .transform((row) => ({
    id: row.id,
    name: row.name,
    role: row.role,
    passwordHash: row.password_hash,
    createdAt: row.created_at,
  }));
export type StoredUser = z.output<typeof UserRow>;

const SessionRow = z
  .object({ user_id: UserId, created_at: z.number(), last_seen_at: z.number(), expires_at: z.number() })
  .transform((row) => ({
    userId: row.user_id,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    expiresAt: row.expires_at,
  }));
export type StoredSession = z.output<typeof SessionRow>;

export interface Users {
  count(): number;
  add(user: StoredUser): void;
  setPassword(id: UserId, passwordHash: string): void;
  byName(name: string): StoredUser | null;
  byId(id: UserId): StoredUser | null;
}

export function makeUsers(db: SqliteFile): Users {
  const columns = 'id, name, role, password_hash, created_at';
  return {
    count: () => db.get(z.object({ n: z.number() }), 'SELECT count(*) AS n FROM users')?.n ?? 0,
    add: (user) => {
      db.run(
        `INSERT INTO users (${columns}) VALUES (?, ?, ?, ?, ?)`,
        user.id,
        user.name,
        user.role,
        user.passwordHash,
        user.createdAt,
      );
    },
    setPassword: (id, hash) => {
      db.run('UPDATE users SET password_hash = ? WHERE id = ?', hash, id);
    },
    byName: (name) => db.get(UserRow, `SELECT ${columns} FROM users WHERE name = ?`, name),
    byId: (id) => db.get(UserRow, `SELECT ${columns} FROM users WHERE id = ?`, id),
  };
}

/** Sessions by the hash of their token; the token itself is never kept. */
export interface SessionRows {
  add(tokenHash: Uint8Array, session: StoredSession): void;
  get(tokenHash: Uint8Array): StoredSession | null;
  extend(tokenHash: Uint8Array, lastSeenAt: number, expiresAt: number): void;
  remove(tokenHash: Uint8Array): void;
  removeExpired(before: number): number;
}

export function makeSessionRows(db: SqliteFile): SessionRows {
  return {
    add: (hash, session) => {
      db.run(
        'INSERT INTO sessions (token_hash, user_id, created_at, last_seen_at, expires_at) VALUES (?, ?, ?, ?, ?)',
        hash,
        session.userId,
        session.createdAt,
        session.lastSeenAt,
        session.expiresAt,
      );
    },
    get: (hash) =>
      db.get(
        SessionRow,
        'SELECT user_id, created_at, last_seen_at, expires_at FROM sessions WHERE token_hash = ?',
        hash,
      ),
    extend: (hash, lastSeenAt, expiresAt) => {
      db.run('UPDATE sessions SET last_seen_at = ?, expires_at = ? WHERE token_hash = ?', lastSeenAt, expiresAt, hash);
    },
    remove: (hash) => {
      db.run('DELETE FROM sessions WHERE token_hash = ?', hash);
    },
    removeExpired: (before) => db.run('DELETE FROM sessions WHERE expires_at < ?', before).changes,
  };
}
