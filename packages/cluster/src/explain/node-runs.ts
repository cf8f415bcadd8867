import type { Remark } from './remark.ts';

/** One run of a node's process, as its log shows it. */
export interface NodeRun {
  /** Null: it ran already when the log begins. */
  readonly start: Remark | null;
  /** Its first and last words. */
  readonly first: Remark;
  readonly last: Remark;
  /**
   * `in-order`: it said goodbye · `crashed`: it told of a crash · `without-a-word`: another process followed and nothing was said
   * (killed, or the machine went) · `not-known`: no process followed in this log.
   */
  readonly end: 'in-order' | 'crashed' | 'without-a-word' | 'not-known';
  readonly endRemark: Remark | null;
  /** What it had in memory when it was ready: `none` when it loaded nothing. Null when its start is not in the log. */
  readonly loaded: 'keys' | 'no-keys' | 'none' | null;
  readonly identity: string | null;
}

const STARTS = new Set(['process-starting', 'server-version']);
/** The first lines of a process come this close together. */
const START_MS = 30_000;

export function findRuns(own: readonly Remark[]): NodeRun[] {
  const groups: Remark[][] = [];
  let pid: number | null = null;
  for (const remark of own) {
    // A forked child writes under its own number; it is no new process of the node.
    const isChild = remark.role === 'child' && !STARTS.has(remark.code);
    const current = groups.at(-1);
    const isNew =
      current === undefined ||
      (STARTS.has(remark.code) && !isStillStarting(current, remark)) ||
      (!isChild && remark.pid !== null && pid !== null && remark.pid !== pid && !isStillStarting(current, remark));
    if (isNew) groups.push([remark]);
    else current.push(remark);
    if (!isChild) pid = remark.pid;
  }
  return groups.flatMap((group, i): NodeRun[] => {
    const [first] = group;
    const last = group.at(-1);
    if (first === undefined || last === undefined) return [];
    const start = group.find(({ code }) => STARTS.has(code) || code === 'server-initialized') ?? null;
    const isStart = start !== null && group.indexOf(start) < 6;
    const goodbye =
      findLast(group, 'process-ended') ?? findLast(group, 'signal-received') ?? findLast(group, 'shutdown-requested');
    const crash = findLast(group, 'process-crashed');
    const isLast = i === groups.length - 1;
    const end = crash !== null ? 'crashed' : goodbye !== null ? 'in-order' : isLast ? 'not-known' : 'without-a-word';
    const identity = group.find(({ code }) => code.startsWith('identity-'))?.fields['self'];
    return [
      {
        start: isStart ? start : null,
        first,
        last,
        end,
        endRemark: crash ?? goodbye,
        loaded: isStart ? loadedBy(group) : null,
        identity: typeof identity === 'string' ? identity : null,
      },
    ];
  });
}

/** Two lines name the start, and the first may be missing. */
function isStillStarting(group: readonly Remark[], remark: Remark): boolean {
  const [first] = group;
  if (first === undefined || remark.at - first.at > START_MS) return false;
  return first.pid === remark.pid && !group.some(({ code }) => code === 'ready' || code === remark.code);
}

function findLast(group: readonly Remark[], code: string): Remark | null {
  return group.findLast((remark) => remark.code === code) ?? null;
}

/** Only what was loaded before the first contact with others counts: a replica loads its primary's keys later. */
function loadedBy(group: readonly Remark[]): NodeRun['loaded'] {
  const ready = group.findIndex(({ code }) => code === 'ready' || code === 'sync-started');
  const early = ready < 0 ? group : group.slice(0, ready);
  const keys = early.flatMap(({ code, fields }) => (code === 'rdb-loaded' ? [Number(fields['keys'])] : []));
  if (keys.some((count) => count > 0)) return 'keys';
  // How much an append-only file held is not said.
  if (
    early.some(
      ({ code, fields }) => code === 'loaded-from-disk' && /append only|incr file/.test(String(fields['source'])),
    )
  )
    return 'keys';
  return keys.length > 0 ? 'no-keys' : 'none';
}
