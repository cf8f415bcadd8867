import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run-program.mjs';

/** When anything of these was last changed, in milliseconds. Folders are looked through whole; paths start at the root. */
export function newestChange(folders, files) {
  return Math.max(
    ...folders.flatMap((folder) => listFiles(join(root, folder))).map((file) => statSync(file).mtimeMs),
    ...files.map((file) => statSync(join(root, file)).mtimeMs),
  );
}

/** Every file below a folder; none when there is no such folder. */
export function listFiles(folder) {
  const entries =
    statSync(folder, { throwIfNoEntry: false }) === undefined ? [] : readdirSync(folder, { withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? listFiles(path) : [path];
  });
}
