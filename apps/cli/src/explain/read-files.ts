import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { createLogReader, type NodeLog } from '@slotdeck/cluster/logs/read-log';

/** A file or folder that was named and has nothing to read. */
export class NoLogs extends Error {
  readonly code = 'no-logs';
}

/** What a log is called in a folder: `server.log`, `server.log.1`, `redis_7000.log.2.gz`; anything else there is left alone. */
const LOG_NAME = /\.(log|json|txt)(\.\d+)?(\.gz)?$|\.log[.-]\d{4,}(\.gz)?$/;
/** Rotated files of one log, the oldest first: `.log.2` before `.log.1` before `.log`. In `node.7001` the number is a name. */
const ROTATED = /^(.*\.(?:log|json|txt))(?:\.(\d{1,4}))?(?:\.gz)?$/;

/**
 * Reads files and folders of logs; files that are parts of one log (rotated) are read as one, the oldest first. `-` is standard
 * input. No file is held in memory.
 * @throws NoLogs, and what the file system says (ENOENT, EACCES)
 */
export async function readLogFiles(paths: readonly string[], stdin: () => Readable): Promise<NodeLog[]> {
  const files = (await Promise.all(paths.map(listFiles))).flat();
  const logs: NodeLog[] = [];
  for (const { name, parts } of joinRotated(files)) {
    const until =
      name === '-'
        ? Date.now()
        : Math.max(...(await Promise.all(parts.map(async (path) => (await stat(path)).mtimeMs))));
    const reader = createLogReader({ name, until });
    for (const path of parts) for await (const chunk of open(path, stdin)) reader.push(asBytes(chunk));
    logs.push(reader.end());
  }
  return logs;
}

function asBytes(chunk: unknown): Uint8Array {
  return chunk instanceof Uint8Array ? chunk : Buffer.from(String(chunk));
}

function open(path: string, stdin: () => Readable): Readable {
  if (path === '-') return stdin();
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  if (!path.endsWith('.gz')) return file;
  const plain = createGunzip();
  file.on('error', (error) => plain.destroy(error));
  return file.pipe(plain);
}

async function listFiles(path: string): Promise<string[]> {
  if (path === '-' || !(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  const files = entries
    .filter((entry) => entry.isFile() && LOG_NAME.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  if (files.length === 0) throw new NoLogs(`There is no log in the folder ${path}.`);
  return files;
}

function joinRotated(files: readonly string[]): { name: string; parts: string[] }[] {
  const groups = new Map<string, { path: string; age: number }[]>();
  for (const path of new Set(files)) {
    const [, stem = path, age] = ROTATED.exec(path) ?? [];
    groups.set(stem, [...(groups.get(stem) ?? []), { path, age: Number(age ?? 0) }]);
  }
  const names = [...groups.keys()].map((stem) => basename(stem));
  return [...groups].map(([stem, parts], i) => ({
    // Logs of several nodes are often called the same, each in its folder.
    name: names.filter((name) => name === names[i]).length > 1 ? stem : basename(stem),
    parts: parts.sort((a, b) => b.age - a.age).map(({ path }) => path),
  }));
}
