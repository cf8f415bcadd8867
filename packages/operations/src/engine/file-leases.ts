import { closeSync, existsSync, linkSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ClusterId, OperationId } from '@slotdeck/model/ids';
import { JournalError } from './journal.ts';
import { asJournal, syncFolder, systemCode, writeWhole } from './line-file.ts';
import type { ClusterLeases, Lease } from './single-flight.ts';

const LeaseFile = z.object({
  clusterId: ClusterId,
  operationId: OperationId,
  holder: z.string(),
  fence: z.number().int(),
});

/** Fences of a cluster whose files are kept; older ones say nothing any more. */
const FENCES_KEPT = 8;

/** Each try that fails means that another process took the lease meanwhile. */
const MOST_TRIES = 100;

/**
 * Leases of several processes in one folder, without a lock that a dead process could leave behind. Fence 7 of a cluster is the
 * file `7`, and the system lets only one process make it: a take is the making of the next number. A lease that was given back
 * has `7.released` beside it, so the numbers never begin again.
 */
export function createFileLeases(folder: string): ClusterLeases {
  asJournal(() => mkdirSync(folder, { recursive: true, mode: 0o700 }));

  function newest(clusterId: ClusterId): { lease: Lease; isReleased: boolean } | null {
    const at = join(folder, clusterId);
    const last = fencesIn(at).at(-1);
    if (last === undefined) return null;
    const lease = LeaseFile.parse(JSON.parse(readFileSync(join(at, String(last)), 'utf8')));
    return { lease, isReleased: existsSync(join(at, `${last}.released`)) };
  }

  function current(clusterId: ClusterId): Lease | null {
    const last = newest(clusterId);
    return last === null || last.isReleased ? null : last.lease;
  }

  return {
    take: ({ clusterId, operationId, holder }) =>
      asJournal(() => {
        const at = join(folder, clusterId);
        mkdirSync(at, { recursive: true, mode: 0o700 });
        for (let tries = 0; tries < MOST_TRIES; tries += 1) {
          const last = newest(clusterId);
          if (last !== null && !last.isReleased && last.lease.operationId !== operationId)
            return { ok: false, heldBy: last.lease.operationId };
          const fence = (last?.lease.fence ?? 0) + 1;
          if (!makeFence(at, { clusterId, operationId, holder, fence })) continue;
          syncFolder(folder);
          dropOld(at, fence);
          return { ok: true, fence };
        }
        throw new JournalError('storage-failed', { seen: `the lease of ${clusterId} changes hands all the time` });
      }),
    release: (clusterId, fence) => {
      asJournal(() => {
        if (current(clusterId)?.fence !== fence) return;
        const at = join(folder, clusterId);
        closeSync(openSync(join(at, `${fence}.released`), 'a', 0o600));
        syncFolder(at);
      });
    },
    current: (clusterId) => asJournal(() => current(clusterId)),
    held: () =>
      asJournal(() =>
        readdirSync(folder).flatMap((name) => {
          const id = ClusterId.safeParse(name);
          return id.success ? (current(id.data) ?? []) : [];
        }),
      ),
  };
}

/** False when another process was first. The file comes into being whole: it is written under another name and then linked. */
function makeFence(at: string, lease: Lease): boolean {
  const draft = join(at, `draft-${process.pid}`);
  writeWhole(draft, JSON.stringify(lease));
  try {
    linkSync(draft, join(at, String(lease.fence)));
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft);
  }
  syncFolder(at);
  return true;
}

function fencesIn(at: string): number[] {
  if (!existsSync(at)) return [];
  return readdirSync(at)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .toSorted((a, b) => a - b);
}

function dropOld(at: string, fence: number): void {
  for (const old of fencesIn(at).filter((each) => each <= fence - FENCES_KEPT)) {
    rmSync(join(at, String(old)));
    rmSync(join(at, `${old}.released`), { force: true });
  }
}
