import type { ServerVersion } from './topology.ts';

/** First versions that move slots by themselves: Valkey 9.0 (MIGRATESLOTS), Redis 8.4 (CLUSTER MIGRATION). */
const SINCE: Readonly<Record<ServerVersion['flavour'], readonly [number, number]>> = { valkey: [9, 0], redis: [8, 4] };

/** Whether two servers can move slots between them by themselves. Null: nobody told what it is. */
export function movesAtomically(source: ServerVersion | null, target: ServerVersion | null): boolean {
  if (source === null || target === null || source.flavour !== target.flavour) return false;
  return [source, target].every(({ flavour, version }) => isAtLeast(version, SINCE[flavour]));
}

/** Valkey 9.0 and 9.1.0–9.1.1 can fail or lose slots of a job under writes with I/O threads; mended in 9.1.2 (valkey#4545). */
export function isEarlyAtomic(server: ServerVersion | null): boolean {
  return server?.flavour === 'valkey' && isAtLeast(server.version, [9, 0]) && !isAtLeast(server.version, [9, 1, 2]);
}

function isAtLeast(version: string, wanted: readonly number[]): boolean {
  const parts = version.split('.').map((part) => Number.parseInt(part, 10) || 0);
  for (const [at, least] of wanted.entries()) {
    const part = parts[at] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}
