import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConnectionSettings } from '@slotdeck/cluster/connection/connection-settings';
import { receiveSnapshot, type Snapshot } from '@slotdeck/cluster/connection/receive-snapshot';
import { countSlots } from '@slotdeck/model/slot-ranges';
import type { Topology, TopologyNode } from '@slotdeck/model/topology';
import { keysOf } from './cluster-lines.ts';
import type { Seen } from './open-cluster.ts';

/** The folder cannot be used, or the cluster is not whole. */
export class NoBackup extends Error {
  readonly code = 'no-backup';
}

export interface BackupParts {
  readonly folder: string;
  readonly settings: ConnectionSettings;
  readonly say: (line: string) => void;
}

export interface SavedNode extends Snapshot {
  readonly node: string;
  readonly file: string;
  readonly sha256: string;
  /** When the node was asked for it. */
  readonly at: string;
}

const MANIFEST = 'manifest.json';
/** Each makes its node write its whole data; a few at a time leave the machine to its clients. */
const ABREAST = 3;

/**
 * Saves every primary's data as an RDB file, what the nodes say of the cluster (`nodes.json`, in the form of redis-cli's, and more), and a
 * manifest with the digest of each file, written last: a folder without it is no backup. Each file is of one moment, which differs from
 * node to node by the time between their starts. @throws NoBackup · NodeCallError · file errors
 */
export async function backUp(seen: Seen, { folder, settings, say }: BackupParts): Promise<readonly SavedNode[]> {
  const { topology } = seen;
  requireWhole(topology);
  await requireFolder(folder);
  const primaries = topology.nodes.filter(({ role }) => role === 'primary');
  const saved: SavedNode[] = [];
  const turns = primaries.values();
  const work = async (): Promise<void> => {
    for (let turn = turns.next(); turn.done !== true; turn = turns.next()) {
      const node = turn.value;
      say(`>>> Node ${node.name} -> Saving RDB...`);
      const done = await saveNode(node, folder, settings);
      saved.push(done);
      say(`Transfer finished with success: ${done.bytes} bytes in '${join(folder, done.file)}'`);
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: ABREAST }, work));
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
  say(`Saving cluster configuration to: ${join(folder, 'nodes.json')}`);
  const nodes = JSON.stringify(nodesFile(seen, saved), null, 2);
  await writeWhole(join(folder, 'nodes.json'), nodes);
  const files = [
    ...saved.map(({ file, bytes, sha256 }) => ({ file, bytes, sha256 })),
    { file: 'nodes.json', bytes: Buffer.byteLength(nodes), sha256: digestOf(nodes) },
  ];
  const manifest = { format: 'slotdeck-backup-1', takenAt: new Date().toISOString(), topology, files };
  await writeWhole(join(folder, MANIFEST), JSON.stringify(manifest, null, 2));
  return saved;
}

function requireWhole(topology: Topology): void {
  const silent = topology.nodes.filter(({ slots, view }) => slots.length > 0 && view.state !== 'answered');
  if (silent.length > 0) {
    throw new NoBackup(
      `${silent.map(({ name }) => name).join(', ')} gave no answer: what they hold would be missing from the backup.`,
    );
  }
}

async function requireFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const taken = (await readdir(folder)).filter((name) => /\.rdb$|^nodes\.json$|^manifest\.json$/.test(name));
  if (taken.length > 0) throw new NoBackup(`${folder} holds a backup, or part of one, already (${taken[0] ?? ''} …).`);
}

/** As the flavour's own tool names it. */
function fileOf({ host, port, id, server }: TopologyNode): string {
  return `${server?.flavour ?? 'redis'}-node-${host.replaceAll(':', '.')}-${port}-${id}.rdb`;
}

async function saveNode(node: TopologyNode, folder: string, settings: ConnectionSettings): Promise<SavedNode> {
  const file = fileOf(node);
  const draft = join(folder, `${file}.part`);
  const handle = await open(draft, 'wx', 0o600);
  const hash = createHash('sha256');
  const at = new Date().toISOString();
  let head = Buffer.alloc(0);
  try {
    const snapshot = await receiveSnapshot({ host: node.host, port: node.port }, settings, async (part) => {
      if (head.length < 9) head = Buffer.concat([head, part.subarray(0, 9)]);
      hash.update(part);
      await handle.write(part);
    });
    if (!/^(REDIS|VALKEY)\d+/.test(head.toString('latin1'))) throw new NoBackup(`${node.name} sent no RDB file.`);
    await handle.sync();
    await handle.close();
    await rename(draft, join(folder, file));
    return { ...snapshot, node: node.id, file, sha256: hash.digest('hex'), at };
  } catch (error) {
    await handle.close();
    if (existsSync(draft)) await unlink(draft);
    throw error;
  }
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A reader never finds half of it. */
async function writeWhole(path: string, text: string): Promise<void> {
  const handle = await open(`${path}.part`, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${path}.part`, path);
}

/** The fields of redis-cli's file for each node, and after them what we know beyond. */
function nodesFile({ topology, stats, views }: Seen, saved: readonly SavedNode[]): unknown[] {
  const trouble = topology.disputes.length > 0 || topology.unassigned.length > 0 || topology.open.length > 0;
  return topology.nodes.map((node) => {
    const open = topology.open.filter((each) => each.node === node.id);
    const marks = (direction: 'migrating' | 'importing'): Record<string, string> =>
      Object.fromEntries(
        open.flatMap((each) => (each.direction === direction ? [[String(each.slot), each.peer] as const] : [])),
      );
    const own = views.find((view) => view.state === 'answered' && view.nodeId === node.id);
    return {
      name: node.id,
      host: node.host,
      port: node.port,
      replicate: node.primaryId,
      slots: node.slots.map(([first, last]): number | number[] => (first === last ? first : [first, last])),
      slots_count: countSlots(node.slots),
      flags: node.flags.join(','),
      current_epoch: node.configEpoch ?? 0,
      ...(trouble ? { cluster_errors: 1 } : {}),
      migrating: marks('migrating'),
      importing: marks('importing'),
      role: node.role,
      health: node.health,
      zone: node.zone,
      server: node.server,
      keys: keysOf(node, stats),
      rdb: saved.find((each) => each.node === node.id) ?? null,
      says: own?.state === 'answered' ? own.lines : null,
    };
  });
}
