import { IconCircleCheck } from '../../icons.ts';
import { useWords } from '../../words/use-words.tsx';
import { STEPS, type Step } from './draft.ts';
import css from './Wizard.module.css';

/** The steps, four where nothing else is said. Those behind are links back; those ahead open once the ones before them are in order. */
export function WizardSteps({
  steps = STEPS,
  current,
  furthest,
  onGo,
}: {
  steps?: readonly Step[];
  current: Step;
  furthest: Step;
  onGo: (step: Step) => void;
}) {
  const { t } = useWords();
  const names: Record<Step, string> = {
    what: t('wizard.stepWhat'),
    where: t('wizard.stepWhere'),
    checks: t('wizard.stepChecks'),
    review: t('wizard.stepReview'),
  };
  const at = steps.indexOf(current);
  return (
    <nav aria-label={t('wizard.steps')}>
      <ol className={css.steps}>
        {steps.map((step, i) => {
          const isDone = i < at;
          return (
            <li key={step}>
              {i > 0 && <span className={css.rule} aria-hidden="true" />}
              <button
                type="button"
                className={css.step}
                aria-current={step === current ? 'step' : undefined}
                disabled={i > steps.indexOf(furthest)}
                onClick={() => {
                  if (step !== current) onGo(step);
                }}
              >
                {isDone ? (
                  <IconCircleCheck className="tabler-icon sd-ok" aria-hidden />
                ) : (
                  <span className={css.number} aria-hidden="true">
                    {i + 1}
                  </span>
                )}
                {names[step]}
                {isDone && <span className="sd-unseen">{t('wizard.stepDone')}</span>}
              </button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
