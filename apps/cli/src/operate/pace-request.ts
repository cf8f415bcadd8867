import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OperationId } from '@slotdeck/model/ids';
import { Pace } from '@slotdeck/model/pace';

/**
 * A pace that one process asks of the one that carries an operation out: a file beside the journal. A signal, which is how a pause is
 * asked for, cannot carry a number.
 */
export function askForPace(folder: string, id: OperationId, pace: Pace): void {
  mkdirSync(join(folder, 'asked'), { recursive: true, mode: 0o700 });
  const draft = `${pathOf(folder, id)}.${process.pid}`;
  writeFileSync(draft, pace, { mode: 0o600 });
  renameSync(draft, pathOf(folder, id));
}

/** The pace that was asked for since the last call; null: none, or no pace. */
export function takePaceAsked(folder: string, id: OperationId): Pace | null {
  const path = pathOf(folder, id);
  if (!existsSync(path)) return null;
  const pace = Pace.safeParse(readFileSync(path, 'utf8'));
  rmSync(path, { force: true });
  return pace.success ? pace.data : null;
}

function pathOf(folder: string, id: OperationId): string {
  return join(folder, 'asked', `${id}.pace`);
}
