import type { Clock } from '@slotdeck/model/clock';
import type { OperationProblem } from '@slotdeck/model/operation';
import { isEnded } from '@slotdeck/model/operation';
import type { NewOperationEvent } from '@slotdeck/model/operation-events';
import type { StepView } from '@slotdeck/model/operation-view';
import { backOffMs, MAX_TRIES } from './back-off.ts';
import type { OperationDefinition, Settlement, StepContext, StepOutcome } from './define-operation.ts';
import { JournalError } from './journal.ts';
import type { LiveOperation } from './live-operation.ts';

/**
 * Carries an operation on until it rests: paused, ended, halted because the journal cannot be written, or left because the
 * process ends. What to do next is read from the status alone each time round, so that it does not matter when a request
 * came: a pause that is taken back before the step noticed simply runs the step again, and steps are safe to repeat.
 *
 * Never rejects: an error nobody foresaw halts the operation with `unexpected-error`, and a resume tries again.
 */
export async function runOperation(
  live: LiveOperation,
  definition: OperationDefinition,
  { clock, reconcileFirst }: { clock: Clock; reconcileFirst: boolean },
): Promise<void> {
  try {
    live.proceed();
    if (live.journalled().status === 'queued') live.changeStatus('start', null);
    if (reconcileFirst && live.asked() === 'go-on') await reconcile(live, definition, clock);
    const run: Run = { live, definition, clock, tries: new Map() };
    while (await advance(run)) {
      // Each round does one thing and looks at the status again.
    }
    live.flush();
  } catch (error) {
    // A journal that refused has halted the operation already; a process that leaves has nothing more to say.
    if (live.halted === null && !live.leaving) live.halt({ problem: unexpected(error), canResume: true });
  }
}

/** One stay at work, from a start, resume or take-over until it rests. */
type Run = {
  readonly live: LiveOperation;
  readonly definition: OperationDefinition;
  readonly clock: Clock;
  /** Failed attempts by step. Also says which steps this run has begun. */
  readonly tries: Map<string, number>;
};

/** Does the one thing that is due. False when there is none until somebody asks for something. */
async function advance(run: Run): Promise<boolean> {
  const { live } = run;
  const view = live.journalled();
  if (live.halted !== null || live.leaving || view.status === 'paused' || isEnded(view.status)) return false;
  const step = view.steps.find(isLeft);
  if (step === undefined) {
    live.changeStatus('steps-done', null);
    return false;
  }
  if (view.status === 'cancelling') {
    await settle(run);
    return true;
  }
  if (view.status === 'pausing') {
    // What a process that died had in flight is brought to rest first: the step sees that a pause is asked and begins nothing new.
    const cutOff = view.steps.find(({ state, step: { id } }) => state === 'running' && !run.tries.has(id));
    if (cutOff === undefined) live.changeStatus('came-to-rest', null);
    else await workOn(run, cutOff);
    return cutOff !== undefined;
  }
  await workOn(run, step);
  return true;
}

function isLeft({ state }: StepView): boolean {
  return state !== 'done' && state !== 'skipped';
}

/** How an attempt ended that ends the whole stay at work. */
type Ending = {
  readonly step: string;
  readonly problem: OperationProblem;
  readonly status: 'paused' | 'failed';
};

/**
 * Carries out a step, and beside it those that the definition lets begin meanwhile. Returns when none is at work any more. Where one
 * needs a person, or gave up, the others come to rest at their next safe point before that is written down.
 */
async function workOn(run: Run, first: StepView): Promise<void> {
  const { live, definition } = run;
  const atWork = new Map<string, Promise<void>>();
  const endings: Ending[] = [];
  const ending = new AbortController();
  const failures: unknown[] = [];

  function begin(view: StepView): void {
    const { id } = view.step;
    const done = attempt(run, view, ending.signal).then(
      (ended) => {
        atWork.delete(id);
        if (ended === null) return;
        endings.push(ended);
        ending.abort();
      },
      (error: unknown) => {
        atWork.delete(id);
        failures.push(error);
        ending.abort();
      },
    );
    atWork.set(id, done);
  }

  function next(): StepView | null {
    const goesOn = live.halted === null && !ending.signal.aborted && live.asked() === 'go-on';
    if (!goesOn || definition.beside === undefined || atWork.size === 0) return null;
    const steps = live.journalled().steps;
    const waiting = steps.filter((each) => isLeft(each) && !atWork.has(each.step.id)).map(({ step }) => step);
    const busy = steps.filter(({ step }) => atWork.has(step.id)).map(({ step }) => step);
    const chosen = definition.beside(waiting, busy);
    return steps.find(({ step }) => step.id === chosen?.id) ?? null;
  }

  begin(first);
  while (atWork.size > 0) {
    for (let more = next(); more !== null; more = next()) begin(more);
    await Promise.race(atWork.values());
  }
  if (failures.length > 0) throw failures[0];
  const [last] = endings;
  if (last === undefined || live.halted !== null) return;
  const { status, problem } = last;
  live.append([
    ...endings.map((each): NewOperationEvent => ({ type: 'step-failed', step: each.step, problem: each.problem })),
    { type: 'status', status, cause: status === 'paused' ? 'step-needs-a-person' : 'gave-up', by: null, problem },
  ]);
}

/** One attempt at a step. Answers what ends the stay at work; null: it may go on. */
async function attempt(
  { live, definition, clock, tries }: Run,
  { step, attempt: earlier }: StepView,
  ending: AbortSignal,
): Promise<Ending | null> {
  const number = earlier + 1;
  tries.set(step.id, tries.get(step.id) ?? 0);
  live.append([{ type: 'step-started', step: step.id, attempt: number }]);
  const component = definition.components[step.component];
  const context = contextOf(live, clock, { step: step.id, attempt: number, ending });
  const outcome: StepOutcome =
    component === undefined
      ? { kind: 'needs-a-person', problem: problemOf('unknown-component', { component: step.component }) }
      : await component.run(step, context).catch((error: unknown) => failedBy(error));
  if (live.halted !== null) return null;

  switch (outcome.kind) {
    case 'done':
    case 'skipped': {
      const ended: NewOperationEvent = { type: `step-${outcome.kind}`, step: step.id, facts: outcome.facts };
      live.append([ended, ...counted(live)]);
      return null;
    }
    case 'stopped':
      // Some of the step may be done, and nothing else would say so to whoever reads the journal.
      live.append(counted(live));
      return null;
    case 'retry': {
      const failures = (tries.get(step.id) ?? 0) + 1;
      tries.set(step.id, failures);
      if (step.onFailure === 'pause' || failures >= MAX_TRIES)
        return { step: step.id, problem: outcome.problem, status: 'paused' };
      const inMs = backOffMs(failures);
      live.append([{ type: 'step-retrying', step: step.id, attempt: number, problem: outcome.problem, inMs }]);
      if (context.asked() === 'go-on') await context.wait(inMs);
      return null;
    }
    case 'needs-a-person':
      return { step: step.id, problem: outcome.problem, status: 'paused' };
    case 'gave-up':
      return { step: step.id, problem: outcome.problem, status: 'failed' };
  }
}

function counted(live: LiveOperation): NewOperationEvent[] {
  const { progress } = live.view();
  return progress === null ? [] : [{ type: 'counted', progress }];
}

const SETTLING = 'settling';

/** Leaves nothing half done, then the operation is cancelled. */
async function settle({ live, definition, clock, tries }: Run): Promise<void> {
  // The cancel itself woke the waits of the step; those of settling are to last.
  live.proceed();
  const context: StepContext = {
    ...contextOf(live, clock, { step: null, attempt: 1 }),
    asked: () => (live.halted === null && !live.leaving ? 'go-on' : 'pause'),
  };
  const outcome: Settlement = await definition.settle(context).catch((error: unknown) => failedBy(error));
  if (live.halted !== null) return;
  switch (outcome.kind) {
    case 'clean':
      live.append([
        ...counted(live),
        { type: 'note', code: 'settled', step: null, facts: outcome.facts },
        { type: 'status', status: 'cancelled', cause: 'came-to-rest', by: null, problem: null },
      ]);
      return;
    case 'retry': {
      const failures = (tries.get(SETTLING) ?? 0) + 1;
      tries.set(SETTLING, failures);
      if (failures >= MAX_TRIES) {
        live.changeStatus('step-needs-a-person', null, outcome.problem);
        return;
      }
      const inMs = backOffMs(failures);
      live.append([
        { type: 'note', code: 'settling-again', step: null, facts: { problem: outcome.problem.code, inMs } },
      ]);
      await context.wait(inMs);
      return;
    }
    case 'needs-a-person':
      live.changeStatus('step-needs-a-person', null, outcome.problem);
  }
}

async function reconcile(live: LiveOperation, definition: OperationDefinition, clock: Clock): Promise<void> {
  const context = contextOf(live, clock, { step: null, attempt: 1 });
  const found = await definition.reconcile(context).catch((error: unknown) => {
    if (error instanceof JournalError) throw error;
    return { kind: 'pause', problem: unexpected(error) } as const;
  });
  // What was asked meanwhile goes before what was found: the cluster is looked at again when it is resumed or cancelled.
  if (live.halted !== null || live.asked() !== 'go-on') return;
  if (found.kind === 'go-on') live.append([{ type: 'note', code: 'reconciled', step: null, facts: found.facts }]);
  else live.changeStatus('step-needs-a-person', null, found.problem);
}

/** `ending`: aborted when the steps beside this one are to come to rest because of one of them. */
function contextOf(
  live: LiveOperation,
  clock: Clock,
  { step, attempt: attemptNumber, ending }: { step: string | null; attempt: number; ending?: AbortSignal },
): StepContext {
  const { record } = live;
  const signal = (): AbortSignal => (ending === undefined ? live.signal : AbortSignal.any([live.signal, ending]));
  return {
    operationId: record.id,
    clusterId: record.clusterId,
    plan: record.plan,
    clock,
    attempt: attemptNumber,
    view: () => live.view(),
    events: () => live.events(),
    asked: () => (ending?.aborted === true && live.asked() === 'go-on' ? 'pause' : live.asked()),
    pace: () => live.journalled().pace,
    wait(ms) {
      live.flush();
      return sleepUntilAborted(clock, ms, signal());
    },
    signal: signal(),
    stopNow: live.stopNow,
    note: (code, facts) => live.append([{ type: 'note', code, step, facts }]),
    progress: (progress) => live.progress(progress),
    transcript: (line) => live.transcript({ ...line, step }),
  };
}

async function sleepUntilAborted(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(ms, signal);
  } catch (error) {
    // Being woken early is what the signal is for; anything else is a broken clock.
    if (!signal.aborted) throw error;
  }
}

function failedBy(error: unknown): { kind: 'needs-a-person'; problem: OperationProblem } {
  if (error instanceof JournalError) throw error;
  return { kind: 'needs-a-person', problem: unexpected(error) };
}

function unexpected(error: unknown): OperationProblem {
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'unexpected-error', message, facts: { name: error instanceof Error ? error.name : typeof error } };
}

function problemOf(code: string, facts: OperationProblem['facts']): OperationProblem {
  return { code, message: `${code}: ${JSON.stringify(facts)}`, facts };
}
