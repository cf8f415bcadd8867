import { OperationId } from '@slotdeck/model/ids';
import { isEnded } from '@slotdeck/model/operation';
import { foldAll } from '@slotdeck/model/operation-view';
import { openFileStore } from '@slotdeck/operations/engine/file-journal';
import type { Connections } from '../open-cluster.ts';
import type { JournalWork } from '../read-arguments.ts';
import { UsageError } from '../usage-error.ts';
import { followOperation } from './follow-operation.ts';
import { aliveHolder, clock, openLocalRunner } from './local-runner.ts';
import type { OperateParts } from './start-operation.ts';
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
  const id = OperationId.safeParse(asked.operation);
  const record = id.success ? openFileStore({ folder, clock }).journal.record(id.data) : null;
  if (record === null) throw new UsageError(`There is no operation ${asked.operation ?? ''} in ${folder}.`);
  const seeds = knownClusters(folder).find((each) => each.id === record.clusterId)?.nodes ?? [];
  const { runner, store } = openLocalRunner(folder, calls, seeds, asked.access, parts.source);
  const view = runner.state(record.id)?.view;
  if (view !== undefined && isEnded(view.status))
    return say(`Operation ${record.id} is ${view.status} already.`, parts);
  const holder = store.leases.current(record.clusterId)?.holder ?? '';
  const alive = view?.status === 'paused' ? null : aliveHolder(holder);
  if (alive !== null) return say(`Operation ${record.id} is being carried out by process ${alive}.`, parts);
  const { taken } = runner.takeOver(record.id);
  if (taken.length === 0) return say(`Operation ${record.id} could not be taken over.`, parts);
  if (asked.verb === 'cancel') runner.cancel(record.id, 'terminal');
  else if (view?.status === 'paused') runner.resume(record.id, 'terminal');
  const status = await followOperation(runner, record.id, parts);
  const isCancelled = runner.state(record.id)?.view.status === 'cancelled';
  return asked.verb === 'cancel' && isCancelled ? 0 : status;
}

function say(message: string, { out, json }: OperateParts): 1 {
  out(json ? `${JSON.stringify({ ok: false, error: { code: 'refused', message } })}\n` : `[ERR] ${message}\n`);
  return 1;
}
