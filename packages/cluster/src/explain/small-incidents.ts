import type { Incident, IncidentKind } from '@slotdeck/model/incident';
import type { History } from './history.ts';
import type { NodeRun } from './node-runs.ts';
import { inOrder, some } from './outage-story.ts';
import type { Outage } from './outages.ts';
import type { Promotion } from './promotions.ts';
import { inferred, told, type Remark } from './remark.ts';

/** Lines that tell one event come this close together. */
const TOGETHER_MS = 5_000;

/** What one or two lines tell: restarts, new names, replicas that move, epochs that collide, moves that fail, keys that are deleted. */
export function findSmallIncidents(
  history: History,
  outages: readonly Outage[],
  promotions: readonly Promotion[],
): Incident[] {
  return [
    ...history.nodes().flatMap((node) => restarts(history, node, outages, promotions)),
    ...renames(history),
    ...downs(history, outages),
    ...grouped(history, 'replica-migrated', (remark) => remark.code === 'replica-migrates', byWriter),
    ...grouped(
      history,
      'epoch-collision',
      (remark) => remark.code === 'epoch-collision',
      () => 'cluster',
    ),
    ...grouped(history, 'migration-failed', isFailedMove, byWriter),
    ...grouped(history, 'keys-deleted', ({ code }) => DELETIONS.has(code), byWriter),
  ];
}

const byWriter = ({ by }: Remark): string => by;
const DELETIONS = new Set(['dirty-slot-deleted', 'foreign-slot-deleted', 'importing-slot-deleted']);
const FAILED_MOVES = new Set([
  'import-task-failed-slots',
  'migrate-task-failed-slots',
  'import-task-old-primary-failed-slots',
  'task-failed-slots-err',
  'write-loss-risk-during-slot-migration-new-owner-did',
]);

function isFailedMove({ code, fields }: Remark): boolean {
  if (FAILED_MOVES.has(code)) return true;
  return code === 'slot-migration-finished-state-message' && fields['state'] !== 'success';
}

function restarts(
  history: History,
  node: string,
  outages: readonly Outage[],
  promotions: readonly Promotion[],
): Incident[] {
  const runs = history.runs(node);
  return runs.flatMap((run, i): Incident[] => {
    const before = runs[i - 1];
    const start = run.start ?? run.first;
    if (before === undefined || (run.identity !== null && before.identity !== null && run.identity !== before.identity))
      return [];
    const isToldOf = outages.some(
      (outage) =>
        outage.node === node &&
        start.at >= outage.from - TOGETHER_MS &&
        start.at <= (outage.to ?? history.until) + TOGETHER_MS,
    );
    if (isToldOf) return [];
    const wasReplaced = promotions.some(
      ({ old, at }) => old?.primary === node && at > before.last.at - TOGETHER_MS && at <= start.at,
    );
    const role = history.roleAt(node, before.last.at);
    const empty = isEmpty(history, node, run, role) && !wasReplaced;
    const kind = empty ? 'node-restarted-empty' : 'node-restarted';
    const ended = before.endRemark ?? lastSeen(history, node, before.last.at, start.at);
    const from = ended?.at ?? start.at;
    return [
      {
        id: `${kind}-${node.slice(0, 8)}-${Math.round(start.at)}`,
        kind,
        from,
        to: start.at,
        nodes: [{ node, part: 'subject' }],
        epoch: null,
        unavailable: role === 'primary' ? { from, to: start.at, certainty: 'inferred' } : null,
        story: inOrder([
          ...some(ended, start).map(told),
          ...(before.end === 'without-a-word'
            ? [inferred('process-killed', node, some(before.last, start), { lastWordAt: before.last.at }, from)]
            : []),
          ...(empty
            ? [inferred('came-back-empty', node, some(start, ...emptied(history, node, start)), {}, start.at)]
            : []),
        ]),
        otherwise: [],
      },
    ];
  });
}

/** Those that follow it lose their link when its process ends. */
function lastSeen(history: History, node: string, after: number, before: number): Remark | null {
  return (
    history.remarks.findLast(
      ({ code, by, at }) =>
        code === 'primary-link-lost' && at > after && at <= before && history.primaryAt(by, at)?.primary === node,
    ) ?? null
  );
}

/** A primary that loads nothing and stays primary serves nothing of what it had. A replica fetches its keys anew. */
function isEmpty(history: History, node: string, run: NodeRun, role: 'primary' | 'replica' | null): boolean {
  if (role === 'replica' || run.loaded === null || run.loaded === 'keys') return false;
  const follows = history
    .of(node)
    .some(({ code, at }) => code === 'became-replica' && at >= run.first.at && at - run.first.at < TOGETHER_MS);
  return !follows;
}

/** Replicas that were filled from it afterwards, and got nothing. */
function emptied(history: History, node: string, start: Remark): Remark[] {
  return history.remarks.filter(
    ({ code, by, fields, at }) =>
      code === 'rdb-loaded' &&
      fields['keys'] === 0 &&
      at >= start.at &&
      at - start.at < 12 * TOGETHER_MS &&
      history.primaryAt(by, at)?.primary === node,
  );
}

const isDown = ({ code, fields }: Remark): boolean => code === 'cluster-state-changed' && fields['state'] === 'fail';
const isUp = ({ code, fields }: Remark): boolean => code === 'cluster-state-changed' && fields['state'] === 'ok';

/** After a node was taken back, its failure is no reason any more. */
const ECHO_MS = 1_000;

/** Nodes that stop serving while nobody is declared failed: too few are left to declare it, or slots have no owner. */
function downs(history: History, outages: readonly Outage[]): Incident[] {
  const isExplained = ({ at }: Remark): boolean =>
    outages.some(({ from, to }) => at > from - TOGETHER_MS && at < (to ?? history.until) + ECHO_MS);
  return grouped(
    history,
    'cluster-down',
    (remark) => isDown(remark) && !isExplained(remark),
    () => 'cluster',
  ).map((incident): Incident => {
    const ups = incident.nodes.flatMap(({ node }) =>
      some(history.of(node).find((remark) => isUp(remark) && remark.at > incident.from)),
    );
    const isOver = ups.length === incident.nodes.length;
    const to = isOver ? Math.max(...ups.map(({ at }) => at)) : null;
    const dead = history
      .nodes()
      .filter((node) =>
        history
          .runs(node)
          .some(
            ({ end, last }) =>
              end !== 'not-known' && last.at <= incident.from && incident.from - last.at < 12 * TOGETHER_MS,
          ),
      );
    return {
      ...incident,
      to,
      nodes: [...incident.nodes, ...dead.map((node) => ({ node, part: 'lost' as const }))],
      unavailable: { from: incident.from, to, certainty: 'observed' },
      story: inOrder([
        ...incident.story,
        ...ups.map(told),
        ...dead.map((node) =>
          inferred(
            'process-killed',
            node,
            some(history.runs(node).findLast(({ last }) => last.at <= incident.from)?.last),
            {},
            incident.from,
          ),
        ),
      ]),
      otherwise: [inferred('maybe-majority-lost', null, []), inferred('maybe-slots-unserved', null, [])],
    };
  });
}

/** A node that does not find its `nodes.conf` begins under a new id; the old one is a ghost to the others. */
function renames(history: History): Incident[] {
  const found: Incident[] = [];
  const files = new Map<string, Remark>();
  for (const remark of history.remarks) {
    if (!remark.code.startsWith('identity-') || remark.evidence.from !== 'log') continue;
    const before = files.get(remark.evidence.file);
    files.set(remark.evidence.file, remark);
    const [was, is] = [before?.fields['self'], remark.fields['self']];
    if (before === undefined || was === is) continue;
    found.push({
      id: `node-renamed-${String(is).slice(0, 8)}-${Math.round(remark.at)}`,
      kind: 'node-renamed',
      from: remark.at,
      to: remark.at,
      nodes: [
        { node: String(was), part: 'lost' },
        { node: String(is), part: 'subject' },
      ],
      epoch: null,
      unavailable: null,
      story: [before, remark].map(told),
      otherwise: [],
    });
  }
  return found;
}

/** Remarks of one sort, those that come close together as one incident. */
function grouped(
  history: History,
  kind: IncidentKind,
  fits: (remark: Remark) => boolean,
  keyOf: (remark: Remark) => string,
): Incident[] {
  const open = new Map<string, Remark[]>();
  const groups: Remark[][] = [];
  for (const remark of history.remarks) {
    if (!fits(remark)) continue;
    const key = keyOf(remark);
    const group = open.get(key);
    const last = group?.at(-1);
    if (group !== undefined && last !== undefined && remark.at - last.at <= TOGETHER_MS) group.push(remark);
    else {
      const fresh = [remark];
      open.set(key, fresh);
      groups.push(fresh);
    }
  }
  return groups.flatMap((group): Incident[] => {
    const [first] = group;
    const last = group.at(-1);
    if (first === undefined || last === undefined) return [];
    const nodes = new Set(group.flatMap(({ by, fields }) => [by, fields['node'], fields['to']]).filter(isName));
    const epoch = Math.max(...group.map(({ fields }) => Number(fields['epoch'] ?? Number.NaN)).filter(Number.isFinite));
    return [
      {
        id: `${kind}-${first.by.slice(0, 8)}-${Math.round(first.at)}`,
        kind,
        from: first.at,
        to: last.at,
        nodes: [...nodes].map((node) => ({ node, part: 'subject' as const })),
        epoch: Number.isFinite(epoch) ? epoch : null,
        unavailable: null,
        story: inOrder(group.map(told)),
        otherwise: [],
      },
    ];
  });
}

const isName = (value: unknown): value is string => typeof value === 'string';
