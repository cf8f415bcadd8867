import { OperationId } from '@slotdeck/model/ids';
import { isEnded } from '@slotdeck/model/operation';
import { foldAll } from '@slotdeck/model/operation-view';
import { openFileStore } from '@slotdeck/operations/engine/file-journal';
import type { Connections } from '../open-cluster.ts';
import type { JournalWork } from '../read-arguments.ts';
import { UsageError } from '../usage-error.ts';
import { followOperation } from './follow-operation.ts';
import { aliveHolder, clock, isOurs, openLocalRunner } from './local-runner.ts';
import type { OperateParts } from './operate-parts.ts';
import { paceNamed } from './operation-request.ts';
import { askForPace } from './pace-request.ts';
import { knownClusters, stateFolder } from './state-folder.ts';

/** What this folder's journal knows, newest first. */
export function listOperations(asked: JournalWork, { out, json, env }: Pick<OperateParts, 'out' | 'json' | 'env'>): 0 {
  const folder = stateFolder(asked.state, env);
  const { journal } = openFileStore({ folder, clock });
  const records = knownClusters(folder).flatMap(({ id }) => journal.list(id));
  const rows = records
    .map((record) => ({ record, view: foldAll(journal.events(record.id)) }))
    .toSorted((a, b) => b.view.createdAt - a.view.createdAt)
    .map(({ record, view }) => ({
      operation: record.id,
      kind: view.kind,
      status: view.status,
      createdAt: new Date(view.createdAt).toISOString(),
      stepsDone: view.steps.filter(({ state }) => state === 'done' || state === 'skipped').length,
      steps: view.steps.length,
      problem: view.problem?.message ?? null,
    }));
  if (json) out(`${JSON.stringify({ ok: true, operations: rows })}\n`);
  else if (rows.length === 0) out('No operation was carried out from here.\n');
  for (const row of json ? [] : rows) {
    const { operation, kind, status, createdAt, stepsDone, steps, problem } = row;
    out(
      `${operation}  ${kind}  ${status}  ${createdAt}  ${stepsDone}/${steps} steps${problem === null ? '' : `  ${problem}`}\n`,
    );
  }
  return 0;
}

/** Goes on with an operation that was paused or cut off, or gives it up. @throws UsageError */
export async function takeUpOperation(asked: JournalWork, calls: Connections, parts: OperateParts): Promise<0 | 1> {
  const folder = stateFolder(asked.state, parts.env);
  const id = OperationId.safeParse(asked.subject);
  const record = id.success ? openFileStore({ folder, clock }).journal.record(id.data) : null;
  if (record === null) throw new UsageError(`There is no operation ${asked.subject ?? ''} in ${folder}.`);
  const seeds = knownClusters(folder).find((each) => each.id === record.clusterId)?.nodes ?? [];
  const { runner, store } = openLocalRunner(folder, calls, seeds, asked.access, parts.source);
  const view = runner.state(record.id)?.view;
  if (view !== undefined && isEnded(view.status))
    return say(`Operation ${record.id} is ${view.status} already.`, parts);
  const holder = store.leases.current(record.clusterId)?.holder ?? '';
  const alive = view?.status === 'paused' ? null : aliveHolder(holder);
  if (alive !== null) return say(`Operation ${record.id} is being carried out by process ${alive}.`, parts);
  const pace = asked.pace === undefined ? null : paceNamed(asked.pace);
  const { taken } = runner.takeOver(record.id);
  if (taken.length === 0) return say(`Operation ${record.id} could not be taken over.`, parts);
  if (pace !== null) runner.setPace(record.id, pace, 'terminal');
  if (asked.verb === 'cancel') runner.cancel(record.id, 'terminal');
  else if (view?.status === 'paused') runner.resume(record.id, 'terminal');
  const status = await followOperation(runner, record.id, { ...parts, folder });
  const isCancelled = runner.state(record.id)?.view.status === 'cancelled';
  return asked.verb === 'cancel' && isCancelled ? 0 : status;
}

/** Has the process that carries an operation out pause it, and waits until it did or is gone. @throws UsageError */
export async function pauseOperation(
  asked: JournalWork,
  parts: Pick<OperateParts, 'out' | 'json' | 'env'>,
): Promise<0 | 1> {
  const folder = stateFolder(asked.state, parts.env);
  const id = OperationId.safeParse(asked.subject);
  const read = () => openFileStore({ folder, clock });
  const record = id.success ? read().journal.record(id.data) : null;
  if (record === null) throw new UsageError(`There is no operation ${asked.subject ?? ''} in ${folder}.`, 'pause');
  const status = () => foldAll(read().journal.events(record.id)).status;
  if (isEnded(status()) || status() === 'paused') return say(`Operation ${record.id} is ${status()} already.`, parts);
  const holder = read().leases.current(record.clusterId)?.holder ?? '';
  const pid = aliveHolder(holder);
  if (pid === null) return say(`No process of this machine carries out ${record.id}; it stands still.`, parts);
  if (!isOurs(pid))
    return say(`Process ${pid}, which carried out ${record.id}, is not slotdeck any more; it stands still.`, parts);
  process.kill(pid, 'SIGINT');
  // What is in flight is finished first; a process that ended meanwhile has nothing more to say.
  while (!isEnded(status()) && status() !== 'paused' && aliveHolder(holder) !== null) await clock.sleep(100);
  const now = status();
  if (parts.json) parts.out(`${JSON.stringify({ ok: now === 'paused', operation: record.id, status: now })}\n`);
  else parts.out(`${now === 'paused' ? '[OK]' : '[ERR]'} Operation ${record.id} is ${now}.\n`);
  return now === 'paused' ? 0 : 1;
}

/** Has the process of this machine that carries an operation out change its pace, and waits until it did or is gone. @throws UsageError */
export async function changePace(
  asked: JournalWork,
  parts: Pick<OperateParts, 'out' | 'json' | 'env'>,
): Promise<0 | 1> {
  const folder = stateFolder(asked.state, parts.env);
  if (asked.pace === undefined) throw new UsageError('Name the pace.', 'pace');
  const pace = paceNamed(asked.pace);
  const id = OperationId.safeParse(asked.subject);
  const read = () => openFileStore({ folder, clock });
  const record = id.success ? read().journal.record(id.data) : null;
  if (record === null) throw new UsageError(`There is no operation ${asked.subject ?? ''} in ${folder}.`, 'pace');
  const view = () => foldAll(read().journal.events(record.id));
  const { status } = view();
  if (isEnded(status) || status === 'paused') return say(`Operation ${record.id} is ${status}.`, parts);
  const holder = read().leases.current(record.clusterId)?.holder ?? '';
  if (aliveHolder(holder) === null)
    return say(`No process of this machine carries out ${record.id}; it stands still.`, parts);
  askForPace(folder, record.id, pace);
  while (view().pace !== pace && !isEnded(view().status) && aliveHolder(holder) !== null) await clock.sleep(100);
  const isTaken = view().pace === pace;
  if (parts.json) parts.out(`${JSON.stringify({ ok: isTaken, operation: record.id, pace: view().pace })}\n`);
  else parts.out(`${isTaken ? '[OK]' : '[ERR]'} The pace of operation ${record.id} is ${view().pace}.\n`);
  return isTaken ? 0 : 1;
}

function say(message: string, { out, json }: Pick<OperateParts, 'out' | 'json'>): 1 {
  out(json ? `${JSON.stringify({ ok: false, error: { code: 'refused', message } })}\n` : `[ERR] ${message}\n`);
  return 1;
}
