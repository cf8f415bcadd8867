import type { ReactNode } from 'react';
import type { Pace } from '@slotdeck/model/pace';
import type { Plan } from '@slotdeck/model/plan';
import { Panel } from '../../components/Panel.tsx';
import { printBytes } from '../../words/format-number.ts';
import { printClock, printDuration } from '../../words/format-time.ts';
import { useWords } from '../../words/use-words.tsx';
import css from './Wizard.module.css';

const SECOND = 1000;

/** How long it will take and how much moves. The server estimates the balanced pace; others are said in words only. */
export function PlanEstimate({
  plan,
  pace,
  now,
  children,
}: {
  plan: Plan;
  pace: Pace;
  now: number;
  children: ReactNode;
}) {
  const words = useWords();
  const { t } = words;
  const { estimate } = plan;
  const amount = [
    ...(plan.bytes === null ? [] : [printBytes(plan.bytes)]),
    ...(plan.keys === null ? [] : [t('wizard.keyCount', { n: plan.keys })]),
  ].join(', ');
  return (
    <Panel label={t('wizard.estimate')} padded>
      <div className={css.estimate}>
        <div>
          <p className="sd-tiny sd-3">{t('wizard.estimateAt')}</p>
          <p className={css.hero}>
            {estimate === null
              ? t('wizard.noEstimate')
              : t('wizard.estimateRange', {
                  low: printDuration(estimate.lowSeconds * SECOND, words),
                  high: printDuration(estimate.highSeconds * SECOND, words),
                })}
          </p>
        </div>
        <p className="sd-small sd-2 sd-num">
          {amount === '' ? t('wizard.amountNotKnown') : amount}
          {estimate !== null && pace === 'balanced' && (
            <>
              <br />
              {t('wizard.endsBetween', {
                low: printClock(now + estimate.lowSeconds * SECOND),
                high: printClock(now + estimate.highSeconds * SECOND),
              })}
            </>
          )}
        </p>
      </div>
      {children}
      <p className="sd-small sd-3">{t('wizard.paceNote')}</p>
    </Panel>
  );
}
