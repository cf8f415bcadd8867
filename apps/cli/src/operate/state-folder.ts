import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ClusterId, NodeId } from '@slotdeck/model/ids';
import type { Topology } from '@slotdeck/model/topology';

/** Where a terminal without a server keeps its journal: `--state DIR`, `SLOTDECK_STATE`, or the user's state folder. */
export function stateFolder(given: string | undefined, env: Readonly<Record<string, string | undefined>>): string {
  const base = env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state');
  return given ?? env['SLOTDECK_STATE'] ?? join(base, 'slotdeck');
}

const Known = z.array(
  z.object({
    id: ClusterId,
    nodes: z.array(z.object({ id: NodeId, host: z.string(), port: z.number().int() })),
  }),
);
export type KnownCluster = z.infer<typeof Known>[number];

/** The clusters that were changed from here, by their nodes: a cluster is the same one as long as one node of it stays. */
export function knownClusters(folder: string): KnownCluster[] {
  const path = join(folder, 'clusters.json');
  return existsSync(path) ? Known.parse(JSON.parse(readFileSync(path, 'utf8'))) : [];
}

/** Finds the cluster again, or gives it a name, and remembers who its nodes are now. */
export function rememberCluster(folder: string, topology: Topology): ClusterId {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const known = knownClusters(folder);
  const ids = new Set<string>(topology.nodes.map(({ id }) => id));
  const found = known.find(({ nodes }) => nodes.some(({ id }) => ids.has(id)));
  const id = found?.id ?? ClusterId.parse(`cl-${randomId()}`);
  const nodes = topology.nodes.map((node) => ({ id: node.id, host: node.host, port: node.port }));
  const kept = [...known.filter((each) => each.id !== id), { id, nodes }];
  const draft = join(folder, `clusters.json.${process.pid}`);
  writeFileSync(draft, JSON.stringify(kept), { mode: 0o600 });
  renameSync(draft, join(folder, 'clusters.json'));
  return id;
}

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz';

/** Ten characters of base 36: enough that two never meet in one folder. */
export function randomId(): string {
  return Array.from({ length: 10 }, () => DIGITS[randomInt(DIGITS.length)]).join('');
}
