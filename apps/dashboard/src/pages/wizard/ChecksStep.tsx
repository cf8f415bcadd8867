import { Button } from '@mantine/core';
import type { Reply } from '@slotdeck/contract/client';
import { isBlocked } from '@slotdeck/model/plan';
import { ErrorPanel } from '../../components/ErrorPanel.tsx';
import { LoadingPanel } from '../../components/LoadingPanel.tsx';
import { PageSentence } from '../../components/PageSentence.tsx';
import { Panel } from '../../components/Panel.tsx';
import { useWords } from '../../words/use-words.tsx';
import { CheckList } from './CheckList.tsx';
import { planChecks } from './plan-checks.ts';
import { NextButton, WizardFooter } from './WizardFooter.tsx';
import css from './Wizard.module.css';

/** Whether the server is asked for a plan right now, or why it gave none. */
export type Making = 'idle' | 'making' | { readonly failed: Error };

interface ChecksStepProps {
  readonly making: Making;
  readonly held: Reply<'getPlan'> | null;
  readonly onMake: () => void;
  readonly onBack: () => void;
  readonly onNext: () => void;
}

/** The plan is made by the server from the cluster as it is now; here stands what it found. */
export function ChecksStep({ making, held, onMake, onBack, onNext }: ChecksStepProps) {
  const { t } = useWords();
  if (making === 'making') return <LoadingPanel title={t('wizard.making')} note={t('wizard.makingWhat')} />;
  if (held === null || making !== 'idle')
    return (
      <div className={css.body}>
        <PageSentence>{making === 'idle' ? t('wizard.noPlanYet') : t('wizard.noPlanMade')}</PageSentence>
        {making === 'idle' ? null : <ErrorPanel error={making.failed} />}
        <WizardFooter onBack={onBack}>
          <Button variant="filled" onClick={onMake}>
            {t('wizard.makePlan')}
          </Button>
        </WizardFooter>
      </div>
    );
  const { plan } = held;
  const isOff = isBlocked(plan);
  const { blockers, warnings } = planChecks(plan);
  const title = isOff
    ? t('wizard.checksBlocked', { n: blockers.length })
    : warnings.length > 0
      ? t('wizard.checksWarned', { n: warnings.length })
      : t('wizard.checksPassed');
  return (
    <div className={css.body}>
      <PageSentence below={t('wizard.checksBelow')}>{title}</PageSentence>
      <CheckList plan={plan} />
      {isOff && (
        <Panel label={t('wizard.whatNow')} padded>
          <p className="sd-2">{t('wizard.blockedWhat')}</p>
        </Panel>
      )}
      <WizardFooter onBack={onBack} note={isOff ? t('wizard.countBlockers', { n: blockers.length }) : null}>
        <Button onClick={onMake}>{t('wizard.checkAgain')}</Button>
        <NextButton isOff={isOff} onNext={onNext} />
      </WizardFooter>
    </div>
  );
}
