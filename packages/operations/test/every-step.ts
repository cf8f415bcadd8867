import type { Clock } from '@slotdeck/model/clock';
import { OperationId } from '@slotdeck/model/ids';
import { foldAll } from '@slotdeck/model/operation-view';
import type { OperationView } from '@slotdeck/model/operation-view';
import type { Plan } from '@slotdeck/model/plan';
import type { OperationDefinition, StepComponent, StepOutcome } from '../src/engine/define-operation.ts';
import { JournalError, type OperationJournal } from '../src/engine/journal.ts';
import { createMemoryStore, type MemoryStore } from '../src/engine/memory-journal.ts';
import { createRunner, type OperationsRunner } from '../src/engine/operations-runner.ts';
import { createLife, type Death, type Life } from './life.ts';

/** What an operation is tried on. One world serves many rounds, each with a plan of its own. */
export interface World {
  readonly clock: Clock;
  nextPlan(): Promise<Plan>;
  /** The operation as one process has it: all that reaches the outside goes through `life.act`. */
  definition(life: Life): OperationDefinition;
  /** Throws what is wrong: something left half done, something lost, or not what the plan promised. */
  check(view: OperationView, plan: Plan): Promise<void>;
}

export type Round = { readonly view: OperationView; readonly life: Life };

let rounds = 0;

function nextId(): OperationId {
  rounds += 1;
  return OperationId.parse(`op-round${rounds}`);
}

type Setting = { readonly world: World; readonly store: MemoryStore };

function runnerOf({ world, store }: Setting, life: Life, change: Change = (each) => each): OperationsRunner {
  return createRunner({
    journal: life.journal(store.journal),
    leases: store.leases,
    definitions: [change(world.definition(life))],
    clock: world.clock,
    holder: `life ${rounds}`,
    onFault: (error) => {
      if (!life.isOver) throw error;
    },
  });
}

type Change = (definition: OperationDefinition) => OperationDefinition;

/** Whatever happened, the journal must tell the same story as the runner shows, and the world must be as it was planned. */
async function finish(setting: Setting, runner: OperationsRunner, id: OperationId, plan: Plan): Promise<OperationView> {
  await runner.rested(id);
  const view = runner.state(id)?.view;
  if (view === undefined) throw new Error(`operation ${id} is gone`);
  const told = foldAll(setting.store.journal.events(id));
  if (told.status !== view.status || told.lastIndex !== view.lastIndex)
    throw new Error(
      `the journal says ${told.status} at ${told.lastIndex}, the runner ${view.status} at ${view.lastIndex}`,
    );
  await setting.world.check(view, plan);
  return view;
}

function newSetting(world: World): Setting {
  return { world, store: createMemoryStore({ clock: world.clock }) };
}

/** Each component is run again as soon as it is done, as after a crash between the deed and its note. */
export async function repeatEveryStep(world: World): Promise<OperationView> {
  const setting = newSetting(world);
  const plan = await world.nextPlan();
  const id = nextId();
  const runner = runnerOf(setting, createLife(), (definition) =>
    withComponents(definition, (run) => async (step, context) => {
      const first = await run(step, context);
      if (first.kind !== 'done' && first.kind !== 'skipped') return first;
      return run(step, context);
    }),
  );
  runner.start({ id, plan, by: 'test' });
  return finish(setting, runner, id, plan);
}

export type Failure = 'before-it-acts' | 'after-it-acted' | 'throws';

/** The step with this position fails once; it is tried again by itself or by a person's resume. */
export async function failStep(world: World, position: number, failure: Failure): Promise<OperationView> {
  const setting = newSetting(world);
  const plan = await world.nextPlan();
  const id = nextId();
  const failing = plan.steps[position]?.id;
  let hasFailed = false;
  const runner = runnerOf(setting, createLife(), (definition) =>
    withComponents(definition, (run) => async (step, context): Promise<StepOutcome> => {
      if (step.id !== failing || hasFailed) return run(step, context);
      if (failure === 'after-it-acted') await run(step, context);
      hasFailed = true;
      if (failure === 'throws') throw new Error('this step breaks');
      return { kind: 'retry', problem: { code: 'made-to-fail', message: 'made to fail', facts: {} } };
    }),
  );
  runner.start({ id, plan, by: 'test' });
  await runner.rested(id);
  if (runner.state(id)?.view.status === 'paused') runner.resume(id, 'test');
  if (!hasFailed) throw new Error(`step ${failing ?? position} was never run`);
  return finish(setting, runner, id, plan);
}

/**
 * Ends the process as told and lets a new one take over. `afterwards` is what a person does when the new process has taken over.
 * The round's `life` says whether the end came at all: when it did not, there are no more moments to try.
 */
export async function crashOnce(
  world: World,
  death: Death,
  afterwards: (runner: OperationsRunner, id: OperationId) => void = () => undefined,
): Promise<Round> {
  const setting = newSetting(world);
  const plan = await world.nextPlan();
  const id = nextId();
  const life = createLife(death);
  const first = runnerOf(setting, life);
  try {
    first.start({ id, plan, by: 'test' });
  } catch (error) {
    // Killed while it wrote the operation down: whoever asked never got an answer.
    if (!life.isOver) throw error;
  }
  await Promise.race([life.ended, first.rested(id)]);
  if (!life.isOver) return { view: await finish(setting, first, id, plan), life };
  const second = runnerOf(setting, createLife());
  second.takeOver();
  afterwards(second, id);
  if (second.state(id) === null) {
    second.start({ id, plan, by: 'test' });
  }
  return { view: await finish(setting, second, id, plan), life };
}

/**
 * The journal cannot be written at one moment, and can be again when a person resumes. Answers null when it was never written that
 * often: there are no more moments to try.
 */
export async function fullDiskOnce(world: World, atWrite: number): Promise<OperationView | null> {
  const setting = newSetting(world);
  const { journal } = setting.store;
  let writes = 0;
  const write = <T>(work: () => T): T => {
    writes += 1;
    if (writes === atWrite) throw new JournalError('storage-full', { write: writes });
    return work();
  };
  const kept: OperationJournal = {
    ...journal,
    create: (...args) => write(() => journal.create(...args)),
    append: (...args) => write(() => journal.append(...args)),
    appendTranscript: (...args) => write(() => journal.appendTranscript(...args)),
  };
  const plan = await world.nextPlan();
  const id = nextId();
  const runner = runnerOf({ world, store: { ...setting.store, journal: kept } }, createLife());
  const begin = (): unknown => runner.start({ id, plan, by: 'test' });
  try {
    begin();
  } catch (error) {
    if (!(error instanceof JournalError) || runner.heldBy(plan.clusterId) !== null) throw error;
    begin();
  }
  await runner.rested(id);
  if (runner.state(id)?.view.status === 'paused') runner.resume(id, 'test');
  const view = await finish(setting, runner, id, plan);
  return writes >= atWrite ? view : null;
}

function withComponents(
  definition: OperationDefinition,
  change: (run: StepComponent['run']) => StepComponent['run'],
): OperationDefinition {
  const components = Object.fromEntries(
    Object.entries(definition.components).map(([name, component]) => [
      name,
      { run: change((step, context) => component.run(step, context)) },
    ]),
  );
  return { ...definition, components };
}
