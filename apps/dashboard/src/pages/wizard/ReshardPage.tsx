import { PageSentence } from '../../components/PageSentence.tsx';
import { useWords } from '../../words/use-words.tsx';

export function ReshardPage() {
  const { t } = useWords();
  return <PageSentence>{t('shell.planAChange')}</PageSentence>;
}
