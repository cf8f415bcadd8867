import type { OperationView, StepView } from '@slotdeck/model/operation-view';
import { countSlots } from '@slotdeck/model/slot-ranges';
import { explainOperationProblem } from '../../api/explain-operation-problem.ts';
import { Panel } from '../../components/Panel.tsx';
import { StateIcon } from '../../components/StateBadge.tsx';
import { STEP_LOOK } from '../../components/state-look.ts';
import { printSlots } from '../../words/format-number.ts';
import { printDuration } from '../../words/format-time.ts';
import { useWords } from '../../words/use-words.tsx';
import type { Words } from '../../words/words.ts';
import css from './OperationPage.module.css';

/** So many of the finished and of the waiting batches stand around the ones at work; a plan can have hundreds. */
const AROUND = 3;

/** The steps; long runs of batches that are done or wait are counted, not listed. */
export function StepList({ view, now }: { view: OperationView; now: number }) {
  const words = useWords();
  const { t } = words;
  const rows = shownSteps(view.steps);
  return (
    <Panel title={t('operations.steps')} note={t('operations.onFailure')}>
      <ol className={css.steps}>
        {rows.map((row) =>
          row.kind === 'left-out' ? (
            <li key={row.key} className="sd-small sd-3">
              {t('operations.stepsLeftOut', { n: row.count })}
            </li>
          ) : (
            <Step key={row.step.step.id} step={row.step} now={now} />
          ),
        )}
      </ol>
      {view.notes.length > 0 && <Notes view={view} />}
    </Panel>
  );
}

type StepRow =
  | { readonly kind: 'step'; readonly step: StepView }
  | { readonly kind: 'left-out'; readonly key: string; readonly count: number };

export function shownSteps(steps: readonly StepView[]): StepRow[] {
  const active = steps.findIndex((step) => step.state !== 'done' && step.state !== 'skipped');
  const at = active === -1 ? steps.length - 1 : active;
  const rows: StepRow[] = [];
  steps.forEach((step, i) => {
    const isShown =
      i === 0 ||
      i === steps.length - 1 ||
      Math.abs(i - at) <= AROUND ||
      step.state === 'failed' ||
      step.state === 'retrying';
    const last = rows.at(-1);
    if (isShown) rows.push({ kind: 'step', step });
    else if (last?.kind === 'left-out') rows[rows.length - 1] = { ...last, count: last.count + 1 };
    else rows.push({ kind: 'left-out', key: `before-${step.step.id}`, count: 1 });
  });
  return rows;
}

function Step({ step, now }: { step: StepView; now: number }) {
  const words = useWords();
  const { startedAt, endedAt } = step;
  const duration = startedAt === null ? '' : printDuration((endedAt ?? now) - startedAt, words);
  const look = STEP_LOOK[step.state];
  return (
    <li data-active={step.state === 'running' || undefined}>
      <StateIcon look={look} />
      <span className="sd-grow">
        {stepTitle(step, words)}
        <span className="sd-unseen">, {words.say(look.word, {})}</span>
        {step.state === 'retrying' && (
          <span className="sd-warn sd-small"> {words.t('operations.attempt', { attempt: step.attempt })}</span>
        )}
        {step.problem !== null && (
          <span className={`sd-small sd-2 ${css.problem}`}>{explainOperationProblem(step.problem, words)}</span>
        )}
      </span>
      <span className="sd-small sd-3 sd-num sd-nowrap">{duration}</span>
    </li>
  );
}

function stepTitle({ step }: StepView, { t }: Words): string {
  if (step.move !== null)
    return t('operations.stepMove', { n: countSlots(step.move.slots), slots: printSlots(step.move.slots, 1) });
  if (step.component === 'check') return t('operations.stepCheck');
  const { name, primaryName, ms } = step.facts;
  switch (step.component) {
    case 'verify':
      return t('operations.stepVerify');
    case 'promote':
      return t('operations.stepPromote', { name: String(name), primary: String(primaryName) });
    case 'follow':
      return t('operations.stepFollow', { name: String(name), primary: String(primaryName) });
    case 'set-timeout':
      return t('operations.stepSetTimeout', { ms: String(ms) });
    default:
      return step.title;
  }
}

/** Slots that arrived are told by the numbers; the rest is worth a line. */
const TOLD_ELSEWHERE = new Set(['slots-arrived']);
const NOTES_SHOWN = 5;

function Notes({ view }: { view: OperationView }) {
  const words = useWords();
  const notes = view.notes.filter(({ code }) => !TOLD_ELSEWHERE.has(code)).slice(-NOTES_SHOWN);
  if (notes.length === 0) return null;
  return (
    <ul className={css.notes} aria-label={words.t('operations.notes')}>
      {notes.map((note, i) => (
        // Several notes may share code and moment; the list only ever grows at its end.
        <li key={`${note.at}-${i}`} className="sd-small sd-2">
          {noteWords(note, words)}
        </li>
      ))}
    </ul>
  );
}

function noteWords({ code, facts }: OperationView['notes'][number], { t }: Words): string {
  const fact = (name: string): string => {
    const value = facts[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : t('states.notKnown');
  };
  switch (code) {
    case 'substituted':
      return t('operations.noteSubstituted', { from: fact('from').slice(0, 8), to: fact('to').slice(0, 8) });
    case 'equal-key-on-both-sides':
      return t('operations.noteEqualKey');
    case 'epoch-not-published':
      return t('operations.noteEpoch', { name: fact('name') });
    case 'replica-not-waited-for':
      return t('operations.noteReplica', { name: fact('name') });
    case 'laggard-told':
      return t('operations.noteLaggard', { name: fact('name'), slots: fact('slots') });
    case 'migrate-io-error':
      return t('operations.noteIoError');
    case 'keys-go-back':
      return t('operations.noteKeysGoBack', { source: fact('source') });
    case 'atomic-moved':
      return typeof facts['writePauseMs'] === 'number'
        ? t('operations.noteAtomicPaused', { slots: fact('slots'), ms: fact('writePauseMs') })
        : t('operations.noteAtomicMoved', { slots: fact('slots') });
    case 'atomic-failed':
      return t('operations.noteAtomicFailed', { slots: fact('slots'), seen: fact('seen') });
    case 'atomic-cancelled':
      return t('operations.noteAtomicCancelled', { slots: fact('slots') });
    case 'atomic-not-used':
      return t('operations.noteAtomicNotUsed', { slots: fact('slots'), reason: fact('reason') });
    case 'atomic-writes-may-be-lost':
      return t('operations.noteAtomicLost', { slots: fact('slots'), seen: fact('seen') });
    case 'waiting-for-failover':
      return t('operations.noteWaits');
    case 'slots-not-reopened':
      return t('operations.noteNotReopened', { seen: fact('seen') });
    case 'target-told-new-owner':
      return t('operations.noteToldOwner');
    default:
      return t('operations.noteOther', { code });
  }
}
