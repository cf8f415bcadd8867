import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A wall clock that can be set while the console runs, as an administrator or a time server would set it. */
export interface JumpingClock {
  /** To be given to the console's process. */
  readonly env: Readonly<Record<string, string>>;
  /** Puts the wall clock this far from the true time, in milliseconds. */
  set(offsetMs: number): Promise<void>;
  discard(): Promise<void>;
}

/**
 * The process reads its wall clock through `Date`; the file loaded before it adds what another file says. Like a real jump it
 * leaves the monotonic clock alone.
 */
export async function makeJumpingClock(): Promise<JumpingClock> {
  const folder = await mkdtemp(join(tmpdir(), 'slotdeck-clock-'));
  const offset = join(folder, 'offset');
  const preload = join(folder, 'jumping-clock.mjs');
  await writeFile(offset, '0');
  await writeFile(
    preload,
    `import { readFileSync } from 'node:fs';
const TrueDate = Date;
const offset = () => Number(readFileSync(${JSON.stringify(offset)}, 'utf8')) || 0;
globalThis.Date = class extends TrueDate {
  constructor(...parts) { if (parts.length === 0) super(TrueDate.now() + offset()); else super(...parts); }
  static now() { return TrueDate.now() + offset(); }
};
`,
  );
  return {
    env: { NODE_OPTIONS: `--import=${pathToFileURL(preload).href}` },
    set: (offsetMs) => writeFile(offset, String(offsetMs)),
    discard: () => rm(folder, { recursive: true, force: true }),
  };
}
