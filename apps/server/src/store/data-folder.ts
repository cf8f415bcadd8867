import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { openSqliteFile, type SqliteFile } from './sqlite-file.ts';
import { StoreError } from './store-error.ts';

const Holder = z.object({ pid: z.number(), startedAt: z.string() });

/** The folder, made for this user alone, and held by this process until `release`. */
export interface DataFolder {
  readonly path: string;
  release(): void;
}

/**
 * Makes the folder and takes its lock: an exclusive transaction in a small SQLite file that is never ended. The system frees
 * such a lock however the process ends, so a killed server leaves nothing that must be removed by hand.
 * @throws StoreError `folder-in-use`, `folder-unusable`
 */
export async function holdDataFolder(folder: string): Promise<DataFolder> {
  const path = resolve(folder);
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    chmodSync(path, 0o700);
  } catch (cause) {
    const seen = cause instanceof Error ? cause.message : String(cause);
    throw new StoreError(
      'folder-unusable',
      `The data folder ${path} cannot be used: ${seen}.`,
      { path, seen },
      { cause },
    );
  }
  const holderFile = resolve(path, 'server.json');
  const lock = await openSqliteFile(resolve(path, 'lock.db'));
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE');
    lock.exec('PRAGMA journal_mode = DELETE');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    throw refused(cause, path, holderFile);
  }
  try {
    writeFileSync(holderFile, JSON.stringify({ pid: process.pid, startedAt: new Date().toISOString() }), {
      mode: 0o600,
    });
  } catch (cause) {
    // Only for the sentence another server would print; the lock itself stands. A full disk is told where it matters.
    if (!(cause instanceof Error)) throw cause;
  }
  return { path, release: () => endLock(lock) };
}

function endLock(lock: SqliteFile): void {
  lock.close();
}

function refused(cause: unknown, path: string, holderFile: string): unknown {
  if (!(cause instanceof StoreError) || (Number(cause.facts['errcode']) & 0xff) !== 5) return cause;
  const holder = readHolder(holderFile);
  const who =
    holder === null
      ? 'Another Slotdeck server'
      : `Another Slotdeck server (process ${holder.pid}, started ${holder.startedAt})`;
  return new StoreError(
    'folder-in-use',
    `${who} is using the data folder ${path}. Stop it first, or give this one another folder with SLOTDECK_DATA.`,
    { path, pid: holder?.pid ?? null },
    { cause },
  );
}

function readHolder(file: string): { pid: number; startedAt: string } | null {
  try {
    return Holder.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    // Absent or half-written: the sentence then names no process. Anything but a file or JSON problem is a bug.
    if (cause instanceof z.ZodError || cause instanceof SyntaxError || (cause instanceof Error && 'code' in cause))
      return null;
    throw cause;
  }
}
