import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { JournalError } from './journal.ts';

/** Owner only: plans and transcripts name hosts and keys. */
const MODE = 0o600;
const NEW_LINE = 10;

/**
 * Writes one JSON line and returns the size of the file when it is on the disk. A write that fails leaves the file as it was;
 * where even that fails, what is left is a cut-off line, which readers pass over.
 */
export function appendLine(path: string, value: unknown): number {
  const file = openSync(path, 'a+', MODE);
  try {
    const { size } = fstatSync(file);
    const text = Buffer.from(`${isCutOff(file, size) ? '\n' : ''}${JSON.stringify(value)}\n`);
    try {
      let done = 0;
      while (done < text.length) done += writeSync(file, text, done);
      fdatasyncSync(file);
    } catch (error) {
      ftruncateSync(file, size);
      throw error;
    }
    return size + text.length;
  } finally {
    closeSync(file);
  }
}

function isCutOff(file: number, size: number): boolean {
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, size - 1);
  return last[0] !== NEW_LINE;
}

/** Every whole line, read as JSON; a file that is not there has none. A line that a crash cut off is passed over. */
export function readLines(path: string): unknown[] {
  if (fileSize(path) === 0) return [];
  return readFileSync(path, 'utf8').split('\n').flatMap(readLine);
}

function readLine(text: string): unknown[] {
  if (text === '') return [];
  try {
    const value: unknown = JSON.parse(text);
    return [value];
  } catch (error) {
    // Cut off by a crash before it was announced. Were it anything else, the event it held is found missing by its index.
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

/** Puts a whole new text in place of a file: a reader sees the old one or the new one. */
export function replaceFile(path: string, text: string): void {
  const draft = `${path}.${process.pid}.new`;
  writeWhole(draft, text);
  renameSync(draft, path);
  syncFolder(dirname(path));
}

/** A file with this text, on the disk; its name in the folder is not yet. */
export function writeWhole(path: string, text: string): void {
  const file = openSync(path, 'w', MODE);
  try {
    const bytes = Buffer.from(text);
    let done = 0;
    while (done < bytes.length) done += writeSync(file, bytes, done);
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes new names in a folder last. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** 0 when there is no such file. */
export function fileSize(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Refusals of the file system in the words of the journal: the engine decides by them whether it may go on. */
export function asJournal<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof JournalError) throw error;
    if (error instanceof z.ZodError)
      throw new JournalError(
        'storage-failed',
        { seen: 'a line of the journal is not what was written' },
        { cause: error },
      );
    const code = systemCode(error);
    if (code === null || !(error instanceof Error)) throw error;
    const isFull = code === 'ENOSPC' || code === 'EDQUOT';
    throw new JournalError(isFull ? 'storage-full' : 'storage-failed', { seen: error.message }, { cause: error });
  }
}

/** What the system said, as in `ENOSPC`; null for an error that is not the system's. */
export function systemCode(error: unknown): string | null {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null;
}
