/**
 * - `storage-full`: no room on the disk (or the file may not grow) · `storage-failed`: it cannot be read or written for another reason
 * - `folder-in-use`: another server holds this data folder · `folder-newer`: it was written by a newer version of the program
 * - `folder-unusable`: the folder cannot be made or entered · `row-broken`: a row is not what this program writes
 */
export type StoreErrorCode =
  'storage-full' | 'storage-failed' | 'folder-in-use' | 'folder-newer' | 'folder-unusable' | 'row-broken';

export class StoreError extends Error {
  readonly code: StoreErrorCode;
  readonly facts: Readonly<Record<string, string | number | null>>;
  constructor(
    code: StoreErrorCode,
    message: string,
    facts: Readonly<Record<string, string | number | null>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
    this.facts = facts;
  }
}

/** SQLite's primary result codes (the low byte of the extended ones), from sqlite.org/rescode.html. */
const FULL = 13;
const READ_ONLY = 8;
const IO_ERROR = 10;
const BUSY = 5;

/** What the driver threw, as one of ours. Its errors carry SQLite's number in `errcode`. */
export function readDriverError(cause: unknown, doing: string): StoreError {
  const errcode = cause instanceof Error && 'errcode' in cause ? Number(cause.errcode) : 0;
  const seen = cause instanceof Error ? cause.message : String(cause);
  const facts = { seen, errcode, doing };
  switch (errcode & 0xff) {
    case FULL:
      return new StoreError('storage-full', 'The disk of the data folder is full; nothing was written.', facts, {
        cause,
      });
    case READ_ONLY:
    case IO_ERROR:
    case BUSY:
    default:
      return new StoreError('storage-failed', `The data folder cannot be used: ${seen}.`, facts, { cause });
  }
}

/** Whether SQLite refused a row because its key is there already. */
export function isConstraint(cause: unknown): boolean {
  return cause instanceof Error && 'errcode' in cause && (Number(cause.errcode) & 0xff) === 19;
}
