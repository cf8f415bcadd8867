import { useState } from 'react';
import { budgetMsOf, isNamedPace, Pace, paceOfBudget } from '@slotdeck/model/pace';
import { useWords } from '../../words/use-words.tsx';
import css from './Wizard.module.css';

const LONGEST_MS = 50;
const FIRST_MS = 5;

/** The milliseconds that a client may wait, by a slider; one more radio button of its group. */
export function OwnPace({ pace, group, onChange }: { pace: string; group: string; onChange: (pace: Pace) => void }) {
  const { t } = useWords();
  const chosen = Pace.catch('balanced').parse(pace);
  const isOwn = !isNamedPace(chosen);
  // While the slider is held it shows its own place; let go, it shows what was taken.
  const [held, hold] = useState<number | null>(null);
  const shown = held ?? (isOwn ? budgetMsOf(chosen) : FIRST_MS);
  const letGo = (): void => {
    if (held === null) return;
    hold(null);
    if (!isOwn || held !== budgetMsOf(chosen)) onChange(paceOfBudget(held));
  };
  return (
    <>
      <label className={css.pace} data-chosen={isOwn || undefined}>
        <input type="radio" name={group} checked={isOwn} onChange={() => onChange(paceOfBudget(shown))} />
        <span className="sd-strong">{t('wizard.paceOwn')}</span>
        <span className="sd-small sd-2 sd-num">{t('wizard.paceOwnWhat', { ms: shown })}</span>
      </label>
      <input
        type="range"
        aria-label={t('wizard.paceLimit')}
        aria-valuetext={`${shown} ms`}
        min={1}
        max={Math.max(LONGEST_MS, shown)}
        value={shown}
        onChange={(event) => hold(event.currentTarget.valueAsNumber)}
        onPointerUp={letGo}
        onKeyUp={letGo}
        onBlur={letGo}
      />
    </>
  );
}
