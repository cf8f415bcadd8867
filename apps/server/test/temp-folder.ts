import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { superviseFolder } from '@slotdeck/testkit/child-supervisor';

/** A folder for one test; it is removed by `remove`, or when this process ends without that. */
export function makeTempFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'slotdeck-server-'));
  superviseFolder(path);
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) };
}
