import type { LogRemark, NodeLog } from '../logs/read-log.ts';

/** Whose log it is: the ids that its node went by, each with the first line of it. */
export interface LogOwner {
  readonly log: NodeLog;
  readonly ids: readonly { readonly id: string; readonly fromLine: number }[];
  /** How the first id is known. `none`: the log is called by its name. */
  readonly by: 'own-word' | 'port' | 'election' | 'elimination' | 'none';
  /** The client port, when the log says it. */
  readonly port: number | null;
}

const OWN_WORD = new Set(['identity-new', 'identity-loaded', 'identity-reset']);
/** In these a node speaks of others only. */
const OF_OTHERS: readonly (readonly [code: string, field: string])[] = [
  ['fail-message-received', 'node'],
  ['fail-message-received', 'from'],
  ['node-marked-failing', 'node'],
  ['fail-cleared', 'node'],
  ['vote-granted', 'to'],
  ['became-replica', 'of'],
  ['manual-failover-requested', 'replica'],
  ['handshake-completed', 'node'],
  ['node-suspected', 'node'],
];
const ID = /^[0-9a-f]{40}$/;

/**
 * A log says whose it is when its node starts. In one that was cut, the node is known by its port (Valkey ≥ 9.1 prints addresses), by
 * the election that it won and others voted in, or because nobody else is left.
 */
export function findOwners(logs: readonly NodeLog[]): LogOwner[] {
  const spoken = logs.map((log) => ({ log, ids: ownIds(log), port: portOf(log) }));
  const taken = new Set(spoken.flatMap(({ ids }) => ids.map(({ id }) => id)));
  const mentioned = allMentioned(logs);
  const byPort = idsByPort(logs);
  const owners = spoken.map(({ log, ids, port }): LogOwner => {
    if (ids.length > 0) return { log, ids, by: 'own-word', port };
    const candidates = [...mentioned].filter((id) => !taken.has(id) && !speaksOf(log, id));
    const named = port === null ? undefined : byPort.get(port);
    if (named !== undefined && candidates.includes(named)) return ownedBy(log, named, 'port', port);
    const elected = wonAs(log, logs, candidates);
    if (elected !== null) return ownedBy(log, elected, 'election', port);
    return { log, ids: [], by: 'none', port };
  });
  for (const { ids } of owners) for (const { id } of ids) taken.add(id);
  const nameless = owners.filter(({ by }) => by === 'none');
  return owners.map((owner) => {
    if (owner.by !== 'none') return owner;
    const left = [...mentioned].filter((id) => !taken.has(id) && !speaksOf(owner.log, id));
    const [only] = left;
    return only !== undefined && left.length === 1 && nameless.length === 1
      ? ownedBy(owner.log, only, 'elimination', owner.port)
      : owner;
  });
}

function ownedBy(log: NodeLog, id: string, by: LogOwner['by'], port: number | null): LogOwner {
  return { log, ids: [{ id, fromLine: 0 }], by, port };
}

function ownIds({ remarks }: NodeLog): { id: string; fromLine: number }[] {
  const ids: { id: string; fromLine: number }[] = [];
  for (const { message, line } of remarks) {
    const id = OWN_WORD.has(message.code) ? message.fields['self'] : undefined;
    if (typeof id === 'string' && ids.at(-1)?.id !== id) ids.push({ id, fromLine: ids.length === 0 ? 0 : line });
  }
  return ids;
}

function portOf({ remarks }: NodeLog): number | null {
  for (let i = remarks.length - 1; i >= 0; i -= 1) {
    const message = remarks[i]?.message;
    const port = message?.code === 'running-mode' ? message.fields['port'] : undefined;
    if (typeof port === 'number') return port;
  }
  return null;
}

function allMentioned(logs: readonly NodeLog[]): Set<string> {
  const ids = new Set<string>();
  for (const { remarks } of logs)
    for (const { message } of remarks)
      for (const [code, field] of OF_OTHERS) {
        const id = message.code === code ? message.fields[field] : undefined;
        if (typeof id === 'string' && ID.test(id)) ids.add(id);
      }
  return ids;
}

function speaksOf({ remarks }: NodeLog, id: string): boolean {
  return remarks.some(({ message }) =>
    OF_OTHERS.some(([code, field]) => message.code === code && message.fields[field] === id),
  );
}

/** Where a node has no name, Valkey ≥ 9.1 prints `ip:port` behind its id. */
export function idsByPort(logs: readonly NodeLog[]): Map<number, string> {
  const ids = new Map<number, string>();
  for (const { remarks } of logs)
    for (const { message } of remarks)
      for (const [field, value] of Object.entries(message.fields)) {
        if (!field.endsWith('Name') || typeof value !== 'string') continue;
        const port = /:(\d+)$/.exec(value)?.[1];
        const id = message.fields[field.slice(0, -'Name'.length)];
        if (port !== undefined && typeof id === 'string' && ID.test(id)) ids.set(Number(port), id);
      }
  return ids;
}

/** Somebody won the election of this epoch in this log, and others voted for a candidate in the same epoch: it is that candidate. */
function wonAs(log: NodeLog, logs: readonly NodeLog[], candidates: readonly string[]): string | null {
  const epochs = new Set(epochsOf(log.remarks, 'epoch-after-failover'));
  for (const other of logs) {
    if (other === log) continue;
    for (const { message } of other.remarks) {
      const { to, epoch } = message.fields;
      if (message.code !== 'vote-granted' || typeof to !== 'string' || typeof epoch !== 'number') continue;
      if (epochs.has(epoch) && candidates.includes(to)) return to;
    }
  }
  return null;
}

function epochsOf(remarks: readonly LogRemark[], code: string): number[] {
  return remarks.flatMap(({ message }) => {
    const epoch = message.code === code ? message.fields['epoch'] : undefined;
    return typeof epoch === 'number' ? [epoch] : [];
  });
}

/** What the node is called at a line of its log. */
export function nameAt({ ids, log }: LogOwner, line: number): string {
  let name = ids[0]?.id ?? log.name;
  for (const { id, fromLine } of ids) if (line >= fromLine) name = id;
  return name;
}
