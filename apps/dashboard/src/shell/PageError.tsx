import { Button } from '@mantine/core';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { ErrorPanel } from '../components/ErrorPanel.tsx';
import { PageSentence } from '../components/PageSentence.tsx';
import { useWords } from '../words/use-words.tsx';

/** A page that could not be drawn or loaded. The frame around it stays. */
export function PageError({ error, reset }: ErrorComponentProps) {
  const { t } = useWords();
  return (
    <>
      <PageSentence below={t('shell.pageBrokeWhat')}>{t('shell.pageBroke')}</PageSentence>
      <ErrorPanel error={error} action={<Button onClick={reset}>{t('shell.tryAgain')}</Button>} />
    </>
  );
}
