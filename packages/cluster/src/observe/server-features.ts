import type { ServerVersion } from '@slotdeck/model/topology';

/** What a server can do and how it behaves where that matters to us. All false, and no migration, when the version is not known. */
export interface ServerFeatures {
  /** CLUSTER SLOT-STATS: keys of all slots in one call. */
  readonly slotStats: boolean;
  /** SLOT-STATS may tell bytes too (when switched on). */
  readonly slotStatsMemory: boolean;
  /** SETSLOT reaches the replicas before it answers, and takes TIMEOUT. */
  readonly replicatedSetSlot: boolean;
  /** The server's own atomic slot migration, and in whose dialect. */
  readonly atomicMigration: 'redis' | 'valkey' | null;
  /** COUNTKEYSINSLOT and SCAN do not show keys of slots the node does not own. */
  readonly hidesUnownedKeys: boolean;
  /** A restart deletes keys of slots that the node does not own. */
  readonly deletesUnownedKeys: boolean;
  /** CLUSTER FORGET tells the other nodes. */
  readonly forgetSpreads: boolean;
  /** A returning old owner can win a repaired slot back at any epoch, and its keys are deleted. */
  readonly staleOwnerMayReturn: boolean;
}

type Numbers = readonly [major: number, minor: number, patch: number];

export function featuresOf(server: ServerVersion | null): ServerFeatures {
  const version = readVersion(server?.version);
  const redis = server?.flavour === 'redis' ? version : null;
  const valkey = server?.flavour === 'valkey' ? version : null;
  const isRedis = (...from: Numbers): boolean => redis !== null && compare(redis, from) >= 0;
  const isValkey = (...from: Numbers): boolean => valkey !== null && compare(valkey, from) >= 0;
  return {
    slotStats: isRedis(8, 2, 0) || isValkey(8, 0, 0),
    slotStatsMemory: isRedis(8, 6, 0),
    replicatedSetSlot: isValkey(8, 0, 0),
    atomicMigration: isRedis(8, 4, 0) ? 'redis' : isValkey(9, 0, 0) ? 'valkey' : null,
    hidesUnownedKeys: isRedis(8, 4, 0),
    deletesUnownedKeys: isRedis(8, 4, 0) || isValkey(8, 0, 0),
    forgetSpreads: isRedis(7, 2, 0) || isValkey(7, 2, 0),
    staleOwnerMayReturn: (isRedis(7, 0, 13) && !isRedis(7, 2, 0)) || (isRedis(7, 2, 0) && !isRedis(7, 2, 4)),
  };
}

/** Development builds call themselves 255.255.255, which compares as newer than everything: they have what the newest has. */
function readVersion(text: string | undefined): Numbers | null {
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(text ?? '');
  return match === null ? null : [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
}

function compare(a: Numbers, b: Numbers): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
