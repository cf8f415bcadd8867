import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { IconArrowRight } from '../../icons.ts';
import { useWords } from '../../words/use-words.tsx';
import css from './Wizard.module.css';

/** Back at the left, the one filled button at the right, between them what there is to know. Fixed at the bottom of a phone. */
export function WizardFooter({
  onBack,
  note,
  children,
}: {
  onBack?: (() => void) | undefined;
  note?: ReactNode;
  children: ReactNode;
}) {
  const { t } = useWords();
  return (
    <footer className={css.footer}>
      {onBack !== undefined && <Button onClick={onBack}>{t('wizard.back')}</Button>}
      <span className="sd-grow" />
      <span id="wizard-note" className="sd-small sd-2">
        {note}
      </span>
      {children}
    </footer>
  );
}

/** Goes on, or stays and says in the footer's note why not. */
export function NextButton({ isOff, onNext }: { isOff: boolean; onNext: () => void }) {
  const { t } = useWords();
  return (
    <Button
      variant="filled"
      rightSection={<IconArrowRight aria-hidden />}
      aria-disabled={isOff}
      {...(isOff ? { 'data-disabled': true } : {})}
      aria-describedby="wizard-note"
      onClick={() => {
        if (!isOff) onNext();
      }}
    >
      {t('wizard.next')}
    </Button>
  );
}
