import type { Clock } from '@slotdeck/model/clock';
import type { ClusterId, OperationId } from '@slotdeck/model/ids';
import { isEnded, type OperationStatus } from '@slotdeck/model/operation';
import type { NewOperationEvent, OperationEvent } from '@slotdeck/model/operation-events';
import type { OperationView } from '@slotdeck/model/operation-view';
import type { Plan } from '@slotdeck/model/plan';
import { CANCEL, PAUSE, RESUME, wakeFromHalt, type ControlRequest } from './control-requests.ts';
import type { OperationDefinition } from './define-operation.ts';
import { JournalError, type OperationJournal, type OperationRecord } from './journal.ts';
import { createLiveOperation, haltBy, type LiveOperation, type OperationNewsFor } from './live-operation.ts';
import { createPastOperations } from './past-operations.ts';
import { runOperation } from './run-operation.ts';
import type { ClusterLeases } from './single-flight.ts';

export interface RunnerPorts {
  readonly journal: OperationJournal;
  readonly leases: ClusterLeases;
  readonly definitions: readonly OperationDefinition[];
  readonly clock: Clock;
  /** Names this process in a lease. */
  readonly holder: string;
  /** Something beside the operation failed, which goes on: a listener threw, or a lease could not be given back yet. */
  readonly onFault: (error: unknown, operationId: OperationId) => void;
}

export interface StartRequest {
  readonly id: OperationId;
  readonly plan: Plan;
  readonly by: string;
  readonly pace?: string | undefined;
}

export type Started =
  | { readonly ok: true; readonly id: OperationId; readonly status: OperationStatus }
  | { readonly ok: false; readonly code: 'cluster-busy'; readonly heldBy: OperationId }
  | { readonly ok: false; readonly code: 'unknown-kind'; readonly kind: string }
  | { readonly ok: false; readonly code: 'shutting-down' };

/** Asking again for what already happens, or has happened, is no error: a second click finds what it wanted. */
export type ControlResult =
  | { readonly ok: true; readonly status: OperationStatus }
  | { readonly ok: false; readonly code: 'not-found' }
  | { readonly ok: false; readonly code: 'shutting-down' }
  | { readonly ok: false; readonly code: 'not-in-this-status'; readonly status: OperationStatus };

export interface OperationState {
  readonly record: OperationRecord;
  readonly view: OperationView;
}

export interface OperationsRunner {
  /** Takes the cluster, writes the operation down and lets it run. @throws JournalError when it could not be written: nothing was started. */
  start(request: StartRequest): Started;
  pause(id: OperationId, by: string): ControlResult;
  resume(id: OperationId, by: string): ControlResult;
  cancel(id: OperationId, by: string): ControlResult;
  setPace(id: OperationId, pace: string, by: string): ControlResult;
  /** Null when there is no such operation. A damaged journal is shown as failed with `impossible-history`. */
  state(id: OperationId): OperationState | null;
  /** Of one cluster, newest first. */
  list(clusterId: ClusterId): OperationState[];
  /** The operation that holds the cluster, if any. */
  heldBy(clusterId: ClusterId): OperationId | null;
  /**
   * On start-up, before requests are taken: makes this process the writer of every unfinished operation, and carries on those
   * that were not paused after comparing them with the cluster. Frees clusters whose holder has ended.
   * An operation whose journal cannot have happened is left untouched as evidence, and its cluster is freed: nobody can say
   * what it had done, so what it left open is shown by the findings of the cluster and repaired from there.
   * With `only`, nothing but that operation is touched: others in the same journal may be carried out by other processes now.
   */
  takeOver(only?: OperationId): { readonly taken: OperationId[]; readonly impossible: OperationId[] };
  /** Stops at safe points without changing any status: the next process goes on. Answers those that did not stop in time. */
  shutdown(options: { readonly withinMs: number }): Promise<{ readonly stillAtWork: OperationId[] }>;
  /** Resolves when the operation rests: paused, ended or halted. At once when it already does. */
  rested(id: OperationId): Promise<void>;
  /** All operations, or one. Answers the way to stop listening. */
  subscribe(listener: (news: OperationNewsFor) => void, only?: OperationId): () => void;
}

type Entry = { readonly live: LiveOperation; readonly fence: number; work: Promise<void> | null };

export function createRunner(ports: RunnerPorts): OperationsRunner {
  const { journal, leases, clock, holder } = ports;
  const definitions = new Map(ports.definitions.map((each) => [each.kind, each]));
  const entries = new Map<OperationId, Entry>();
  const listeners = new Set<{ listener: (news: OperationNewsFor) => void; only: OperationId | undefined }>();
  const past = createPastOperations(journal);
  let closing = false;

  function enter(record: OperationRecord, history: readonly OperationEvent[], fence: number): Entry {
    const live = createLiveOperation(
      { record, history, fence },
      {
        journal,
        clock,
        announce(news) {
          for (const { listener, only } of listeners) {
            if (only !== undefined && only !== record.id) continue;
            try {
              listener({ ...news, operationId: record.id, clusterId: record.clusterId });
            } catch (error) {
              ports.onFault(error, record.id);
            }
          }
        },
      },
    );
    const entry: Entry = { live, fence, work: null };
    entries.set(record.id, entry);
    return entry;
  }

  /** One run at a time per operation. */
  function carryOn(entry: Entry, definition: OperationDefinition, reconcileFirst = false): void {
    if (entry.work === null && !closing) entry.work = work(entry, definition, reconcileFirst);
  }

  async function work(entry: Entry, definition: OperationDefinition, reconcileFirst: boolean): Promise<void> {
    // Whoever starts an operation gets its answer before the first command is sent.
    await Promise.resolve();
    await runOperation(entry.live, definition, { clock, reconcileFirst });
    letGoIfEnded(entry);
    // Something may have been asked after the run had decided to rest.
    while (isWanted(entry.live) && !closing) {
      await runOperation(entry.live, definition, { clock, reconcileFirst: false });
      letGoIfEnded(entry);
    }
    entry.work = null;
  }

  function letGoIfEnded({ live, fence }: Entry): void {
    if (!isEnded(live.journalled().status)) return;
    entries.delete(live.record.id);
    freeCluster(live.record.clusterId, fence);
  }

  /** A lease that cannot be given back now is freed by the next start or take-over, which see that its operation has ended. */
  function freeCluster(clusterId: ClusterId, fence: number): void {
    try {
      leases.release(clusterId, fence);
    } catch (error) {
      const operationId = leases.current(clusterId)?.operationId;
      if (operationId !== undefined) ports.onFault(error, operationId);
    }
  }

  function definitionOf(entry: Entry): OperationDefinition | null {
    return definitions.get(entry.live.record.plan.kind) ?? null;
  }

  function stateOf(record: OperationRecord): OperationState {
    const entry = entries.get(record.id);
    if (entry !== undefined) return { record, view: entry.live.view() };
    return { record, view: past.view(record.id) };
  }

  function takeLease(clusterId: ClusterId, operationId: OperationId): ReturnType<ClusterLeases['take']> {
    const lease = leases.current(clusterId);
    if (lease !== null && lease.operationId !== operationId && !entries.has(lease.operationId)) {
      const record = journal.record(lease.operationId);
      if (record === null || isEnded(stateOf(record).view.status)) leases.release(clusterId, lease.fence);
    }
    return leases.take({ clusterId, operationId, holder });
  }

  /**
   * Null where another operation holds the cluster: two unfinished operations of one cluster cannot come about; if they did,
   * the lease says which one is at work. Storage that cannot be written leaves the operation halted, to be resumed by a person.
   */
  function takeOne(record: OperationRecord): Entry | null {
    const { id, clusterId } = record;
    const history = journal.events(id);
    try {
      const lease = leases.take({ clusterId, operationId: id, holder });
      if (!lease.ok) return null;
      const entry = enter(record, history, lease.fence);
      const facts = { status: entry.live.journalled().status, holder };
      entry.live.append([{ type: 'taken-over', fence: lease.fence, facts }]);
      return entry;
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      const entry = entries.get(id) ?? enter(record, history, leases.current(clusterId)?.fence ?? 0);
      if (entry.live.halted === null) entry.live.halt(haltBy(error));
      return entry;
    }
  }

  function control(id: OperationId, by: string, request: ControlRequest): ControlResult {
    const entry = entries.get(id);
    if (entry === undefined) {
      const record = journal.record(id);
      if (record === null) return { ok: false, code: 'not-found' };
      const { status } = stateOf(record).view;
      return request.alreadySo.includes(status)
        ? { ok: true, status }
        : { ok: false, code: 'not-in-this-status', status };
    }
    if (closing) return { ok: false, code: 'shutting-down' };
    const { live } = entry;
    const definition = definitionOf(entry);
    const shown = live.view().status;
    if (definition === null) return { ok: false, code: 'not-in-this-status', status: shown };

    if (live.halted !== null) {
      if (request.cause === 'pause-asked') return { ok: true, status: shown };
      if (!live.halted.canResume) return { ok: false, code: 'not-in-this-status', status: shown };
      wakeFromHalt(live, by, request.cause);
    } else {
      if (request.alreadySo.includes(shown)) return { ok: true, status: shown };
      if (!request.from.includes(shown)) return { ok: false, code: 'not-in-this-status', status: shown };
      live.changeStatus(request.cause, by);
    }
    if (request.cause === 'resume-asked') live.proceed();
    else live.interrupt();
    letGoIfEnded(entry);
    if (isWanted(live)) carryOn(entry, definition);
    return { ok: true, status: live.view().status };
  }

  return {
    start({ id, plan, by, pace }) {
      if (closing) return { ok: false, code: 'shutting-down' };
      const definition = definitions.get(plan.kind);
      if (definition === undefined) return { ok: false, code: 'unknown-kind', kind: plan.kind };
      const lease = takeLease(plan.clusterId, id);
      if (!lease.ok) return { ok: false, code: 'cluster-busy', heldBy: lease.heldBy };
      const record: OperationRecord = { id, clusterId: plan.clusterId, plan };
      const created: NewOperationEvent[] = [
        { type: 'created', kind: plan.kind, planId: plan.id, by, steps: [...definition.steps(plan)] },
      ];
      if (pace !== undefined) created.push({ type: 'pace', pace, by });
      let events: OperationEvent[];
      try {
        events = journal.create(record, created, lease.fence);
      } catch (error) {
        freeCluster(plan.clusterId, lease.fence);
        throw error;
      }
      const entry = enter(record, [], lease.fence);
      entry.live.adopt(events);
      carryOn(entry, definition);
      return { ok: true, id, status: 'queued' };
    },
    pause: (id, by) => control(id, by, PAUSE),
    resume: (id, by) => control(id, by, RESUME),
    cancel: (id, by) => control(id, by, CANCEL),
    setPace(id, pace, by) {
      const entry = entries.get(id);
      if (entry === undefined) {
        const record = journal.record(id);
        if (record === null) return { ok: false, code: 'not-found' };
        return { ok: false, code: 'not-in-this-status', status: stateOf(record).view.status };
      }
      if (entry.live.view().pace !== pace) entry.live.append([{ type: 'pace', pace, by }]);
      return { ok: true, status: entry.live.view().status };
    },
    state(id) {
      const record = journal.record(id);
      return record === null ? null : stateOf(record);
    },
    list: (clusterId) => journal.list(clusterId).map(stateOf),
    heldBy: (clusterId) => leases.current(clusterId)?.operationId ?? null,
    takeOver(only) {
      const taken: OperationId[] = [];
      const impossible: OperationId[] = [];
      const unfinished = journal.unfinished().filter(({ id }) => only === undefined || id === only);
      const damaged = new Set(unfinished.map(({ id }) => id).filter((id) => past.isImpossible(id)));
      const alive = new Set(unfinished.filter(({ id }) => !damaged.has(id)).map(({ id }) => id));
      for (const lease of leases.held())
        if ((only === undefined || lease.operationId === only) && !alive.has(lease.operationId))
          leases.release(lease.clusterId, lease.fence);
      for (const record of unfinished) {
        if (damaged.has(record.id)) {
          impossible.push(record.id);
          continue;
        }
        const entry = takeOne(record);
        if (entry === null) continue;
        taken.push(record.id);
        if (entry.live.halted !== null) continue;
        const { status } = entry.live.journalled();
        const definition = definitionOf(entry);
        if (definition === null) {
          const facts = { kind: record.plan.kind };
          entry.live.halt({
            problem: { code: 'unknown-kind', message: `no operation carries out ${record.plan.kind}`, facts },
            canResume: false,
          });
        } else if (status !== 'paused') carryOn(entry, definition, status === 'running');
      }
      return { taken, impossible };
    },
    async shutdown({ withinMs }) {
      closing = true;
      for (const { live } of entries.values()) live.leave();
      const atWork = (): Entry[] => [...entries.values()].filter((entry) => entry.work !== null);
      const over = new AbortController();
      const finished = Promise.all(atWork().flatMap(({ work: each }) => (each === null ? [] : [each]))).then(() =>
        over.abort(),
      );
      await Promise.race([
        finished,
        clock.sleep(withinMs, over.signal).catch((error: unknown) => ignoreAbort(error, over.signal)),
      ]);
      const stillAtWork = atWork().map((entry) => entry.live.record.id);
      for (const { live } of entries.values()) live.abandon();
      return { stillAtWork };
    },
    async rested(id) {
      for (let work = entries.get(id)?.work ?? null; work !== null; work = entries.get(id)?.work ?? null) await work;
    },
    subscribe(listener, only) {
      const subscription = { listener, only };
      listeners.add(subscription);
      return () => {
        listeners.delete(subscription);
      };
    },
  };
}

function isWanted(live: LiveOperation): boolean {
  const { status } = live.journalled();
  return live.halted === null && status !== 'paused' && !isEnded(status);
}

function ignoreAbort(error: unknown, signal: AbortSignal): void {
  // All work ended before the time was over.
  if (!signal.aborted) throw error;
}
