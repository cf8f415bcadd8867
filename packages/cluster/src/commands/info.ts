import type { ReplicationState, ServerVersion } from '@slotdeck/model/topology';
import type { Command } from '../connection/node-calls.ts';
import { broken, fieldNumber, read, readFields, readText, type Read } from './reply-reading.ts';

/** All default sections: one command, and several section names in one INFO exist only since Redis 7.0. */
export const infoCommand: Command = ['INFO'];

/** INFO of one node. Null: it did not say. */
export interface Info {
  readonly server: ServerVersion | null;
  /** Null on servers that hide the field; false means that cluster mode is off. */
  readonly clusterEnabled: boolean | null;
  readonly runId: string | null;
  readonly uptimeSeconds: number | null;
  readonly zone: string | null;
  readonly loading: boolean;
  readonly role: 'primary' | 'replica' | null;
  readonly replication: ReplicationState;
  /** Bytes of the replication stream: written so far by a primary, processed so far by a replica. */
  readonly replicationOffset: number | null;
  readonly usedMemoryBytes: number | null;
  /** Null also when there is no limit (`maxmemory 0`). */
  readonly maxMemoryBytes: number | null;
  /** What happens at that limit: `noeviction`, or how keys are chosen that make room. */
  readonly evictionPolicy: string | null;
  /** Of a primary: bytes of the replication stream that the slowest of its replicas that are online has not acknowledged. */
  readonly replicasBehindBytes: number | null;
  readonly clients: number | null;
  /** Over all databases; 0 when INFO lists none. */
  readonly keys: number | null;
  readonly commands: number | null;
  readonly networkInBytes: number | null;
  readonly networkOutBytes: number | null;
  /** System and user time of the main process. */
  readonly cpuSeconds: number | null;
}

export function readInfo(reply: unknown): Read<Info> {
  const text = readText(reply);
  if (text === null) return broken(reply);
  const fields = readFields(text);
  if (fields.size === 0) return broken(text);
  const number = (name: string): number | null => fieldNumber(fields, name);
  const role = fields.get('role');
  const isReplica = role === 'slave';
  const loading = number('loading') === 1 || number('async_loading') === 1;
  const link = fields.get('master_link_status');
  const limit = number('maxmemory');
  const system = number('used_cpu_sys');
  const user = number('used_cpu_user');
  const enabled = number('cluster_enabled');
  return read({
    server: readServer(fields),
    clusterEnabled: enabled === null ? null : enabled === 1,
    runId: fields.get('run_id') ?? null,
    uptimeSeconds: number('uptime_in_seconds'),
    zone: fields.get('availability_zone') || null,
    loading,
    role: role === 'master' ? 'primary' : isReplica ? 'replica' : null,
    replication: {
      link: link === 'up' || link === 'down' ? link : null,
      syncing: number('master_sync_in_progress') === 1,
      loading,
    },
    replicationOffset: number(isReplica ? 'slave_repl_offset' : 'master_repl_offset'),
    usedMemoryBytes: number('used_memory'),
    maxMemoryBytes: limit === null || limit === 0 ? null : limit,
    evictionPolicy: fields.get('maxmemory_policy') ?? null,
    replicasBehindBytes: isReplica ? null : readBehind(fields, number('master_repl_offset')),
    clients: number('connected_clients'),
    keys: readKeys(text, fields),
    commands: number('total_commands_processed'),
    networkInBytes: number('total_net_input_bytes'),
    networkOutBytes: number('total_net_output_bytes'),
    cpuSeconds: system === null || user === null ? null : system + user,
  });
}

/** `slave0:ip=…,port=…,state=online,offset=…,lag=…`, in Redis and Valkey. */
function readBehind(fields: ReadonlyMap<string, string>, written: number | null): number | null {
  if (written === null) return null;
  let behind: number | null = null;
  for (const [name, value] of fields) {
    if (!/^slave\d+$/.test(name) || !value.includes('state=online')) continue;
    const offset = /\boffset=(\d+)/.exec(value)?.[1];
    if (offset !== undefined) behind = Math.max(behind ?? 0, written - Number(offset));
  }
  return behind;
}

/** Valkey also prints a `redis_version` for old clients, so its own name is looked for first. */
function readServer(fields: ReadonlyMap<string, string>): ServerVersion | null {
  const valkey = fields.get('valkey_version');
  if (valkey !== undefined) return { flavour: 'valkey', version: valkey };
  const redis = fields.get('redis_version');
  return redis === undefined ? null : { flavour: 'redis', version: redis };
}

/** Empty databases are not listed, so "no line" is zero only if the section itself is there. */
function readKeys(text: string, fields: ReadonlyMap<string, string>): number | null {
  let sum = 0;
  let isListed = text.includes('# Keyspace');
  for (const [name, value] of fields) {
    const keys = /^db\d+$/.test(name) ? /^keys=(\d+)/.exec(value)?.[1] : undefined;
    if (keys === undefined) continue;
    isListed = true;
    sum += Number(keys);
  }
  return isListed ? sum : null;
}
