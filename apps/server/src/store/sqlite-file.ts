import type { z } from 'zod';
import { isConstraint, readDriverError, StoreError } from './store-error.ts';

/** What can be bound to a `?`. */
export type SqlValue = string | number | null | Uint8Array;

interface DriverStatement {
  run(...values: SqlValue[]): { changes: number | bigint; lastInsertRowid: number | bigint };
  get(...values: SqlValue[]): unknown;
  all(...values: SqlValue[]): unknown[];
}
interface Driver {
  prepare(sql: string): DriverStatement;
  exec(sql: string): void;
  close(): void;
}
type OpenDriver = new (path: string) => Driver;

/**
 * One SQLite file: the only thing the rest of the store knows of the driver. Rows come back through a schema; statements are
 * prepared once, since the driver frees re-prepared ones only when the event loop turns.
 */
export interface SqliteFile {
  exec(sql: string): void;
  /** @returns how many rows changed and the row id of the last insert. */
  run(sql: string, ...values: SqlValue[]): { changes: number; lastRowId: number };
  /** Like `run`, but says whether a key was there already instead of throwing. */
  insertIfNew(sql: string, ...values: SqlValue[]): boolean;
  get<S extends z.ZodType>(schema: S, sql: string, ...values: SqlValue[]): z.output<S> | null;
  all<S extends z.ZodType>(schema: S, sql: string, ...values: SqlValue[]): z.output<S>[];
  /** All or nothing. Inside another one it joins that one. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/** Node's own `node:sqlite` where this Node has it, else the package with the same interface. */
async function loadDriver(): Promise<OpenDriver> {
  const core: unknown = process.getBuiltinModule('node:sqlite');
  const module: unknown = core ?? (await import('@photostructure/sqlite'));
  if (typeof module === 'object' && module !== null && 'DatabaseSync' in module) {
    // Both name their class so and follow Node's documented interface, of which `Driver` is the part in use.
    return module.DatabaseSync as OpenDriver;
  }
  throw new StoreError('storage-failed', 'No SQLite driver was found in this installation.');
}

export async function openSqliteFile(path: string): Promise<SqliteFile> {
  const OpenDatabase = await loadDriver();
  let db: Driver;
  try {
    db = new OpenDatabase(path);
  } catch (cause) {
    throw readDriverError(cause, `open ${path}`);
  }
  return wrap(db, path);
}

function wrap(db: Driver, path: string): SqliteFile {
  const statements = new Map<string, DriverStatement>();
  let depth = 0;
  let isOpen = true;

  function attempt<T>(doing: string, work: () => T): T {
    if (!isOpen) throw new StoreError('storage-failed', 'The store is closed.', { doing });
    try {
      return work();
    } catch (cause) {
      if (cause instanceof StoreError) throw cause;
      throw readDriverError(cause, doing);
    }
  }

  function prepare(sql: string): DriverStatement {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const made = db.prepare(sql);
    statements.set(sql, made);
    return made;
  }

  function read<S extends z.ZodType>(schema: S, row: unknown, sql: string): z.output<S> {
    // The driver's rows have no prototype; a plain object is what schemas and tests expect.
    const parsed = schema.safeParse(typeof row === 'object' && row !== null ? { ...row } : row);
    if (parsed.success) return parsed.data;
    const seen = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    throw new StoreError('row-broken', `A row of ${path} is not as this program writes it: ${seen}`, {
      doing: sql,
      seen,
    });
  }

  return {
    exec: (sql) => attempt(sql, () => db.exec(sql)),
    run: (sql, ...values) =>
      attempt(sql, () => {
        const done = prepare(sql).run(...values);
        return { changes: Number(done.changes), lastRowId: Number(done.lastInsertRowid) };
      }),
    insertIfNew: (sql, ...values) =>
      attempt(sql, () => {
        try {
          prepare(sql).run(...values);
          return true;
        } catch (cause) {
          if (isConstraint(cause)) return false;
          throw cause;
        }
      }),
    get: (schema, sql, ...values) => {
      const row = attempt(sql, () => prepare(sql).get(...values));
      return row === undefined ? null : read(schema, row, sql);
    },
    all: (schema, sql, ...values) =>
      attempt(sql, () => prepare(sql).all(...values)).map((row) => read(schema, row, sql)),
    transaction(work) {
      if (depth > 0) return work();
      attempt('BEGIN', () => db.exec('BEGIN IMMEDIATE'));
      depth += 1;
      try {
        const result = work();
        attempt('COMMIT', () => db.exec('COMMIT'));
        return result;
      } catch (error) {
        rollBack(db);
        throw error;
      } finally {
        depth -= 1;
      }
    },
    close() {
      if (!isOpen) return;
      isOpen = false;
      statements.clear();
      db.close();
    },
  };
}

function rollBack(db: Driver): void {
  try {
    db.exec('ROLLBACK');
  } catch (cause) {
    // After SQLITE_FULL or IOERR SQLite may have rolled back by itself and then says that no transaction is active. That is
    // the state wanted here; any other answer means that the file cannot be trusted.
    if (cause instanceof Error && /no transaction is active/.test(cause.message)) return;
    throw readDriverError(cause, 'ROLLBACK');
  }
}
