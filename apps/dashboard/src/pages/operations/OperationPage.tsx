import { PageSentence } from '../../components/PageSentence.tsx';
import { useWords } from '../../words/use-words.tsx';

export function OperationPage() {
  const { t } = useWords();
  return <PageSentence>{t('shell.operations')}</PageSentence>;
}
