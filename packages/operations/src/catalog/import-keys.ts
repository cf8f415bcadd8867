import { z } from 'zod';
import { importKeys, type ImportOrder, type ImportPosition, type ImportTally } from '@slotdeck/cluster/act/import-keys';
import { ActFailure } from '@slotdeck/cluster/act/move-problems';
import { parseAddress } from '@slotdeck/cluster/connection/node-address';
import type { OperationProblem, Progress } from '@slotdeck/model/operation';
import type { OperationEvent } from '@slotdeck/model/operation-events';
import type { PlannedStep, PlanOf } from '@slotdeck/model/plan';
import type { OperationDefinition, StepOutcome } from '../engine/define-operation.ts';
import type { FindCluster } from './cluster-to-change.ts';
import { acceptedProblem } from './move-journal.ts';
import { createRateWindow, type RateWindow } from './rate-window.ts';
import { stepSequence, type StepAct } from './step-sequence.ts';

/** The note that holds how far an import has come. */
const POSITION = 'import-position';
/** Keys were left alone; a person says that it is well so. */
const LEFT = 'import-keys-left';

const StepFacts = z.object({ databases: z.array(z.coerce.number().int()), keys: z.number().int() });
const Noted = z.object({
  runId: z.string(),
  through: z.array(z.coerce.number().int()),
  database: z.number().int(),
  cursor: z.string(),
  seen: z.number().int(),
  taken: z.number().int(),
  equal: z.number().int(),
  differing: z.number().int(),
  isWhole: z.boolean(),
});

function lastPosition(events: readonly OperationEvent[]): { position: ImportPosition; isWhole: boolean } | null {
  const note = events.findLast((event) => event.type === 'note' && event.code === POSITION);
  if (note?.type !== 'note') return null;
  const { runId, through, database, cursor, isWhole, ...tally } = Noted.parse(note.facts);
  return { position: { runId, through, database, cursor, tally }, isWhole };
}

const take: StepAct = async (step: PlannedStep, { act, context, cluster }): Promise<StepOutcome> => {
  const { plan } = context;
  if (plan.kind !== 'import') throw new Error('an import is carried out for the plan of one');
  const from = parseAddress(plan.params.from);
  const source = cluster.importSource?.(plan.params) ?? null;
  if (from === null || source === null) return { kind: 'needs-a-person', problem: sourceUnknown(plan.params.from) };
  const { databases, keys } = StepFacts.parse(step.facts);
  const last = lastPosition(context.events());
  if (last?.isWhole === true && acceptedProblem(context.events())?.code === LEFT) return done(last.position.tally);
  const rate = createRateWindow();
  const write = ({ tally, through, ...place }: ImportPosition, isWhole: boolean): void =>
    context.note(POSITION, { ...place, through: through.map(String), ...tally, isWhole });
  let latest = last?.position ?? null;
  try {
    const imported = await importKeys(orderOf(plan.params, from, databases, latest), {
      ...act,
      source,
      onPosition: (position) => {
        latest = position;
        write(position, false);
      },
      onTally: (tally) => context.progress(progressOf(tally, keys, rate, context.clock.monotonic())),
    });
    if (imported.outcome === 'stopped') return { kind: 'stopped' };
    if (latest !== null) write({ ...latest, tally: imported.tally }, true);
    if (imported.tally.differing > 0) return { kind: 'needs-a-person', problem: keysLeft(imported.tally, plan.params) };
    return done(imported.tally);
  } catch (error) {
    if (!(error instanceof ActFailure)) throw error;
    return { kind: error.mayRetry ? 'retry' : 'needs-a-person', problem: error.problem };
  }
};

function orderOf(
  { copy, replace, keysPerSecond }: PlanOf<'import'>['params'],
  from: ImportOrder['from'],
  databases: readonly number[],
  position: ImportPosition | null,
): ImportOrder {
  return { from, databases, copy, replace, keysPerSecond: keysPerSecond ?? null, position };
}

function done(tally: ImportTally): StepOutcome {
  return { kind: 'done', facts: { ...tally } };
}

function keysLeft({ differing }: ImportTally, { from }: PlanOf<'import'>['params']): OperationProblem {
  return {
    code: LEFT,
    message: `${differing} key(s) of ${from} were left alone: the cluster holds other values under them, or they changed while they were copied. Nothing was overwritten. Resume to leave it at that; to overwrite, import again with replace.`,
    facts: { count: differing, name: from },
  };
}

function sourceUnknown(from: string): OperationProblem {
  return {
    code: 'import-source-unknown',
    message: `How to log in at ${from} is not known here: passwords are not kept. Give them again when going on.`,
    facts: { name: from },
  };
}

function progressOf({ seen, taken }: ImportTally, total: number, rate: RateWindow, now: number): Progress {
  rate.add(now, seen);
  const keysPerSecond = rate.perSecond(now);
  return {
    slotsDone: 0,
    slotsTotal: 0,
    keysDone: Math.min(taken, total),
    keysTotal: total,
    bytesDone: null,
    bytesTotal: null,
    slotsPerSecond: null,
    keysPerSecond,
    bytesPerSecond: null,
    secondsLeft: keysPerSecond === null || keysPerSecond === 0 ? null : Math.max(0, total - seen) / keysPerSecond,
    pairs: [],
  };
}

/** Keys of a server outside come into the cluster. A cancel leaves what has come where it is. */
export function importOperation(findCluster: FindCluster): OperationDefinition {
  return stepSequence({ kind: 'import', findCluster, acts: { import: take } });
}
