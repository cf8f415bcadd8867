import { z } from 'zod';
import { ClusterId, NodeId } from '@slotdeck/model/ids';
import { jsonColumn } from './json-column.ts';
import type { SqliteFile } from './sqlite-file.ts';

const ClusterRow = z
  .object({
    id: ClusterId,
    name: z.string(),
    seeds: jsonColumn(z.array(z.string())),
    nat_map: jsonColumn(z.record(z.string(), z.string())),
    username: z.string().nullable(),
    has_password: z.number(),
    tls: z.enum(['off', 'verified', 'unverified']),
    sealed: z
      .instanceof(Uint8Array)
      .nullable()
      .transform((bytes): Uint8Array | null => bytes),
    added_at: z.number(),
    added_by: z.string(),
  })
  .transform((row) => ({
    id: row.id,
    name: row.name,
    seeds: row.seeds,
    natMap: row.nat_map,
    username: row.username,
    hasPassword: row.has_password === 1,
    tls: row.tls,
    /** Password and keys, encrypted; null when there are none. */
    sealed: row.sealed,
    addedAt: row.added_at,
    addedBy: row.added_by,
  }));
export type StoredCluster = z.output<typeof ClusterRow>;

const KnownNodeRow = z
  .object({ node_id: NodeId, host: z.string(), port: z.number() })
  .transform((row) => ({ id: row.node_id, host: row.host, port: row.port }));
export type KnownNode = z.output<typeof KnownNodeRow>;

export interface ClusterRows {
  /** The cluster and the nodes it was seen with, together. */
  add(cluster: StoredCluster, nodes: readonly KnownNode[]): void;
  list(): StoredCluster[];
  /** With all that hangs on it; operations and audit stay. */
  remove(id: ClusterId): void;
  knownNodes(id: ClusterId): KnownNode[];
  /** Which cluster has any of these nodes. */
  ownerOfNodes(ids: readonly NodeId[]): ClusterId | null;
  rememberNodes(id: ClusterId, nodes: readonly KnownNode[], at: number): void;
  forgetNodes(id: ClusterId, ids: readonly NodeId[]): void;
}

export function makeClusterRows(db: SqliteFile): ClusterRows {
  const remember = (id: ClusterId, nodes: readonly KnownNode[], at: number): void => {
    for (const node of nodes) {
      db.run(
        `INSERT INTO known_nodes (cluster_id, node_id, host, port, last_seen_at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (cluster_id, node_id) DO UPDATE SET host = excluded.host, port = excluded.port, last_seen_at = excluded.last_seen_at`,
        id,
        node.id,
        node.host,
        node.port,
        at,
      );
    }
  };
  return {
    add: (cluster, nodes) =>
      db.transaction(() => {
        db.run(
          `INSERT INTO clusters (id, name, seeds, nat_map, username, has_password, tls, sealed, added_at, added_by)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          cluster.id,
          cluster.name,
          JSON.stringify(cluster.seeds),
          JSON.stringify(cluster.natMap),
          cluster.username,
          cluster.hasPassword ? 1 : 0,
          cluster.tls,
          cluster.sealed,
          cluster.addedAt,
          cluster.addedBy,
        );
        remember(cluster.id, nodes, cluster.addedAt);
      }),
    list: () => db.all(ClusterRow, 'SELECT * FROM clusters ORDER BY added_at, id'),
    remove: (id) =>
      db.transaction(() => {
        db.run('DELETE FROM clusters WHERE id = ?', id);
        db.run('DELETE FROM known_nodes WHERE cluster_id = ?', id);
        db.run('DELETE FROM import_logins WHERE cluster_id = ?', id);
        db.run('DELETE FROM cluster_events WHERE cluster_id = ?', id);
        db.run('DELETE FROM topology_history WHERE cluster_id = ?', id);
        db.run('DELETE FROM plans WHERE cluster_id = ? AND id NOT IN (SELECT plan_id FROM operations)', id);
      }),
    knownNodes: (id) =>
      db.all(KnownNodeRow, 'SELECT node_id, host, port FROM known_nodes WHERE cluster_id = ? ORDER BY node_id', id),
    ownerOfNodes: (ids) => {
      for (const id of ids) {
        const row = db.get(
          z.object({ cluster_id: ClusterId }),
          'SELECT cluster_id FROM known_nodes WHERE node_id = ? LIMIT 1',
          id,
        );
        if (row !== null) return row.cluster_id;
      }
      return null;
    },
    rememberNodes: (id, nodes, at) => db.transaction(() => remember(id, nodes, at)),
    forgetNodes: (id, ids) =>
      db.transaction(() => {
        for (const node of ids) db.run('DELETE FROM known_nodes WHERE cluster_id = ? AND node_id = ?', id, node);
      }),
  };
}
