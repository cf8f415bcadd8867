import { createHash } from 'node:crypto';
import type { Clock } from '@slotdeck/model/clock';
import type { Principal } from '@slotdeck/model/access';
import { StoreError } from '../store/store-error.ts';
import type { SessionRows, StoredSession, Users } from '../store/users.ts';
import { drawToken } from './random-ids.ts';
import type { UserId } from '@slotdeck/model/ids';

/** Names a session without being able to use it. */
export type SessionKey = string;

export interface Sessions {
  /** @returns the token for the cookie. It exists nowhere else. */
  begin(userId: UserId): { token: string; expiresAt: number };
  /** Who holds this token now; extends the session. Null: no such session, or it has ended. */
  find(token: string): { principal: Principal; key: SessionKey } | null;
  /** Whether the session still holds, without extending it: an open page is no use of it. */
  isAlive(key: SessionKey): boolean;
  end(token: string): void;
  /** Called with the key of each session that ends. Returns how to stop listening. */
  onEnd(listener: (key: SessionKey) => void): () => void;
  removeExpired(): void;
}

/** Written at most this often per session: a page asks many times a minute and each write costs an fsync. */
const EXTEND_EVERY_MS = 60_000;

/**
 * Sessions live in the store; one that cannot be written because the disk is full lives in memory until the server ends, so
 * that on-call can still sign in and see on the very day it matters.
 */
export function makeSessions(
  rows: SessionRows,
  users: Pick<Users, 'byId'>,
  clock: Clock,
  lifetimeMs: number,
): Sessions {
  const unsaved = new Map<SessionKey, StoredSession>();
  const listeners = new Set<(key: SessionKey) => void>();

  const load = (key: SessionKey): StoredSession | null => unsaved.get(key) ?? rows.get(Buffer.from(key, 'hex'));

  /** Time that ran backwards does not end a session: only what lies past its end does. */
  const isOver = (session: StoredSession): boolean => clock.now() >= session.expiresAt;

  const tolerateFullDisk = (write: () => void, otherwise: () => void): void => {
    try {
      write();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      otherwise();
    }
  };

  const tell = (key: SessionKey): void => {
    for (const listener of listeners) listener(key);
  };

  return {
    begin(userId) {
      const token = drawToken();
      const key = keyOf(token);
      const now = clock.now();
      const session = { userId, createdAt: now, lastSeenAt: now, expiresAt: now + lifetimeMs };
      tolerateFullDisk(
        () => rows.add(Buffer.from(key, 'hex'), session),
        () => unsaved.set(key, session),
      );
      return { token, expiresAt: session.expiresAt };
    },
    find(token) {
      const key = keyOf(token);
      const session = load(key);
      if (session === null || isOver(session)) return null;
      const user = users.byId(session.userId);
      if (user === null) return null;
      const now = clock.now();
      if (Math.abs(now - session.lastSeenAt) >= EXTEND_EVERY_MS) {
        // Never sooner than before: a clock that was set back for a while must not have cut the session short.
        const expiresAt = Math.max(session.expiresAt, now + lifetimeMs);
        const extended = { ...session, lastSeenAt: now, expiresAt };
        if (unsaved.has(key)) unsaved.set(key, extended);
        else
          tolerateFullDisk(
            () => rows.extend(Buffer.from(key, 'hex'), extended.lastSeenAt, extended.expiresAt),
            () => unsaved.set(key, extended),
          );
      }
      return { principal: { kind: 'user', id: user.id, name: user.name, role: user.role }, key };
    },
    isAlive(key) {
      const session = load(key);
      return session !== null && !isOver(session) && users.byId(session.userId) !== null;
    },
    end(token) {
      const key = keyOf(token);
      const wasUnsaved = unsaved.delete(key);
      if (wasUnsaved)
        tolerateFullDisk(
          () => rows.remove(Buffer.from(key, 'hex')),
          () => undefined,
        );
      else rows.remove(Buffer.from(key, 'hex'));
      tell(key);
    },
    onEnd(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    removeExpired() {
      for (const [key, session] of unsaved) if (isOver(session)) unsaved.delete(key);
      rows.removeExpired(clock.now());
    },
  };
}

function keyOf(token: string): SessionKey {
  return createHash('sha256').update(token).digest('hex');
}
