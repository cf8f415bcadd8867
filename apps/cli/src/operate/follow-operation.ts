import type { OperationId } from '@slotdeck/model/ids';
import type { OperationView } from '@slotdeck/model/operation-view';
import type { OperationsRunner } from '@slotdeck/operations/engine/operations-runner';
import { takePaceAsked } from './pace-request.ts';

/** How often another terminal's wish is looked for. */
const LISTEN_MS = 250;

export interface Followed {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly json: boolean;
  /** Of the journal; a change of pace is asked for there. */
  readonly folder: string;
  /** Calls back at each Ctrl-C. Answers the way to stop listening. */
  readonly onInterrupt: (listener: () => void) => () => void;
}

/** Tells the steps of an operation as they are done, until it rests. Ctrl-C pauses it at the next safe point. */
export async function followOperation(
  runner: OperationsRunner,
  id: OperationId,
  { out, err, json, folder, onInterrupt }: Followed,
): Promise<0 | 1> {
  let told = new Set<string>();
  const tell = (view: OperationView): void => {
    if (json) return;
    for (const { step, state, problem } of view.steps) {
      const line = state === 'retrying' ? `${step.id} ${state} ${problem?.message ?? ''}` : `${step.id} ${state}`;
      if (told.has(line)) continue;
      told = new Set([...told, line]);
      if (state === 'done' || state === 'skipped') out(`[OK] ${step.title}\n`);
      else if (state === 'retrying') out(`[WARNING] ${step.title}: ${problem?.message ?? 'it is tried again'}\n`);
    }
  };
  const state = (): OperationView | null => runner.state(id)?.view ?? null;
  const stop = runner.subscribe(() => {
    const view = state();
    if (view !== null) tell(view);
  }, id);
  const leave = onInterrupt(() => {
    err('\nPausing: what is in flight is finished first.\n');
    runner.pause(id, 'Ctrl-C');
  });
  const listening = setInterval(() => {
    const pace = takePaceAsked(folder, id);
    if (pace === null) return;
    const { ok } = runner.setPace(id, pace, 'terminal');
    if (ok && !json) err(`The pace is ${pace} now.\n`);
  }, LISTEN_MS);
  try {
    await runner.rested(id);
  } finally {
    clearInterval(listening);
    stop();
    leave();
  }
  const view = state();
  if (view === null) throw new Error(`operation ${id} is gone`);
  tell(view);
  return sayEnd(id, view, { out, json });
}

function sayEnd(id: OperationId, view: OperationView, { out, json }: Pick<Followed, 'out' | 'json'>): 0 | 1 {
  const isOk = view.status === 'succeeded';
  if (json) {
    const steps = view.steps.map(({ step, state }) => ({ id: step.id, title: step.title, state }));
    out(`${JSON.stringify({ ok: isOk, operation: id, status: view.status, problem: view.problem, steps })}\n`);
    return isOk ? 0 : 1;
  }
  if (view.problem !== null) out(`[ERR] ${view.problem.message}\n`);
  if (isOk) out(`[OK] Operation ${id} succeeded: every node that answers agrees.\n`);
  else out(`[ERR] Operation ${id} is ${view.status}.\n`);
  if (view.status === 'paused') out(`Go on with: slotdeck resume ${id}    Give up with: slotdeck cancel ${id}\n`);
  return isOk ? 0 : 1;
}
