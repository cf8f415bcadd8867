import { Suspense, useId } from 'react';
import type { NamedPace, Pace } from '@slotdeck/model/pace';
import { lazyPart } from '../../shell/load-part.ts';
import { useWords } from '../../words/use-words.tsx';
import css from './Wizard.module.css';

const OwnPace = lazyPart(() => import('./OwnPace.tsx').then((module) => module.OwnPace));

const NAMED: readonly NamedPace[] = ['gentle', 'balanced', 'fast'];

/** Three cards and a limit of one's own, each a radio button. The pace can be changed while the operation runs. */
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
  const said: Record<NamedPace, { title: string; what: string }> = {
    gentle: { title: t('wizard.paceGentle'), what: t('wizard.paceGentleWhat') },
    balanced: { title: t('wizard.paceBalanced'), what: t('wizard.paceBalancedWhat') },
    fast: { title: t('wizard.paceFast'), what: t('wizard.paceFastWhat') },
  };
  return (
    <fieldset className={css.paces} disabled={isOff}>
      <legend className="sd-unseen">{t('wizard.pace')}</legend>
      {NAMED.map((each) => (
        <label key={each} className={css.pace} data-chosen={each === pace || undefined}>
          <input type="radio" name={name} checked={each === pace} onChange={() => onChange(each)} />
          <span className="sd-strong">{said[each].title}</span>
          <span className="sd-small sd-2">{said[each].what}</span>
        </label>
      ))}
      <div className={css.ownPace}>
        <Suspense fallback={null}>
          <OwnPace pace={pace} group={name} onChange={onChange} />
        </Suspense>
      </div>
    </fieldset>
  );
}
