import { expect, test } from 'vitest';
import { UserId } from '@slotdeck/model/ids';
import { createHandClock } from '@slotdeck/testkit/hand-clock';
import { StoreError } from '../store/store-error.ts';
import type { SessionRows, StoredSession, StoredUser } from '../store/users.ts';
import { makeSessions } from './sessions.ts';

const HOUR = 3_600_000;
const ada: StoredUser = { id: UserId.parse('us-ada1'), name: 'ada', role: 'operator', passwordHash: '', createdAt: 0 };

/** Rows in memory that can be told that the disk is full. */
function makeRows() {
  const kept = new Map<string, StoredSession>();
  const disk = { isFull: false, writes: 0 };
  const keyOf = (hash: Uint8Array): string => Buffer.from(hash).toString('hex');
  const write = (work: () => void): void => {
    if (disk.isFull) throw new StoreError('storage-full', 'full');
    disk.writes += 1;
    work();
  };
  const rows: SessionRows = {
    add: (hash, session) => write(() => kept.set(keyOf(hash), session)),
    get: (hash) => kept.get(keyOf(hash)) ?? null,
    extend: (hash, lastSeenAt, expiresAt) =>
      write(() => {
        const session = kept.get(keyOf(hash));
        if (session !== undefined) kept.set(keyOf(hash), { ...session, lastSeenAt, expiresAt });
      }),
    remove: (hash) => write(() => kept.delete(keyOf(hash))),
    removeExpired: (before) => {
      for (const [key, session] of kept) if (session.expiresAt < before) kept.delete(key);
      return 0;
    },
  };
  return { rows, kept, disk };
}

function begin(users: StoredUser[] = [ada]) {
  const clock = createHandClock();
  const { rows, kept, disk } = makeRows();
  const byId = (id: UserId): StoredUser | null => users.find((user) => user.id === id) ?? null;
  const sessions = makeSessions(rows, { byId }, clock, 12 * HOUR);
  return { clock, kept, disk, sessions, token: sessions.begin(ada.id).token };
}

test('a session belongs to its user, and its token is kept nowhere', () => {
  const { sessions, token, kept } = begin();
  expect(sessions.find(token)?.principal).toEqual({ kind: 'user', id: ada.id, name: 'ada', role: 'operator' });
  expect(token.length).toBeGreaterThanOrEqual(43);
  expect(JSON.stringify([...kept])).not.toContain(token);
  expect(sessions.find(`${token}x`)).toBeNull();
});

test('a session that is used goes on, one that is not ends', async () => {
  const { clock, sessions, token } = begin();
  for (let day = 0; day < 4; day += 1) {
    await clock.advance(11 * HOUR);
    expect(sessions.find(token)).not.toBeNull();
  }
  await clock.advance(12 * HOUR);
  expect(sessions.find(token)).toBeNull();
});

test('an open page alone does not keep a session alive', async () => {
  const { clock, sessions, token } = begin();
  const key = sessions.find(token)?.key ?? '';
  await clock.advance(11 * HOUR);
  expect(sessions.isAlive(key)).toBe(true);
  await clock.advance(HOUR);
  expect(sessions.isAlive(key)).toBe(false);
});

test('a page that asks all the time does not write all the time', async () => {
  const { clock, sessions, token, disk } = begin();
  const before = disk.writes;
  for (let second = 0; second < 120; second += 1) {
    sessions.find(token);
    await clock.advance(1_000);
  }
  expect(disk.writes - before).toBeLessThanOrEqual(2);
});

test('a clock that is set back ends no session', () => {
  const { clock, sessions, token } = begin();
  clock.jump(-30 * 24 * HOUR);
  expect(sessions.find(token)).not.toBeNull();
  clock.jump(30 * 24 * HOUR);
  expect(sessions.find(token)).not.toBeNull();
});

test('signing out ends the session at once and tells who listens', () => {
  const { sessions, token } = begin();
  const key = sessions.find(token)?.key;
  const ended: string[] = [];
  sessions.onEnd((each) => ended.push(each));
  sessions.end(token);
  expect(ended).toEqual([key]);
  expect(sessions.find(token)).toBeNull();
});

test('a user who is gone has no session', () => {
  const users = [ada];
  const { sessions, token } = begin(users);
  users.pop();
  expect(sessions.find(token)).toBeNull();
});

test('on a full disk one can still sign in, see, and sign out', () => {
  const { sessions, disk, kept } = begin();
  disk.isFull = true;
  const before = kept.size;
  const { token } = sessions.begin(ada.id);
  expect(sessions.find(token)?.principal).toMatchObject({ name: 'ada' });
  expect(kept.size).toBe(before);
  sessions.end(token);
  expect(sessions.find(token)).toBeNull();
});

test('on a full disk a session that is used goes on, and signing out ends it', async () => {
  const { clock, sessions, disk, token } = begin();
  await clock.advance(HOUR);
  disk.isFull = true;
  expect(sessions.find(token)).not.toBeNull();
  await clock.advance(11.5 * HOUR);
  expect(sessions.find(token)).not.toBeNull();
  sessions.end(token);
  expect(sessions.find(token)).toBeNull();
});
