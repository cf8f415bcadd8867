import { mkdirSync, openSync, closeSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Ports that stay ours until released, also while nothing listens on them (a killed node comes back on its port).
 * They lie below the range from which the kernel takes outgoing ports (32768 and up on Linux), or another
 * test's connection could sit on the port of a node that is down. Between processes a lock file per port decides.
 */
const lowestPort = 12_000;
const highestPort = 32_000;

export async function reservePort(): Promise<number> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    const port = lowestPort + Math.floor(Math.random() * (highestPort - lowestPort));
    if (!lockPort(port)) continue;
    if (await isFree(port)) return port;
    releasePort(port);
  }
  throw new Error(`no free port found between ${lowestPort} and ${highestPort}`);
}

export function releasePort(port: number): void {
  rmSync(lockPath(port), { force: true });
}

function lockPort(port: number): boolean {
  mkdirSync(lockFolder(), { recursive: true });
  if (createLock(port)) return true;
  if (holderIsAlive(port)) return false;
  releasePort(port);
  return createLock(port);
}

function createLock(port: number): boolean {
  try {
    const file = openSync(lockPath(port), 'wx');
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function holderIsAlive(port: number): boolean {
  try {
    const pid = Number(readFileSync(lockPath(port), 'utf8'));
    // An empty file is a lock whose writer has not come to its second line yet.
    if (!Number.isInteger(pid) || pid <= 0) return true;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EPERM') return true;
    if (errorCode(error) === 'ESRCH' || errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

function lockFolder(): string {
  // One per user: nobody can remove another's stale locks.
  return join(tmpdir(), `slotdeck-test-ports-${process.getuid?.() ?? 'user'}`);
}

function lockPath(port: number): string {
  return join(lockFolder(), String(port));
}

function errorCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
