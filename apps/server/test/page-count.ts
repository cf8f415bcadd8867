import { join } from 'node:path';
import { z } from 'zod';
import { openSqliteFile } from '../src/store/sqlite-file.ts';

/** How many pages the database of a data folder has now: the smallest size that it can be kept to. */
export async function pageCount(folder: string): Promise<number> {
  const file = await openSqliteFile(join(folder, 'slotdeck.db'));
  const row = file.get(z.object({ page_count: z.number() }), 'PRAGMA page_count');
  file.close();
  return row?.page_count ?? 0;
}
