import { useId } from 'react';
import type { Pace } from '@slotdeck/model/plan';
import { useWords } from '../../words/use-words.tsx';
import css from './Wizard.module.css';

const PACES: readonly Pace[] = ['gentle', 'balanced', 'fast'];

/** Three cards; each is a radio button. The pace can be changed while the operation runs. */
export function PaceChoice({
  pace,
  isOff = false,
  onChange,
}: {
  pace: string;
  isOff?: boolean;
  onChange: (pace: Pace) => void;
}) {
  const { t } = useWords();
  const name = useId();
  const said: Record<Pace, { title: string; what: string }> = {
    gentle: { title: t('wizard.paceGentle'), what: t('wizard.paceGentleWhat') },
    balanced: { title: t('wizard.paceBalanced'), what: t('wizard.paceBalancedWhat') },
    fast: { title: t('wizard.paceFast'), what: t('wizard.paceFastWhat') },
  };
  return (
    <fieldset className={css.paces} disabled={isOff}>
      <legend className="sd-unseen">{t('wizard.pace')}</legend>
      {PACES.map((each) => (
        <label key={each} className={css.pace} data-chosen={each === pace || undefined}>
          <input type="radio" name={name} checked={each === pace} onChange={() => onChange(each)} />
          <span className="sd-strong">{said[each].title}</span>
          <span className="sd-small sd-2">{said[each].what}</span>
        </label>
      ))}
    </fieldset>
  );
}
